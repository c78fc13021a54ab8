"""`python -m benchmarks [NAME...]`: runs all benchmarks, or those named, and prints a table.

`burst`, `endurance`, `tables` and `cases` take long and run only where they are named;
`endurance:200000` is one with so many uplinks, `tables:200000` one with so many rows, `cases:2000`
one with so many applications.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Collection, Iterator, Mapping

from benchmarks import (
    bookings,
    bulk,
    burst,
    cases,
    data_improvement,
    effects,
    endurance,
    lighthouse,
    memory,
    pages,
    parking_checks,
    parking_forecast,
    posts,
    sensorthings,
    tables,
    uplinks,
)
from benchmarks.running import RunningCity, running
from benchmarks.table import Row, head, progress, row

DEMO, FILLED = ("memory", "uplinks"), ("pages", "series", "bulk", "posts")
GROWING = ("sensorthings",)
PLAIN = ("effects", "data_improvement", "parking_forecast")
LOOKED_AT = ("lighthouse",)
BOOKED = ("bookings",)
PARKED = ("parking_checks",)
ALL = DEMO + FILLED + GROWING + PLAIN + LOOKED_AT + BOOKED + PARKED
OTHER = ("tables", "cases")
LONG = ("burst", "endurance", *OTHER)
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def main(wanted: Collection[str]) -> int:
    """Run what is wanted; 1 where an aim is missed, 2 where there is no such benchmark."""
    numbers = {name: int(number or 0) for name, _, number in (w.partition(":") for w in wanted)}
    if unknown := [name for name in numbers if name not in ALL + LONG]:
        print(f"No benchmark {', '.join(unknown)}; there are: {', '.join(ALL + LONG)}.")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began, missed = time.monotonic(), 0
    head()
    for one in _rows(numbers or dict.fromkeys(ALL, 0)):
        row(one)
        missed += one.met is False
    progress(f"{time.monotonic() - began:.0f} s, {missed or 'no'} aim missed.")
    return 1 if missed else 0


def _rows(wanted: Mapping[str, int]) -> Iterator[Row]:
    if not set(DEMO).isdisjoint(wanted):
        for broker in ("mosquitto", "amqtt"):
            if broker == "amqtt" or shutil.which(broker, path=PATH):
                yield from _demo(broker, wanted)
            else:
                progress("Mosquitto is not installed: its figures are left out.")
    if not set(FILLED).isdisjoint(wanted):
        yield from _filled(wanted)
    if not set(GROWING).isdisjoint(wanted):
        yield from _growing()
    yield from _by_name(wanted)
    if not (set(LONG) - set(OTHER)).isdisjoint(wanted):
        yield from _long(wanted)


def _by_name(wanted: Mapping[str, int]) -> Iterator[Row]:
    """Those that share no city with others."""
    if "effects" in wanted:
        yield from effects.measure()
    if "data_improvement" in wanted:
        yield from data_improvement.measure()
    if "parking_forecast" in wanted:
        yield from parking_forecast.measure()
    if "lighthouse" in wanted:
        yield from _looked_at()
    if "bookings" in wanted:
        yield from _booked()
    if "parking_checks" in wanted:
        yield from _checked(wanted["parking_checks"] or parking_checks.COUNT)
    if "tables" in wanted:
        yield from tables.measure(wanted["tables"] or tables.COUNT)
    if "cases" in wanted:
        yield from _handed_over(wanted["cases"] or cases.COUNT)


def _long(wanted: Mapping[str, int]) -> Iterator[Row]:
    progress("Starting the demo city with mosquitto ...")
    with running("demo", "mosquitto") as city:
        if "burst" in wanted:
            yield from burst.measure(city)
        if "endurance" in wanted:
            yield from endurance.measure(city, wanted["endurance"] or endurance.COUNT)


def _demo(broker: str, wanted: Collection[str]) -> Iterator[Row]:
    progress(f"Starting the demo city with {broker} ...")
    with running("demo", broker) as city:
        if "memory" in wanted:
            yield from memory.measure(city, broker)
        if "uplinks" in wanted:
            yield from uplinks.measure(city, broker)


def _filled(wanted: Collection[str]) -> Iterator[Row]:
    progress("Starting a city and filling it ...")
    with running("serve", "amqtt") as city:
        _load_django(city)
        if "pages" in wanted:
            yield from pages.measure(city)
        if "series" in wanted:
            yield from pages.history(city)
        if "bulk" in wanted:
            yield from bulk.measure()
        if "posts" in wanted:
            yield from posts.measure(city)
        _leave_django()


def _looked_at() -> Iterator[Row]:
    progress("Starting the whole demo city ...")
    with running("demo", "amqtt", whole=True) as city:
        city.until(lambda: (city.folder / "data" / "demo.json").exists(), 300)
        yield from lighthouse.measure(city)


def _growing() -> Iterator[Row]:
    progress("Starting a city that grows to ten million observations ...")
    with running("serve", "amqtt") as city:
        _enter_django(city)
        yield from sensorthings.measure(city)
        _leave_django()


def _booked() -> Iterator[Row]:
    progress("Starting a city whose counters are booked ...")
    with running("serve", "amqtt") as city:
        _enter_django(city)
        yield from bookings.measure()
        _leave_django()


def _checked(count: int) -> Iterator[Row]:
    progress("Starting a city that sells parking ...")
    with parking_checks.city() as city:
        _enter_django(city)
        yield from parking_checks.measure(city, count)
        _leave_django()


def _handed_over(count: int) -> Iterator[Row]:
    progress("Starting a city with two workers and a back office that fails ...")
    with cases.city() as city:
        _enter_django(city)
        yield from cases.measure(count)
        _leave_django()


def _enter_django(city: RunningCity) -> None:
    """Here as in the web process of this city, also after another city."""
    os.environ.update(city.env, DATABASE_URL=city.url)
    from django.db import connection

    from stadtkern.site import asgi, database

    connection.settings_dict.update(database.settings(city.url))
    asgi.settle()


def _load_django(city: RunningCity) -> None:
    """And five million observations in its database."""
    _enter_django(city)
    from benchmarks import city_of_500

    began = time.monotonic()
    stored = city_of_500.fill()
    progress(f"{stored:,} observations in {time.monotonic() - began:.0f} s.")


def _leave_django() -> None:
    from django.db import connection

    connection.close()
    connection.close_pool()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
