"""Counts by hand, and corrections from the night: what keeps the count of the lanes from drifting.

A counter misses one vehicle in a hundred, so a count made of differences creeps. At night a car
park holds about the same few vehicles: where the night's lowest count lies outside of what the
nights before had, the counters are believed less than the night. The correction goes to the edge
of the usual, no further, and never beyond what the counters can have missed since the last one.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from math import ceil
from statistics import quantiles

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.parking.logic import lanes
from stadtkern.systems.parking.logic.counting import locked, recount_site
from stadtkern.systems.parking.models import Calibration, Site

# Nobody comes then: from 3 to 5 o'clock, looked at every quarter of an hour.
NIGHT = [time(hour, minute) for hour in (3, 4) for minute in (0, 15, 30, 45)] + [time(5)]
FEWEST_NIGHTS, NIGHTS = 7, 28
# Share of passages that counters of this sort miss or count twice.
MISSED = 0.02
LEAST_BAND = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What a night says: `delta` vehicles more than counted; the band is what nights had before."""

    lowest: int
    delta: int
    low: int | None
    high: int | None


def by_hand(site: Site, occupied: int, actor: Account, note: str = "") -> Calibration:
    """Somebody counted what is inside now; from here on the count starts anew."""
    with transaction.atomic():
        locked(site.place_id)
        now = clock.now()
        found = lanes.inside(site, now)
        row = Calibration.objects.create(
            site=site, at=now, occupied=occupied, note=note, by=f"account:{actor.pk}",
            delta=occupied - found.occupied if found else 0,
            passed=found.passed.into + found.passed.out if found else 0,
        )  # fmt: skip
        record(actor, "parking.count", site, occupied=occupied, delta=row.delta)
    recount_site(site.place_id)
    return row


def last_night(site: Site, day: date) -> Calibration | None:
    """Look at the night that ended on this day; once for each night. None where nothing is known.

    Also where nothing is corrected a row is written: it says so, and later nights learn from it.
    """
    instants = _instants(day)
    with transaction.atomic():
        locked(site.place_id)
        start = lanes.last_calibration(site, instants[0])
        # Of this night there is a row already, or somebody counted by hand in it.
        newer = Calibration.objects.filter(site=site, at__gt=instants[0], at__lte=instants[-1])
        if start is None or newer.exists():
            return None
        counts = lanes.courses(site, start, instants)
        passed = lanes.passed(site, start, instants[-1])
        if passed.heard is None or passed.heard < instants[0]:
            return None
        all_passed = passed.into + passed.out
        found = corrected(min(counts), all_passed, _nights_before(site, instants[0]))
        return Calibration.objects.create(
            site=site, at=instants[-1], source="night", passed=all_passed,
            occupied=max(counts[-1] + found.delta, 0), delta=found.delta,
            lowest=found.lowest + found.delta, low=found.low, high=found.high,
        )  # fmt: skip


def _instants(day: date) -> list[datetime]:
    """The night's instants; one that the clocks jump over is none."""
    zone = city_zone()
    return [datetime.combine(day, one, zone) for one in NIGHT]


def _nights_before(site: Site, at: datetime) -> list[int]:
    """What the nights before had at their lowest, after their correction; the newest first."""
    rows = Calibration.objects.filter(site=site, lowest__isnull=False, at__lt=at).order_by("-at")
    return [
        lowest for lowest in rows.values_list("lowest", flat=True)[:NIGHTS] if lowest is not None
    ]


def corrected(lowest: int, passed: int, before: list[int]) -> Correction:
    """By how much a night's lowest count is off, from the nights before and what passed since.

    Negative counts are never right: they are lifted to zero at least, however few nights there are.
    """
    if len(before) < FEWEST_NIGHTS:
        return Correction(lowest=lowest, delta=max(-lowest, 0), low=None, high=None)
    low, _middle, high = (round(one) for one in quantiles(before, n=4, method="inclusive"))
    low, high = max(low - LEAST_BAND, 0), high + LEAST_BAND
    off = low - lowest if lowest < low else high - lowest if lowest > high else 0
    most = ceil(MISSED * passed)
    delta = max(min(max(off, -most), most), -lowest)
    return Correction(lowest=lowest, delta=delta, low=low, high=high)
