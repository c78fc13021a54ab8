"""The demo's invented car park in the city: counters at two lanes, and a count to begin with."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from stadtkern.kernel import clock, registry
from stadtkern.kernel.devices import provision as device_provision
from stadtkern.kernel.devices.models import Device, Profile
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import provision
from stadtkern.kernel.things.models import Thing
from stadtkern.kernel.things.provision import NewThing
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.parking import logic, recordings
from stadtkern.systems.parking.bays import SITE
from stadtkern.systems.parking.models import Calibration, Entrance, Lane, Price, Site

INVENTED = "Erfunden für die Demo"
COUNTER = "parking.lane-counter"
ABOUT = (
    "Demo-Parkhaus: Es steht in Wirklichkeit nicht dort. Name, Lage, Zahl der Plätze, Höhe, "
    "Zeiten, Preise und Zähler sind erfunden; die aktuellen Werte kommen aus einem Simulator."
)
ABOUT_EN = (
    "Demo car park: it does not stand there in reality. Name, position, number of spaces, height, "
    "hours, prices and counters are invented; the current values come from a simulator."
)
# After a longer silence the counters began again, and vehicles came and went uncounted.
PAUSE = timedelta(minutes=30)


def fill(row: dict[str, Any], key: UUID) -> None:
    """Create what is missing; a second run changes nothing but the count after a pause."""
    with transaction.atomic():
        place = _place(row, key)
        site = _facts(place, row)
        _counters(site, row)
        stream = logic.count_stream(place)
        _begin(site, row)
    recordings.load(stream, row["recording"], row["capacity"])


def _place(row: dict[str, Any], key: UUID) -> Place:
    place, _created = Place.objects.get_or_create(
        public_id=key,
        defaults={
            "kind": SITE, "name": row["name"], "name_en": row["name_en"],
            "about": ABOUT, "about_en": ABOUT_EN, "geometry": point(*row["at"]),
            "source": INVENTED, "invented": True,
        },
    )  # fmt: skip
    return place


def _facts(place: Place, row: dict[str, Any]) -> Site:
    site = logic.facts_of([place])[place.pk]
    if site.counting == "lanes":
        return site
    site.kind, site.counting, site.covered, site.has_fee = "CAR_PARK", "lanes", True, True
    for name in ("capacity", "max_height_cm", "opening_hours", "operator"):
        setattr(site, name, row[name])
    site.source = INVENTED
    site.save()
    Entrance.objects.bulk_create(
        Entrance(site=site, kind=kind, name=name, lon=lon, lat=lat, max_height_cm=height or None)
        for kind, name, lon, lat, height in row["entrances"]
    )
    Price.objects.bulk_create(
        Price(site=site, title=title, title_en=title_en, cents=cents, minutes=minutes, weight=n)
        for n, (title, title_en, cents, minutes) in enumerate(row["prices"])
    )
    return site


def _counters(site: Site, row: dict[str, Any]) -> None:
    if site.lanes.exists():
        return
    profile = Profile.objects.get(slug="adeunis-pulse")
    observes = registry.thing_kinds()[COUNTER].observes[:1]
    wanted = [
        NewThing(
            place=site.place, kind=COUNTER, sensor=profile.sensor, observes=observes,
            name=f"{name}, {site.place.name}",
        )
        for name, _direction in row["counters"]
    ]  # fmt: skip
    things = provision.make(wanted, source=recordings.NOW["de"])
    _connect(profile, things, row["eui"])
    Lane.objects.bulk_create(
        Lane(site=site, thing=thing, name=name, direction=direction)
        for thing, (name, direction) in zip(things, row["counters"], strict=True)
    )


def _connect(profile: Profile, things: Sequence[Thing], eui: str) -> None:
    named = [(f"{eui}{n:08x}", thing.name, thing) for n, thing in enumerate(things, start=1)]
    device_provision.devices(profile, named)
    for dev_eui, _name, thing in named:
        Device.objects.filter(dev_eui=dev_eui, thing=None).update(thing=thing)


def _begin(site: Site, row: dict[str, Any]) -> None:
    """How many are inside when the counters begin to be heard."""
    now = clock.now()
    lanes = site.lanes.aggregate(last=Max("thing__datastreams__latest__at"))
    counted = site.calibrations.aggregate(last=Max("at"))
    last = max((at for at in (lanes["last"], counted["last"]) if at), default=None)
    if last is not None and now - last < PAUSE:
        return
    inside = round(row["capacity"] * usual(row, now.astimezone(city_zone())))
    Calibration.objects.create(
        site=site, at=now, occupied=inside, by="demo", note="Beginn der Demo: angenommener Stand"
    )


def usual(row: dict[str, Any], here: datetime) -> float:
    """The share taken at this hour, between the points of the curve."""
    curve = row["weekend" if here.weekday() >= 5 else "workday"]
    at = here.hour + here.minute / 60
    n = bisect_right([hour for hour, _share in curve], at)
    (h1, low), (h2, high) = curve[n - 1], curve[min(n, len(curve) - 1)]
    return float(low + (high - low) * (at - h1) / (h2 - h1)) if h2 > h1 else float(low)
