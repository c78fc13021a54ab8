"""The demo's 81 charging points: real rows of the federal register, the rest invented."""

import random
import tomllib
from datetime import date, timedelta
from math import pi, sin
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import structlog
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import calendars
from stadtkern.kernel.bookings.models import Calendar, Resource, Unit
from stadtkern.kernel.people.models import digest_of
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Datastream, Latest, Sensor
from stadtkern.systems.charging import demo_points
from stadtkern.systems.charging.logic import (
    CADDY_KIND,
    CADDY_STAND,
    CADDY_THING,
    FREE,
    LOCATION,
    POINTS,
    reading,
)
from stadtkern.systems.charging.logic.register import comparing, taking
from stadtkern.systems.charging.models import (
    Caddy,
    Connector,
    Evse,
    FleetCount,
    Location,
    Tariff,
)

FOLDER = Path(__file__).parent / "demo_data"
UTILITY = "Stadtwerke Herne AG"
REGISTER_DAY = date(2019, 7, 19)
STOPS = "erfunden; Haltestelle: DB InfraGO AG (CC BY 4.0), OpenStreetMap-Mitwirkende (ODbL)"
ABOUT = "Erfunden für die Demo: Hier steht keine bekannte Ladesäule. Nur die Haltestelle ist echt."
ABOUT_EN = "Invented for the demo: no charging station is known here. Only the stop is real."
FAST_NOTE = "Schnellladepunkt erfunden: Die Stadt nennt einen am Grenzweg, das Register keinen."
# With this word the demo's residents book their van.
RESIDENTS = "KLIMA"
HISTORY_DAYS = 28
BATCH = 500
log = structlog.get_logger("demo")


def fill(rng: random.Random) -> None:
    """Create what is missing; a second run changes nothing."""
    facts = tomllib.loads((FOLDER / "invented.toml").read_text(encoding="utf-8"))
    with transaction.atomic():
        tariffs = _tariffs()
        _register()
        for at, row in enumerate(facts["location"]):
            _location(at, row)
        _fast(facts["fast"])
        _prices(tariffs)
        _counts()
        caddy = _caddy()
    _history(rng)
    _battery(caddy)
    demo_points.fill(rng, UTILITY)


def _tariffs() -> dict[str, Tariff]:
    """Invented prices: 0.52 and 0.68 euro a kWh with tax, and 0.05 a minute after four hours."""
    after = {"min_duration": 14_400, "start_time": "08:00", "end_time": "20:00"}
    stays = {"price_components": [{"type": kind, "price": 2.521, "step_size": 60}
                                  for kind in ("TIME", "PARKING_TIME")],
             "restrictions": after}  # fmt: skip
    said: tuple[tuple[str, str, str, float, list[dict[str, Any]]], ...] = (
        ("demo-ac", "Normalladen (Demo)", "Standard charging (demo)", 0.437, [stays]),
        ("demo-dc", "Schnellladen (Demo)", "Fast charging (demo)", 0.5714, []),
    )
    made = {}
    for uid, title, title_en, net, more in said:
        energy = {"price_components": [{"type": "ENERGY", "price": net, "step_size": 1}]}
        made[uid], _new = Tariff.objects.get_or_create(uid=uid, defaults={
            "title": title, "title_en": title_en, "elements": [energy, *more], "invented": True,
        })  # fmt: skip
    return made


def _register() -> None:
    """The real edition, as staff would take it in."""
    path = FOLDER / "bnetza_2019-07-19.csv"
    try:
        taking.take(comparing.plan(path.read_bytes()), day=REGISTER_DAY, name=path.name)
    except taking.Taken:
        return
    Location.objects.filter(operator=UTILITY).update(renewable=True)


def _location(at: int, row: dict[str, Any]) -> None:
    uid = f"demo-{at + 1:02d}"
    if Location.objects.filter(uid=uid).exists():
        return
    place = Place.objects.create(
        public_id=uuid5(NAMESPACE_URL, f"stadtkern:demo:charging:{uid}"), kind=LOCATION,
        name=f"Haltestelle {row['stop']}", name_en=f"Stop {row['stop']}", town="Herne",
        geometry=point(*row["at"]), source=STOPS, licence="CC BY 4.0, ODbL", invented=True,
        about=ABOUT, about_en=ABOUT_EN,
    )  # fmt: skip
    location = Location.objects.create(
        place=place, uid=uid, operator=UTILITY, opening_hours=row.get("hours", "24/7"),
        renewable=True, accessible=row.get("accessible"),
    )  # fmt: skip
    for number in (1, 2):
        evse = Evse.objects.create(location=location, number=number, uid=f"{uid}-{number}")
        plug = taking.connector(evse, 1, "IEC_62196_T2", "SOCKET", "AC_3_PHASE", row["kw"])
        plug.save()


def _fast(row: dict[str, Any]) -> None:
    """The fast charger that the city speaks of, at the address that the register knows."""
    location = Location.objects.filter(place__street=row["at"]).first()
    if location is None or location.evses.filter(uid=row["uid"]).exists():
        return
    number = location.evses.count() + 1
    evse = Evse.objects.create(location=location, number=number, uid=row["uid"], reference="CCS")
    taking.connector(evse, 1, row["standard"], "CABLE", "DC", row["kw"]).save()
    Location.objects.filter(pk=location.pk).update(note=FAST_NOTE, kept=["points"])


def _prices(tariffs: dict[str, Tariff]) -> None:
    ours = Connector.objects.filter(evse__location__operator=UTILITY, tariff=None)
    ours.filter(power_type="DC").update(tariff=tariffs["demo-dc"])
    ours.exclude(power_type="DC").update(tariff=tariffs["demo-ac"])


def _counts() -> None:
    if FleetCount.objects.exists():
        return
    facts = tomllib.loads((FOLDER / "counts.toml").read_text(encoding="utf-8"))
    FleetCount.objects.bulk_create(FleetCount(**row) for row in facts["count"])


def _caddy() -> Caddy:
    """The climate quarter's van. That there is one, the city says; the rest is invented."""
    found = Caddy.objects.filter(slug="e-caddy").first()
    if found is not None:
        return found
    place = Place.objects.create(
        public_id=uuid5(NAMESPACE_URL, "stadtkern:demo:charging:e-caddy"), kind=CADDY_STAND,
        name="Klimaviertel Sodingen, Carport", name_en="Climate quarter Sodingen, carport",
        geometry=point(7.2655, 51.5405), town="Herne", invented=True, source="erfunden",
        about="Erfunden für die Demo: Lage, Zeiten und Ladestand.",
        about_en="Invented for the demo: position, hours and charge.",
    )  # fmt: skip
    calendar = Calendar.objects.create(name="E-Caddy", step_minutes=30, ahead_days=28,
                                       on_holidays=True)  # fmt: skip
    calendars.weekly(calendar, "mo-su", "06:00", "22:00")
    resource = Resource.objects.create(kind=CADDY_KIND, place=place, name="E-Caddy",
                                       calendar=calendar, invented=True)  # fmt: skip
    Unit.objects.create(resource=resource, number=1)
    with override("de"):
        sensor, _new = Sensor.objects.get_or_create(name=_("Device in the shared vehicle (demo)"))
    provision.things(CADDY_THING, [(place, "E-Caddy")], sensor=sensor, source="erfunden")
    stream = _battery_of(place)
    return Caddy.objects.create(
        slug="e-caddy", name="E-Caddy", name_en="E-Caddy", place=place, resource=resource,
        thing=stream.thing, operator="Klimaviertel Herne-Sodingen", range_km=250,
        code=digest_of(RESIDENTS), invented=True,
    )  # fmt: skip


def _battery_of(place: Place) -> Datastream:
    return Datastream.objects.select_related("thing").get(
        thing__place=place, observed_property__slug="battery_charge"
    )


def _battery(caddy: Caddy) -> None:
    """One reading, so that the page shows what a device would tell."""
    stream = _battery_of(caddy.place)
    if not Latest.objects.filter(datastream=stream).exists():
        store.write([store.Observation(datastream=stream.pk, at=clock.now(), value=82.0,
                                       quality=store.ESTIMATED)], kinds=(CADDY_THING,))  # fmt: skip


def _history(rng: random.Random) -> None:
    """Four weeks of invented hourly counts, busy by day and on working days, for the profile."""
    found = [one for one in reading.stations() if one.location.operator == UTILITY]
    missing = [one for one in found if not _has_stream(one.place)]
    if not missing:
        return
    with override("de"):
        title, said = _("Free charging points"), _("Status told by the charging points")
    sensor, _new = Sensor.objects.get_or_create(name=said)
    source = f"bis zum Start der Demo erfunden, danach: {said}"
    provision.things(POINTS, [(one.place, f"{title}, {one.place.name}") for one in missing],
                     sensor=sensor, source=source, one_per_instant=True)  # fmt: skip
    streams = dict(Datastream.objects.filter(thing__kind=POINTS, observed_property__slug=FREE)
                   .values_list("thing__place", "pk"))  # fmt: skip
    last = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    rows = [
        store.Observation(
            datastream=streams[one.place.pk], at=(at := last - timedelta(hours=hour)),
            value=float(_free(rng, one.all, at.hour, at.weekday())), quality=store.ESTIMATED,
        )
        for one in missing for hour in range(HISTORY_DAYS * 24)
    ]  # fmt: skip
    for first in range(0, len(rows), BATCH):
        store.write(rows[first : first + BATCH], announce=False)
    log.info("history invented", datastreams=len(missing), observations=len(rows))


def _has_stream(place: Place) -> bool:
    return Datastream.objects.filter(thing__place=place, thing__kind=POINTS).exists()


def _free(rng: random.Random, points: int, hour: int, weekday: int) -> int:
    """Free points at an hour (UTC): most are taken around noon and in the evening."""
    busy = 0.15 + 0.45 * max(sin((hour - 5) / 15 * pi), 0) * (0.7 if weekday > 4 else 1)
    return sum(rng.random() > busy for _n in range(points))
