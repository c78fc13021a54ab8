"""Counts recorded in Münster, converted and moved by whole weeks, as the history of the demo."""

import csv
import gzip
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from stadtkern.kernel import clock
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, Latest

FILE = Path(__file__).parent / "demo_data" / "parking_muenster_2025_2026.csv.gz"
LICENCE = "dl-de/by-2-0"
THERE = ZoneInfo("Europe/Berlin")
CAR_PARKS = {
    "muenster_arkaden": ("PH Münster Arkaden", 166),
    "alter_steinweg": ("PH Alter Steinweg", 371),
}
SOURCE = {
    "de": "Parkhausbelegung Stadt Münster (dl-de/by-2-0), historisiert von Code For Münster: "
    "Aufzeichnung {name} 2025/2026, auf {bays} Plätze umgerechnet, um {weeks} Wochen verschoben; "
    "ab Demo-Start Sensor-Simulator",
    "en": "Parkhausbelegung Stadt Münster (dl-de/by-2-0), historisiert von Code For Münster: "
    "recording {name} 2025/2026, converted to {bays} bays, moved by {weeks} weeks; "
    "sensor simulator since the demo began",
}
WEEK = timedelta(weeks=1)
FRESH = timedelta(minutes=35)
NOW = {"de": "Sensor-Simulator der Demo", "en": "Sensor simulator of the demo"}
# Small: looking for equal instants inside a batch takes the square of its size.
BATCH = 500

log = structlog.get_logger("demo")


def load(stream: Datastream, recording: str, bays: int) -> int:
    """Store a recording where there is no history yet; returns how many values."""
    if Latest.objects.filter(datastream=stream).exists():
        return 0
    name, capacity = CAR_PARKS[recording]
    counts = read(recording)
    weeks = weeks_until(counts[-1][0].replace(tzinfo=THERE), clock.now())
    rows = [
        store.Observation(
            datastream=stream.pk, at=moved(at, weeks), value=converted(free, capacity, bays),
            quality=store.ESTIMATED,
        )
        for at, free in counts
        # Old enough that a recording is never taken for a current count.
        if moved(at, weeks) < clock.now() - FRESH
    ]  # fmt: skip
    _label(stream, name, bays, weeks)
    _store(rows)
    log.info("history loaded", datastreams=1, observations=len(rows))
    return len(rows)


def read(recording: str) -> list[tuple[datetime, int]]:
    """Wall-clock times in Münster and free bays, oldest first; steps without a number left out."""
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        return [
            (datetime.fromisoformat(row["time_local"]), int(row[recording]))
            for row in csv.DictReader(file)
            if row[recording]
        ]


def weeks_until(last: datetime, now: datetime) -> int:
    """The fewest whole weeks that move the end of a recording to the present or beyond."""
    return max(0, ceil((now - last) / WEEK))


def moved(at: datetime, weeks: int) -> datetime:
    """The same weekday and time of day, weeks later: commuters follow the clock on the wall."""
    return (at + weeks * WEEK).replace(tzinfo=THERE)


def converted(free: int, capacity: int, bays: int) -> float:
    """The same share of free bays on a site of another size; never more than there are."""
    return float(min(bays, max(0, round(free / capacity * bays))))


def _label(stream: Datastream, name: str, bays: int, weeks: int) -> None:
    words = {"name": name, "bays": bays, "weeks": weeks}
    source = {language: text.format(**words) for language, text in SOURCE.items()}
    stream.source, stream.licence = source["de"], LICENCE
    stream.properties = {"source": source, "now": NOW}
    stream.save(update_fields=["source", "licence", "properties"])


def _store(rows: Sequence[store.Observation]) -> None:
    if rows:
        store.ensure_partitions(rows[0].at, rows[-1].at)
    for start in range(0, len(rows), BATCH):
        store.write(rows[start : start + BATCH], announce=False)
