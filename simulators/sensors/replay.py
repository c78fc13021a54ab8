"""The replay mode: one device reports what was recorded in a CSV file."""

import csv
import gzip
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TextIO

from simulators.sensors.outdoors import LOCAL

Reading = tuple[datetime, dict[str, float]]


def readings(path: Path, columns: Mapping[str, str], time_column: str = "") -> Iterator[Reading]:
    """Rows that have a time and every wanted number; `columns` maps our names to the file's."""
    with opened(path) as file:
        first_line = file.readline()
        delimiter = ";" if ";" in first_line else ","
        names = next(csv.reader([first_line], delimiter=delimiter))
        if missing := set(columns.values()) - set(names):
            raise ValueError(f"{path.name} has no column {', '.join(sorted(missing))}.")
        for row in csv.DictReader(file, names, delimiter=delimiter):
            if (reading := understood(row, columns, time_column or names[0])) is not None:
                yield reading


def opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def understood(
    row: Mapping[str, str], columns: Mapping[str, str], time_column: str
) -> Reading | None:
    try:
        when = datetime.fromisoformat(row[time_column])
        values = {name: float(row[column].replace(",", ".")) for name, column in columns.items()}
    except (ValueError, TypeError, AttributeError):
        return None
    return (when if when.tzinfo else when.replace(tzinfo=LOCAL)), values


def paced(rows: Iterator[Reading], speed: float, stop: threading.Event) -> Iterator[Reading]:
    """The rows in their recorded rhythm, `speed` times as fast; at 0 without any pause."""
    before: datetime | None = None
    for when, values in rows:
        if before is not None and speed and when > before:
            stop.wait((when - before).total_seconds() / speed)
        if stop.is_set():
            return
        before = when
        yield when, values
