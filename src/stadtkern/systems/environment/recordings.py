"""Recorded weather from Bochum, moved by whole weeks, as the history of the demo's stations."""

import csv
import gzip
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path

import structlog

from stadtkern.kernel import clock
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, Latest, Thing

FOLDER = Path(__file__).parent / "demo_data"
LICENCE = "CC0 1.0"
STATIONS = {"werner_hellweg": "Werner Hellweg 519", "zeche_holland": "Zeche Holland"}
SOURCE = {
    "de": "Aufzeichnung Bochum 2025 (Stadt Bochum, Wetterstation {station}), "
    "um {weeks} Wochen verschoben; ab Demo-Start Sensor-Simulator",
    "en": "Recording Bochum 2025 (City of Bochum, weather station {station}), "
    "moved by {weeks} weeks; sensor simulator since the demo began",
}
WEEK = timedelta(weeks=1)
FRESH = timedelta(hours=2, minutes=5)
BATCH = 5000

log = structlog.get_logger("demo")

Row = tuple[datetime, dict[str, float]]


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
        _label(stream, recording, weeks)
    return _store({slug: s.pk for slug, s in streams.items() if slug}, past)


def read(recording: str) -> list[Row]:
    """Instants and values by property, oldest first."""
    path = FOLDER / f"weather_bochum_{recording}_2025.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [
            (datetime.fromisoformat(row.pop("at")), {k: float(v) for k, v in row.items()})
            for row in csv.DictReader(file)
        ]


def weeks_until(last: datetime, now: datetime) -> int:
    """The fewest whole weeks that move the end of a recording to the present or beyond."""
    return max(0, ceil((now - last) / WEEK))


def _label(stream: Datastream, recording: str, weeks: int) -> None:
    words = {"station": STATIONS[recording], "weeks": weeks}
    source = {language: text.format(**words) for language, text in SOURCE.items()}
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
