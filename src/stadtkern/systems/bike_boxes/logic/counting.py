"""The number of free boxes of each place as a series that everybody can read."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Datastream, Latest, Sensor
from stadtkern.systems.bike_boxes.logic import COUNT, FREE, availability
from stadtkern.systems.bike_boxes.models import Facility

AGAIN_AFTER = timedelta(minutes=10)
TICK = timedelta(microseconds=1)


def recount(facility: Facility) -> bool:
    """Store how many boxes can be had now, if it changed or the last count is old."""
    with transaction.atomic():
        Facility.objects.select_for_update(no_key=True).get(pk=facility.pk)
        found = (one for one in availability.now_free() if one.facility.pk == facility.pk)
        now = next(found, None)
        if now is None:
            return False
        stream = stream_of(facility)
        last = Latest.objects.filter(datastream=stream).first()
        if last and last.value == now.free and clock.age(last.at) < AGAIN_AFTER:
            return False
        at = clock.now() if last is None else max(clock.now(), last.at + TICK)
        store.write([store.Observation(datastream=stream.pk, at=at, value=float(now.free))],
                    kinds=(COUNT,))  # fmt: skip
    return True


def recount_all() -> int:
    """Every place that takes rentals; returns how many counts were new."""
    return sum(recount(one) for one in availability.facilities())


def streams() -> dict[int, int]:
    """Datastream of the count by place."""
    rows = Datastream.objects.public().filter(thing__kind=COUNT, observed_property__slug=FREE)
    return {place: pk for pk, place in rows.values_list("pk", "thing__place") if place}


def stream_of(facility: Facility) -> Datastream:
    """The datastream of a place's count; made where it is missing."""
    rows = Datastream.objects.filter(
        thing__place=facility.place_id, thing__kind=COUNT, observed_property__slug=FREE
    )
    found = rows.order_by("pk").first()
    if found is not None:
        return found
    with override("de"):
        title, source = _("Free bike boxes"), _("Counted from the bookings of the bike boxes")
    sensor = Sensor.objects.filter(name=source).first() or Sensor.objects.create(name=source)
    place = facility.place
    provision.things(COUNT, [(place, f"{title}, {place.name}")], sensor=sensor, source=source,
                     one_per_instant=True)  # fmt: skip
    return rows.get()
