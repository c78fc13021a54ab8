"""`python -m benchmarks [NAME...]`: runs all benchmarks, or those named, and prints a table."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator

from benchmarks import bulk, city_of_500, history, memory, pages, uplinks
from benchmarks.running import RunningCity
from benchmarks.table import Row, head, progress, row

NAMES = ("memory", "uplinks", "pages", "series", "bulk")


def main(wanted: list[str]) -> int:
    """Run what is wanted; 1 where an aim is missed, 2 where there is no such benchmark."""
    if unknown := [name for name in wanted if name not in NAMES]:
        print(f"No benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}.")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    head()
    missed = 0
    for one in _rows(wanted or list(NAMES)):
        row(one)
        missed += one.met is False
    progress(f"{time.monotonic() - began:.0f} s; {missed or 'no'} aims missed.")
    return 1 if missed else 0


def _rows(wanted: list[str]) -> Iterator[Row]:
    if {"memory", "uplinks"} & set(wanted):
        for broker in _brokers():
            yield from _demo(broker, wanted)
    if {"pages", "series", "bulk"} & set(wanted):
        yield from _store(wanted)


def _brokers() -> Iterable[str]:
    if shutil.which("mosquitto") or os.path.exists("/usr/sbin/mosquitto"):
        yield "mosquitto"
    else:
        progress("Mosquitto is not installed: its figures are left out.")
    yield "amqtt"


def _demo(broker: str, wanted: list[str]) -> Iterator[Row]:
    progress(f"Starting the demo city with {broker} ...")
    with RunningCity("demo", broker) as city:
        if "memory" in wanted:
            yield from memory.measure(city, broker)
        if "uplinks" in wanted:
            yield from uplinks.measure(city, broker)


def _store(wanted: list[str]) -> Iterator[Row]:
    parts: dict[str, Callable[[RunningCity], Iterator[Row]]] = {
        "pages": pages.measure,
        "series": history.measure,
        "bulk": lambda _city: bulk.measure(),
    }
    progress("Starting a city and filling it ...")
    with RunningCity("serve", "amqtt") as city:
        _load_django(city)
        if {"pages", "series"} & set(wanted):
            began = time.monotonic()
            stored = city_of_500.fill()
            progress(f"{stored:,} observations in {time.monotonic() - began:.0f} s.")
        for name in (name for name in parts if name in wanted):
            yield from parts[name](city)
        _leave_django()


def _load_django(city: RunningCity) -> None:
    os.environ.update(city.settings, DATABASE_URL=city.database)
    from stadtkern.site.cli import django_ready

    django_ready.load()


def _leave_django() -> None:
    from django.db import connection

    connection.close()
    connection.close_pool()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
