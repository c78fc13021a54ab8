"""Aggregates as JSON, as data arrays and as CSV."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from itertools import groupby
from typing import Any

import msgspec

from stadtkern.kernel.sensorthings.aggregate.ask import Ask
from stadtkern.kernel.sensorthings.aggregate.rows import Row
from stadtkern.kernel.sensorthings.aggregate.streams import Stream
from stadtkern.kernel.sensorthings.answer import Answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What an answer tells; `link` leads to the next page and is empty on the last one."""

    ask: Ask
    streams: Sequence[Stream]
    rows: Sequence[Row]
    base: str
    link: str

    @property
    def names(self) -> list[str]:
        """The figures in the order they were asked for."""
        return [one.name for one in self.ask.statistics]

    def time(self, moment: datetime) -> str:
        """An instant as the clocks of the zone show it."""
        return moment.astimezone(self.ask.interval.zone).isoformat()


def answer(told: Told) -> Answer:
    """The answer in the format that was asked for."""
    if told.ask.format == "CSV":
        link = ((("Link", f'<{told.link}>; rel="next"')),) if told.link else ()
        return Answer(status=200, body=[_csv(told)], kind="text/csv; charset=utf-8", headers=link)
    value = _arrays(told) if told.ask.format == "dataArray" else _objects(told)
    head: dict[str, Any] = {"@iot.nextLink": told.link} if told.link else {}
    body = {**head, "aggregate": _about(told), "value": list(value)}
    return Answer(status=200, body=[msgspec.json.encode(body)])


def _about(told: Told) -> dict[str, Any]:
    """What the figures are of: interval, time zone, units."""
    return {
        "interval": told.ask.interval.text,
        "timeZone": told.ask.interval.zone.key,
        "suspect": told.ask.suspect,
        "Datastreams": [
            {
                "@iot.id": one.id,
                "@iot.selfLink": f"{told.base}/Datastreams({one.id})",
                "name": one.name,
                "unitOfMeasurement": one.unit,
            }
            for one in told.streams
        ],
    }


def _objects(told: Told) -> Iterator[dict[str, Any]]:
    names = told.names
    for row in told.rows:
        yield {
            "Datastream@iot.id": row.stream.id,
            "start": told.time(row.start),
            "end": told.time(row.end),
            **dict(zip(names, row.figures, strict=True)),
        }


def _arrays(told: Told) -> Iterator[dict[str, Any]]:
    """As 18-088, 11.2 has it for observations: one array a datastream."""
    components = ["start", "end", *told.names]
    for number, rows in groupby(told.rows, key=lambda row: row.stream.id):
        array = [[told.time(row.start), told.time(row.end), *row.figures] for row in rows]
        yield {
            "Datastream@iot.navigationLink": f"{told.base}/Datastreams({number})",
            "components": components,
            "dataArray@iot.count": len(array),
            "dataArray": array,
        }


def _csv(told: Told) -> bytes:
    text = StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(["datastream", "name", "unit", "start", "end", *told.names])
    for row in told.rows:
        one = row.stream
        lines.writerow([
            one.id, one.name, one.unit.get("symbol") or "", told.time(row.start),
            told.time(row.end), *row.figures,
        ])  # fmt: skip
    return text.getvalue().encode()
