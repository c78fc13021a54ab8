"""The demo's parking zones, prices and 40 ticket machines: all invented, and labelled so."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction

from stadtkern.kernel import clock, registry
from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.parking_tickets import demo_machines, demo_operators, demo_sales
from stadtkern.systems.parking_tickets.logic import MACHINE, ZONE
from stadtkern.systems.parking_tickets.models import Machine, Tariff, Zone

WEEK, WORK = ["Mo", "Tu", "We", "Th", "Fr", "Sa"], ["Mo", "Tu", "We", "Th", "Fr"]
# The law that lets cities free electric cars ends with this day.
ELECTRIC: Final = {"electric": {"per_mille": 0, "until": "2026-12-31"}}
ABOUT = "Erfunden für die Demo: Nummer, Fläche, Preise und Automaten dieser Zone."
ABOUT_EN = "Invented for the demo: number, area, prices and machines of this zone."
MACHINES: Final = 40


def window(name: str, days: Sequence[str], begins: str, ends: str, *steps: Any) -> dict[str, Any]:
    """A window with steps `(minutes or None, cents, per minutes)`."""
    return {"name": name, "days": list(days), "begins": begins, "ends": ends, "steps": [
        {"minutes": minutes, "cents": cents, "per_minutes": per} for minutes, cents, per in steps
    ]}  # fmt: skip


HOUR: Final = (None, 150, 60)
# Number, name, English name, box (west, south, east, north), machines, rules.
ZONES: Final[list[tuple[str, str, str, tuple[float, ...], int, dict[str, Any]]]] = [
    ("D1", "Herne-Mitte, Nord", "Herne centre, north", (7.2165, 51.5385, 7.2245, 51.5425), 9,
     {"windows": [window("day", WORK, "09:00", "18:00", HOUR),
                  window("saturday", ["Sa"], "09:00", "14:00", HOUR)],
      "least_cents": 20, "longest_minutes": 120, "vehicles": ELECTRIC}),
    ("D2", "Herne-Mitte, Süd", "Herne centre, south", (7.2175, 51.5335, 7.2255, 51.5380), 9,
     {"windows": [window("day", WEEK, "08:00", "19:00", (None, 100, 60))],
      "free_minutes": 30, "least_cents": 10, "longest_minutes": 180, "return_minutes": 120,
      "most_day_cents": 600, "vehicles": ELECTRIC}),
    ("D3", "Wanne, Mitte", "Wanne centre", (7.1600, 51.5310, 7.1690, 51.5355), 9,
     {"windows": [window("day", WORK, "09:00", "18:00", (30, 0, 60), (60, 50, 30), HOUR),
                  window("saturday", ["Sa"], "09:00", "13:00", (None, 50, 30))],
      "minute": "ended", "longest_minutes": 240, "vehicles": ELECTRIC}),
    ("D4", "Eickel", "Eickel", (7.1610, 51.5215, 7.1690, 51.5255), 5,
     {"windows": [window("day", WORK, "09:00", "17:00", (None, 60, 60))],
      "least_cents": 10, "after_hours": "end", "before_hours": "refuse"}),
    ("D5", "Sodingen", "Sodingen", (7.2500, 51.5340, 7.2580, 51.5385), 4,
     {"windows": [window("day", WORK, "09:00", "18:00", (None, 80, 60))],
      "most_day_cents": 400, "free_minutes": 15}),
    ("D6", "Bahnhofsviertel, Abend", "Station quarter, evening",
     (7.2105, 51.5390, 7.2160, 51.5425), 4,
     {"windows": [window("day", [*WEEK, "Su", "PH"], "09:00", "20:00", (None, 120, 60)),
                  window("evening", [*WEEK, "Su", "PH"], "20:00", "02:00", (None, 200, 120))],
      "follow_through": False, "most_day_cents": 1000}),
]  # fmt: skip


def fill(rng: random.Random) -> None:
    """Create what is missing; a second run changes nothing."""
    numbers = iter(range(1, MACHINES + 1))
    with transaction.atomic():
        zones = [_zone(*one, numbers=numbers, rng=rng) for one in ZONES]
    demo_operators.fill(rng)
    demo_sales.fill(rng, zones)
    demo_machines.write()


def _key(what: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"stadtkern:demo:parking_tickets:{what}")


def _zone(
    number: str, name: str, name_en: str, box: tuple[float, ...], count: int,
    rules: dict[str, Any], *, numbers: Iterator[int], rng: random.Random,
) -> Zone:  # fmt: skip
    place, _new = Place.objects.get_or_create(public_id=_key(number), defaults={
        "kind": ZONE, "name": name, "name_en": name_en,
        "about": ABOUT, "about_en": ABOUT_EN, "geometry": _area(box), "source": "Demo",
        "invented": True,
    })  # fmt: skip
    zone, _new = Zone.objects.get_or_create(
        number=number, defaults={"place": place, "invented": True}
    )
    for _at in range(count):
        _machine(next(numbers), zone, box, rng)
    _prices(zone, rules)
    return zone


def _area(box: tuple[float, ...]) -> dict[str, Any]:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _machine(number: int, zone: Zone, box: tuple[float, ...], rng: random.Random) -> None:
    west, south, east, north = box
    lon = west + (east - west) * rng.uniform(0.1, 0.9)
    lat = south + (north - south) * rng.uniform(0.1, 0.9)
    place, _new = Place.objects.get_or_create(public_id=_key(f"machine:{number}"), defaults={
        "kind": MACHINE, "name": f"Parkscheinautomat {number}",
        "name_en": f"Ticket machine {number}", "about": ABOUT, "about_en": ABOUT_EN,
        "geometry": point(round(lon, 5), round(lat, 5)), "source": "Demo", "invented": True,
    })  # fmt: skip
    broken = number == 7
    Machine.objects.get_or_create(number=str(number), defaults={
        "place": place, "zone": zone, "last_seen": clock.now(),
        "state": "disturbed" if broken else "ok", "fault": "Münzprüfer klemmt" if broken else "",
    })  # fmt: skip


def _prices(zone: Zone, rules: dict[str, Any]) -> None:
    """A version since the year before, and where electric cars are free one that follows it."""
    local = ZoneInfo(registry.city().city.time_zone)
    change = datetime(2027, 1, 1, tzinfo=local).astimezone(UTC)
    since = datetime(2025, 1, 1, tzinfo=local).astimezone(UTC)
    follows = "vehicles" in rules
    _version(zone, 1, (since, change if follows else None), rules)
    if follows:
        later = {key: value for key, value in rules.items() if key != "vehicles"}
        _version(zone, 2, (change, None), later)


def _version(zone: Zone, number: int, during: tuple[datetime, Any], rules: dict[str, Any]) -> None:
    Tariff.objects.get_or_create(zone=zone, number=number, defaults={
        "during": during, "rules": rules, "published": clock.now(),
        "note": "Erfunden für die Demo",
    })  # fmt: skip
