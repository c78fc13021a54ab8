"""The power and the meter of each charge point as observations, so that the dashboard has them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock, registry
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Datastream, Sensor, Thing
from stadtkern.kernel.things.provision import NewThing
from stadtkern.systems.charging.models import ChargePoint, Outlet

KIND: Final = "charging.charge-point"
POWER, ENERGY = "charging_power", "charged_energy"
# A value older than this says nothing about now: cars that charge tell theirs more often.
FRESH: Final = timedelta(minutes=20)


def store_all() -> int:
    """Write what every connected point draws; returns how many values. One batch."""
    now = clock.now()
    rows = list(
        ChargePoint.objects.filter(line__isnull=False, admission="accepted")
        .select_related("location__place", "thing").order_by("pk")
    )  # fmt: skip
    things = _things(rows)
    streams = _streams(things)
    power, energy = _power(now), _energy()
    fresh = []
    for point in rows:
        watt, wh = power.get(point.pk, 0.0), energy.get(point.pk)
        own = streams.get(things[point.pk].pk, {})
        if POWER in own:
            fresh.append(store.Observation(datastream=own[POWER], at=now, value=watt / 1000))
        if ENERGY in own and wh is not None:
            fresh.append(store.Observation(datastream=own[ENERGY], at=now, value=wh / 1000))
    store.write(fresh, kinds=(KIND,))
    return len(fresh)


def _power(now: datetime) -> dict[int, float]:
    rows = Outlet.objects.filter(metered__gte=now - FRESH, power_w__isnull=False)
    return dict(rows.values_list("point").annotate(w=Sum("power_w")))


def _energy() -> dict[int, float]:
    rows = Outlet.objects.filter(register_wh__isnull=False)
    return dict(rows.values_list("point").annotate(wh=Sum("register_wh")))


def _things(rows: list[ChargePoint]) -> dict[int, Thing]:
    """The thing of each point, made where there is none."""
    new = [one for one in rows if one.thing is None]
    if new:
        observes = registry.thing_kinds()[KIND].observes
        with override("de"):
            name = _("Meter of the charge point")
        sensor = Sensor.objects.filter(name=name).first() or Sensor.objects.create(name=name)
        wanted = [
            NewThing(place=one.location.place, name=one.identity, sensor=sensor,
                     observes=observes, kind=KIND)
            for one in new
        ]  # fmt: skip
        for point, thing in zip(new, provision.make(wanted, source=name), strict=True):
            point.thing = thing
        ChargePoint.objects.bulk_update(new, ["thing"])
    return {one.pk: one.thing for one in rows if one.thing is not None}


def _streams(things: Mapping[int, Thing]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    rows = Datastream.objects.filter(thing__in=[one.pk for one in things.values()])
    for pk, thing, slug in rows.values_list("pk", "thing_id", "observed_property__slug"):
        found.setdefault(thing, {})[slug or ""] = pk
    return found
