"""Finds sensors that cannot be right: stuck, flapping, silent, or with a battery near its end.

A bay is stuck when it kept one state for `stuck_days` while the bays like it changed in so many
hours that it should have changed too. Bays like it are those kept for the same people, or the
nearest by number where there are few; a disabled bay that is often empty is thereby not stuck.
Whether a railway nearby disturbs a sensor is not guessed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Device
from stadtkern.systems.parking.bays import BAY, OCCUPIED, SENSOR, Bay, bays
from stadtkern.systems.parking.logic.tallies import settings
from stadtkern.systems.parking.models import Fault, Lane

# With ten changes expected, none at all happens by chance once in 22,000 times (Poisson).
EXPECTED_CHANGES = 10
ALIKE, NEAREST = 3, 8
LOW_BATTERY = 20.0
# Changes within an hour; a fault stays until there are half as many.
FLAPPING, CALM = 20, 10

HOURS = """
select t.place_id, min(h.min), max(h.max),
  count(*) filter (where h.min < h.max), count(distinct date_trunc('day', h.at))
from things_hour h
join things_datastream d on d.id = h.datastream_id
join things_observedproperty p on p.id = d.observed_property_id and p.slug = %(occupied)s
join things_thing t on t.id = d.thing_id and t.kind = %(sensor)s
join places_place b on b.id = t.place_id and b.kind = %(bay)s
where h.at >= %(since)s
group by t.place_id
"""
CHANGES = """
select place_id, count(*) from (
  select t.place_id, o.value <> lag(o.value) over (
    partition by o.datastream_id order by o.at, o.id) as changed
  from things_thing t
  join things_datastream d on d.thing_id = t.id
  join things_observedproperty p on p.id = d.observed_property_id and p.slug = %(occupied)s
  join things_observation o on o.datastream_id = d.id and o.at >= %(since)s and o.quality < 3
  where t.kind = %(sensor)s
) as told where changed group by place_id having count(*) >= %(calm)s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One fault: at which place or thing, and the figures that show it."""

    place: int
    kind: str
    thing: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What one bay's sensor said for some days: its hours with a change, and if it changed at all.

    `whole` where it said something on each day of the time.
    """

    changed: bool
    busy_hours: int
    whole: bool


def found() -> list[Found]:
    """All faults there are now. Six queries for any number of bays."""
    every = bays()
    return [*stuck(every), *flapping(), *silent(every), *low_batteries(), *silent_lanes()]


def stuck(every: Sequence[Bay]) -> list[Found]:
    """Bays that keep their state while those like them change."""
    days = settings().stuck_days
    past = _past(clock.now() - timedelta(days=days), days)
    result = []
    for bay in every:
        own = past.get(bay.place)
        if own is None or own.changed or not own.whole:
            continue
        others = [past[one].busy_hours for one in alike(bay, every) if one in past]
        expected = median(others) if others else 0
        if expected >= EXPECTED_CHANGES:
            result.append(Found(
                place=bay.place, kind="stuck", evidence={"days": days, "others": round(expected)}
            ))  # fmt: skip
    return result


def alike(bay: Bay, every: Sequence[Bay]) -> list[int]:
    """The bays that should change as often as this one."""
    site = [one for one in every if one.site == bay.site and one.place != bay.place]
    same = [one.place for one in site if one.audience == bay.audience]
    if len(same) >= ALIKE:
        site = [one for one in site if one.audience == bay.audience]
    near = sorted(site, key=lambda one: (one.row != bay.row, abs(one.number - bay.number)))
    return [one.place for one in near[:NEAREST]]


def _past(since: datetime, days: int) -> dict[int, Past]:
    figures: dict[str, Any] = {
        "occupied": OCCUPIED, "sensor": SENSOR, "bay": BAY, "since": since,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(HOURS, figures)
        return {
            place: Past(changed=low != high, busy_hours=busy, whole=told >= days)
            for place, low, high, busy, told in cursor.fetchall()
        }


def flapping() -> list[Found]:
    """Bays whose state changed so often within an hour that no vehicle can have done it."""
    figures: dict[str, Any] = {
        "occupied": OCCUPIED, "sensor": SENSOR, "calm": CALM,
        "since": clock.now() - timedelta(hours=1),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, figures)
        rows = cursor.fetchall()
    known = set(Fault.objects.filter(kind="flapping", until=None).values_list("place", flat=True))
    return [
        Found(place=place, kind="flapping", evidence={"changes": changes})
        for place, changes in rows
        if changes >= FLAPPING or place in known
    ]


def silent(every: Iterable[Bay]) -> list[Found]:
    """Bays whose sensor said something once, and now for too long nothing."""
    quiet = [bay for bay in every if bay.at is not None and bay.state == "unknown"]
    limit = clock.now() - timedelta(hours=settings().silent_hours)
    return [
        Found(place=bay.place, kind="silent", evidence={"heard": bay.at.isoformat()})
        for bay in quiet
        if bay.at is not None and bay.at < limit
    ]


def low_batteries() -> list[Found]:
    """Bays whose device reports a battery that soon is empty."""
    rows = Device.objects.filter(
        thing__kind=SENSOR, thing__place__kind=BAY, battery__lt=LOW_BATTERY, resting=False
    )
    found = rows.values_list("thing__place", "battery")
    return [
        Found(place=place, kind="battery", evidence={"percent": round(battery or 0)})
        for place, battery in found
        if place
    ]


def silent_lanes() -> list[Found]:
    """Counters at lanes that nobody hears: the whole site is without a number then."""
    limit = clock.now() - timedelta(minutes=settings().stale_after_minutes)
    heard: dict[tuple[int, int], list[datetime | None]] = defaultdict(list)
    rows = Lane.objects.values_list("site__place", "thing", "thing__datastreams__latest__at")
    for place, thing, at in rows:
        heard[place, thing].append(at)
    return [
        Found(place=place, thing=thing, kind="silent", evidence={"heard": last.isoformat()})
        for (place, thing), times in heard.items()
        if (last := max((one for one in times if one), default=None)) and last < limit
    ]
