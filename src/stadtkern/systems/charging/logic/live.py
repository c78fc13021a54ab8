"""The one way by which a status changes: later ones win, late ones are kept, pages are told."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import bell, clock
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Datastream, Latest, Sensor
from stadtkern.systems.charging.logic import FREE, POINTS, reading
from stadtkern.systems.charging.models import STATUSES, Location

TICK = timedelta(microseconds=1)
TOPIC = "charging"

# One statement for the three things that belong together. A status of the same instant counts as
# newer, since a point may tell two in one second; the history has each (time, status) once.
TELL = """
with newer as (
  update charging_evse set status = %(status)s, error = %(error)s, told = %(now)s,
    status_at = %(at)s,
    changed = case when status <> %(status)s or error <> %(error)s then %(now)s else changed end
  where id = %(evse)s and status <> 'REMOVED'
    and (status_at is null or status_at <= %(at)s)
  returning id, location_id
), kept as (
  insert into charging_statusevent (evse_id, status, at, told, error, late)
  select e.id, %(status)s, %(at)s, %(now)s, %(error)s, not exists (select from newer)
  from charging_evse e where e.id = %(evse)s
  on conflict do nothing
  returning id
)
select (select location_id from newer), exists (select from kept)
"""


def tell(evse_id: int, status: str, at: datetime, *, error: str = "") -> bool:
    """A point says what an EVSE's status is since `at`. True where it is the newest word.

    An older one than the last is kept in the history and changes nothing; the same one again
    changes nothing, nor does what a point says that staff have removed. Raises ValueError: not a
    status of OCPI 2.2.1 (8.4.22).
    """
    if status not in STATUSES:
        raise ValueError(f"no status: {status!r}")
    now = clock.now()
    # A point whose clock runs ahead says it now: else nothing after it would count for a while.
    given: dict[str, Any] = {"evse": evse_id, "status": status, "at": min(at, now), "now": now,
                             "error": error[:120]}  # fmt: skip
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(TELL, given)
            row = cursor.fetchone()
        location, fresh = row if row else (None, False)
        if location is None:
            return False
        if fresh:
            recount([location])
            bell.ring(TOPIC, f"{TOPIC}.{location}")
    return True


def recount(locations: Iterable[int]) -> int:
    """Store how many points of these locations are free, where that has changed."""
    listed = list(locations)
    with transaction.atomic():
        # In one order, so that two who count the same places wait for each other only once.
        rows = Location.objects.select_for_update(no_key=True).filter(pk__in=listed)
        list(rows.order_by("pk").values_list("pk"))
        found = reading.stations(Location.objects.filter(pk__in=listed))
        found = [one for one in found if one.live]
        streams = _streams(found)
        last = {one.datastream_id: one for one in Latest.objects.filter(
            datastream__in=streams.values())}  # fmt: skip
        fresh = [_observation(last.get(streams[one.place.pk]), streams[one.place.pk], one.free)
                 for one in found]  # fmt: skip
        new = [one for one in fresh if one is not None]
        store.write(new, kinds=(POINTS,))
    return len(new)


def _observation(last: Latest | None, stream: int, free: int) -> store.Observation | None:
    now = clock.now()
    if last is not None and last.value == free and clock.age(last.at) < timedelta(minutes=55):
        return None
    at = now if last is None else max(now, last.at + TICK)
    return store.Observation(datastream=stream, at=at, value=float(free))


def recount_all() -> int:
    """Every location with live points: also what fell silent changes a count."""
    return recount(Location.objects.filter(evses__told__isnull=False).distinct()
                   .values_list("pk", flat=True))  # fmt: skip


def streams() -> dict[int, int]:
    """Datastream of the free points by place."""
    rows = Datastream.objects.public().filter(thing__kind=POINTS, observed_property__slug=FREE)
    return {place: pk for pk, place in rows.values_list("pk", "thing__place") if place}


def _streams(found: Iterable["reading.Station"]) -> dict[int, int]:
    """As `streams`, made where one is missing."""
    known = dict(
        Datastream.objects.filter(thing__kind=POINTS, observed_property__slug=FREE,
                                  thing__place__in=[one.place.pk for one in found])
        .order_by("-pk").values_list("thing__place", "pk")
    )  # fmt: skip
    missing = [one.place for one in found if one.place.pk not in known]
    if not missing:
        return known
    with override("de"):
        title, source = _("Free charging points"), _("Status told by the charging points")
    sensor = Sensor.objects.filter(name=source).first() or Sensor.objects.create(name=source)
    wanted = [(place, f"{title}, {place.name}") for place in missing]
    provision.things(POINTS, wanted, sensor=sensor, source=source, one_per_instant=True)
    rows = Datastream.objects.filter(thing__kind=POINTS, observed_property__slug=FREE,
                                     thing__place__in=missing)  # fmt: skip
    return {**known, **dict(rows.values_list("thing__place", "pk"))}
