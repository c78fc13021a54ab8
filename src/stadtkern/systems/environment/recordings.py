"""Recordings from Bochum, moved by whole weeks, as the history of the demo's stations."""

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path

import structlog

from stadtkern.kernel import clock
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, Latest, Thing

FOLDER = Path(__file__).parent / "demo_data"
LICENCE = "CC0 1.0"
MOVED = {
    "de": "Aufzeichnung Bochum {year} (Stadt Bochum, {station}), um {weeks} Wochen verschoben",
    "en": "Recording Bochum {year} (City of Bochum, {station}), moved by {weeks} weeks",
}
SINCE = {
    "de": "; ab Demo-Start Sensor-Simulator",
    "en": "; sensor simulator since the demo began",
}
WEEK = timedelta(weeks=1)
FRESH = timedelta(hours=2, minutes=5)
BATCH = 5000

log = structlog.get_logger("demo")

Row = tuple[datetime, dict[str, float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """A file of this folder; with `goes_on` a simulator says what comes after it."""

    file: str
    year: int
    station: dict[str, str]
    goes_on: bool = False

    def source(self, weeks: int) -> dict[str, str]:
        """Where it is from and how far it was moved, by language."""
        return {
            language: text.format(year=self.year, station=self.station[language], weeks=weeks)
            + (SINCE[language] if self.goes_on else "")
            for language, text in MOVED.items()
        }


def _weather(name: str, title: str) -> Recording:
    station = {"de": f"Wetterstation {title}", "en": f"weather station {title}"}
    return Recording(file=f"weather_bochum_{name}_2025", year=2025, station=station, goes_on=True)


RECORDINGS = {
    "werner_hellweg": _weather("werner_hellweg", "Werner Hellweg 519"),
    "zeche_holland": _weather("zeche_holland", "Zeche Holland"),
    "stembergteich": Recording(
        file="water_bochum_stembergteich_2025",
        year=2025,
        station={"de": "Datenlogger am Stembergteich", "en": "data logger at Stembergteich"},
    ),
    "linde": Recording(
        file="tree_bochum_linde_2023",
        year=2023,
        station={"de": "Baumsensor Linde 1", "en": "tree sensor Linde 1"},
    ),
}


def load(thing: Thing, recording: str) -> int:
    """Store a recording in the thing's datastreams without history; returns how many values."""
    streams = {
        stream.observed_property.slug: stream
        for stream in thing.datastreams.select_related("observed_property")
        if not Latest.objects.filter(datastream=stream).exists()
    }
    rows = read(recording) if streams else []
    weeks = weeks_until(rows[-1][0], clock.now()) if rows else 0
    moved = [(at + weeks * WEEK, values) for at, values in rows]
    # Old enough that a recording is never taken for a current value.
    past = [row for row in moved if row[0] < clock.now() - FRESH]
    if not past:
        return 0
    store.ensure_partitions(past[0][0], past[-1][0])
    for stream in streams.values():
        _label(stream, RECORDINGS[recording].source(weeks))
    return _store({slug: s.pk for slug, s in streams.items() if slug}, past)


def read(recording: str) -> list[Row]:
    """Instants and values by property, oldest first."""
    path = FOLDER / f"{RECORDINGS[recording].file}.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [
            (datetime.fromisoformat(row.pop("at")), {k: float(v) for k, v in row.items()})
            for row in csv.DictReader(file)
        ]


def weeks_until(last: datetime, now: datetime) -> int:
    """The fewest whole weeks that move the end of a recording to the present or beyond."""
    return max(0, ceil((now - last) / WEEK))


def _label(stream: Datastream, source: dict[str, str]) -> None:
    stream.source, stream.licence = source["de"], LICENCE
    stream.properties = {**stream.properties, "source": source}
    stream.save(update_fields=["source", "licence", "properties"])


def _store(streams: dict[str, int], rows: Sequence[Row]) -> int:
    observations = [
        store.Observation(datastream=number, at=at, value=values[slug])
        for slug, number in streams.items()
        for at, values in rows
        if slug in values
    ]
    for start in range(0, len(observations), BATCH):
        store.write(observations[start : start + BATCH], announce=False)
    log.info("history loaded", datastreams=len(streams), observations=len(observations))
    return len(observations)
