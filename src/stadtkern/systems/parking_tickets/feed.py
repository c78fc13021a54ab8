"""The zones where parking costs money, as the shared interfaces for the kerb read them."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID, uuid5

from stadtkern.kernel.feeds.curbs import CurbRule, CurbZone, Day, Rate
from stadtkern.systems.parking_tickets.logic import zones
from stadtkern.systems.parking_tickets.logic.tariffs.rules import Rules, Vehicle, Window
from stadtkern.systems.parking_tickets.models import Tariff

OUTLINES: Final = ("Polygon", "MultiPolygon")
WEEK: Final[tuple[Day, ...]] = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOLIDAY: Final = "PH"
ELECTRIC: Final = "electric"


def curbs() -> Iterator[CurbZone]:
    """Zones in use that have an outline, with the rules of the prices that hold now."""
    for one in zones.now():
        place, tariff, rules = one.zone.place, one.tariff, one.rules
        outline = place.geometry or {}
        if tariff is None or rules is None or outline.get("type") not in OUTLINES:
            continue
        yield CurbZone(
            place=place.public_id, system="parking_tickets", name=place.name,
            number=one.zone.number, outline=outline, begins=place.created,
            rules=tuple(_rules(place.public_id, tariff, rules)),
            changed=max(place.created, tariff.published or place.created),
            invented=one.zone.invented,
        )  # fmt: skip


def _rules(place: UUID, tariff: Tariff, rules: Rules) -> Iterator[CurbRule]:
    """A class with a price of its own stands before everybody, window by window.

    A published version is never changed, so version, window and class name one rule for ever.
    """
    for window in rules.windows:
        if special := rules.vehicles.get(ELECTRIC):
            yield _rule(place, tariff, rules, window, special)
        yield _rule(place, tariff, rules, window, None)


def _rule(
    place: UUID, tariff: Tariff, rules: Rules, window: Window, special: Vehicle | None
) -> CurbRule:
    share = special.per_mille if special else 1000
    name = f"{tariff.number} {window.name} {ELECTRIC if special else ''}"
    return CurbRule(
        uid=uuid5(place, name), days=tuple(day for day in WEEK if day in window.days),
        begins=window.begins, until=window.ends, published=tariff.published or tariff.created,
        rates=tuple(_rates(rules, window, share)), holidays=HOLIDAY in window.days,
        vehicle=ELECTRIC if special else "", longest_minutes=rules.longest_minutes,
        no_return_minutes=rules.return_minutes, last_day=special.until if special else None,
    )  # fmt: skip


def _rates(rules: Rules, window: Window, share: int) -> Iterator[Rate]:
    """Steps one after the other; free minutes lie over the first of them."""
    free, at = rules.free_minutes, 0
    if free:
        yield Rate(cents=0, ends=free)
    for step in window.steps:
        ends = None if step.minutes is None else at + step.minutes
        if ends is None or ends > free:
            yield Rate(cents=step.cents * share, per_minutes=step.per_minutes * 1000,
                       begins=max(at, free), ends=ends)  # fmt: skip
        at = ends or at
