"""What a time would cost, and how long it may be, before anything is bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel import clock
from stadtkern.systems.parking_tickets.logic import calendar, tariffs
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.logic.tariffs import Line, Priced, Rules
from stadtkern.systems.parking_tickets.logic.tariffs.spans import whole
from stadtkern.systems.parking_tickets.models import Session, Tariff, Zone

VEHICLES: Final = {
    "car": gettext_lazy("car"),
    "electric": gettext_lazy("electric car (plate ends in E)"),
    "motorcycle": gettext_lazy("motorcycle"),
    "camper": gettext_lazy("camper van"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """A price before buying. Where the end is open, `until` is the latest one and `cents` the most.

    `charged_from` is the first instant that falls into charging hours, None where none does.
    """

    cents: int
    lines: tuple[Line, ...]
    latest_until: datetime
    tariff: Tariff
    begins: datetime
    until: datetime
    open_ended: bool
    seconds: int
    before: int
    charged_from: datetime | None


def tariff_at(zone: Zone, at: datetime) -> Tariff:
    """The published version that holds at an instant. Raises Refused."""
    found = Tariff.objects.filter(zone=zone, published__isnull=False, during__contains=at).first()
    if found is None:
        raise Refused("zone", "no_tariff", _("No prices are known for this zone at this time."))
    return found


def quote(
    zone: Zone, begins: datetime, until: datetime | None, *,
    vehicle: str = "car", plate_key: int | None = None,
) -> Quote:  # fmt: skip
    """The price of a right; with `plate_key` what the plate used before counts. Raises Refused."""
    first = whole(begins)
    tariff = tariff_at(zone, first)
    rules = tariffs.read(tariff.rules)
    ends = until or bound(rules, first, tariffs.latest(rules, first, calendar.of_city()))
    before = used(zone, plate_key, first, ends, rules)
    return priced(tariff, rules, first, until, vehicle=vehicle, before=before)


def priced(
    tariff: Tariff, rules: Rules, begins: datetime, until: datetime | None, *,
    vehicle: str, before: int, room_before: int | None = None,
) -> Quote:  # fmt: skip
    """The same with tariff and used seconds known; `room_before` counts for the longest stay."""
    check_vehicle(vehicle)
    there, stay = calendar.of_city(), before if room_before is None else room_before
    latest = tariffs.latest(rules, begins, there, before=stay)
    last = whole(until) if until is not None else bound(rules, begins, latest)
    _check_end(rules, begins, last, latest)
    told = price_of(rules, begins, last, vehicle=vehicle, before=before)
    opens = tariffs.opens(rules, begins, there)
    if rules.before_hours == "refuse" and opens != begins:
        raise Refused("time_start", "no_charge", _free_until(opens))
    return Quote(
        cents=told.cents, lines=told.lines, latest_until=latest, tariff=tariff, begins=begins,
        until=last, open_ended=until is None, seconds=told.seconds, before=before,
        charged_from=opens if opens is not None and opens < last else None,
    )  # fmt: skip


def price_of(
    rules: Rules, begins: datetime, until: datetime, *, vehicle: str, before: int
) -> Priced:
    """The price by the city's calendar."""
    return tariffs.price(rules, begins, until, calendar.of_city(), vehicle=vehicle, before=before)


def bound(rules: Rules, begins: datetime, latest: datetime) -> datetime:
    """Where a right with an open end ends at last: with the charging hours, or the longest stay."""
    ends = tariffs.hours_end(rules, begins, calendar.of_city())
    return latest if ends is None else min(ends, latest)


def check_vehicle(vehicle: str) -> None:
    """Raises Refused where no tariff knows such vehicles."""
    if vehicle not in VEHICLES:
        known = ", ".join(VEHICLES)
        raise Refused("vehicle", "unknown", _("Choose one of these vehicles: %s.") % known)


def _check_end(rules: Rules, begins: datetime, until: datetime, latest: datetime) -> None:
    if latest <= begins:
        raise Refused("time_start", "max_stay", stayed(rules))
    if until <= begins:
        raise Refused("time_end", "before_start", _("The end must be later than the beginning."))
    if until > latest:
        at = calendar.local(latest)
        said = _("The latest end is %(day)s, %(time)s. Choose an end until then.")
        told = said % {"day": f"{at:%d.%m.%Y}", "time": f"{at:%H:%M}"}
        raise Refused("time_end", "max_stay", told)


def stayed(rules: Rules) -> str:
    """Why nobody may stay any longer, and when again."""
    said = _("The longest stay of %(stay)s minutes is used up. Come back %(back)s minutes after.")
    return said % {"stay": rules.longest_minutes, "back": rules.return_minutes}


def _free_until(opens: datetime | None) -> str:
    if opens is None:
        return _("Parking costs nothing here.")
    at = f"{calendar.local(opens):%d.%m., %H:%M}"
    return _("Parking costs nothing now. Buy from %s on.") % at


def used(
    zone: Zone, plate_key: int | None, begins: datetime, until: datetime, rules: Rules, *,
    besides: int | None = None,
) -> int:  # fmt: skip
    """Seconds in charging hours of the plate's rights before and after, without a longer break.

    Whoever sold them: rights follow on each other when less than `return_minutes` lie between.
    """
    if plate_key is None:
        return 0
    rows = Session.objects.filter(
        zone=zone, plate_key=plate_key, state__in=("active", "ended")
    ).exclude(pk=besides or 0)
    found = sorted(rows, key=lambda row: row.during.lower)
    gap = timedelta(minutes=rules.return_minutes)
    earlier = [row for row in found if row.during.lower < begins]
    later = [row for row in found if row.during.lower >= begins]
    return _before(earlier, begins, gap) + _after(later, until, gap)


def _before(rows: Sequence[Session], begins: datetime, gap: timedelta) -> int:
    seconds = 0
    for row in reversed(rows):
        if begins - row.during.upper >= gap:
            break
        seconds, begins = seconds + row.used_seconds, row.during.lower
    return seconds


def _after(rows: Sequence[Session], ends: datetime, gap: timedelta) -> int:
    seconds = 0
    for row in rows:
        if row.during.lower - ends >= gap:
            break
        seconds, ends = seconds + row.used_seconds, row.during.upper
    return seconds


def overlapping(
    zone_id: int, plate_key: int, begins: datetime, until: datetime, *, besides: int | None = None
) -> Session | None:
    """A right of the plate that holds in a part of this time."""
    rows = Session.objects.filter(
        zone_id=zone_id, plate_key=plate_key, state__in=("active", "ended"),
        during__overlap=(begins, until),
    ).exclude(pk=besides or 0)  # fmt: skip
    return rows.first()


def now() -> datetime:
    """The present instant without parts of a second, as rights have it."""
    return whole(clock.now())
