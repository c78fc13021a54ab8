"""The demo city's forum: an invented room at the town hall, its helpers, stations and visits."""

import random
from datetime import date, datetime, timedelta

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import calendars
from stadtkern.kernel.bookings.models import Booking, Calendar, Occupancy, Resource, Unit
from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.digital_forum.logic import HELPERS, STATIONS, booking, visits
from stadtkern.systems.digital_forum.models import REASONS, Screen, ScreenCount, Visit
from stadtkern.systems.digital_forum.models.visit import STOPPED

# The stop in front of the town hall; where the room really is, the city enters.
AT = (7.219598, 51.538725)
SOURCE = ("Haltestelle Rathaus Herne: DB InfraGO AG, OpenStreetMap-Mitwirkende", "CC BY 4.0, ODbL")
NAMES = ("Ayse", "Bernd", "Chiara", "Dieter", "Emine", "Frank", "Gisela", "Hamid", "Ida", "Jonas")
DAYS_BACK = 20


def fill(rng: random.Random) -> None:
    """Add what is missing; a second run changes nothing."""
    if Resource.objects.of_kind(HELPERS, STATIONS).exists():
        return
    with transaction.atomic():
        place = _place()
        hours = _hours()
        helpers = _resource(HELPERS, "Hilfe im Digitalforum", "Help in the Digitalforum", place,
                            hours, ["Platz A", "Platz B"])  # fmt: skip
        stations = _resource(STATIONS, "Geräte im Digitalforum", "Devices in the Digitalforum",
                             place, hours, ["PC 1", "PC 2", "Scanner und Drucker"])  # fmt: skip
        screens = [Screen.objects.create(name=name, invented=True)
                   for name in ("Bildschirm 1", "Bildschirm 2")]  # fmt: skip
        for back in range(DAYS_BACK, 0, -1):
            _past(rng, helpers, screens, visits.today() - timedelta(days=back))
        _coming(rng, helpers, stations)


def _place() -> Place:
    source, licence = SOURCE
    return Place.objects.create(
        kind="digital_forum.forum", name="Digitalforum", geometry=point(*AT), source=source,
        licence=licence, street="Friedrich-Ebert-Platz 2", postcode="44623", town="Herne",
        invented=True,
        about="Lage, Zeiten und Ausstattung sind für die Demo angenommen.",
        about_en="Position, hours and equipment are assumed for the demo.",
    )  # fmt: skip


def _hours() -> Calendar:
    made = Calendar.objects.create(name="Digitalforum", step_minutes=30, notice_minutes=30,
                                   ahead_days=30)  # fmt: skip
    since = visits.today() - timedelta(days=60)
    calendars.weekly(made, "mo-we", "09:00", "16:00", since=since)
    calendars.weekly(made, "th", "10:00", "18:00", since=since)
    calendars.weekly(made, "fr", "09:00", "13:00", since=since)
    return made


def _resource(
    kind: str, name: str, name_en: str, place: Place, hours: Calendar, units: list[str]
) -> Resource:  # fmt: skip
    made = Resource.objects.create(kind=kind, name=name, name_en=name_en, place=place,
                                   calendar=hours, invented=True)  # fmt: skip
    Unit.objects.bulk_create([Unit(resource=made, number=number, name=title)
                              for number, title in enumerate(units, 1)])  # fmt: skip
    return made


def _past(rng: random.Random, helpers: Resource, screens: list[Screen], day: date) -> None:
    """Visits and counts of a day that is over; written straight, since it cannot be lived."""
    if day.isoweekday() > 5:
        return
    begin = datetime.combine(day, datetime.min.time(), visits.span_of(day)[0].tzinfo)
    for at in range(rng.randint(3, 7)):
        came = begin + timedelta(hours=9 + at * 0.8, minutes=rng.randint(0, 20))
        digital = rng.choices(("yes", "partly", "no"), (7, 2, 1))[0]
        Visit.objects.create(
            resource=helpers, name="", reason=rng.choice(list(REASONS)), state="done",
            arrived=came, begun=came + timedelta(minutes=rng.randint(1, 15)), digital=digital,
            ended=came + timedelta(minutes=rng.randint(18, 50)), erased=clock.now(),
            stopped="" if digital == "yes" else rng.choice(list(STOPPED)), invented=True,
        )  # fmt: skip
    for screen in screens:
        for topic in ("apply", "benefits", "cases"):
            begun = rng.randint(2, 6)
            ScreenCount.objects.create(day=day, screen=screen, topic=topic, outcome="begun",
                                       times=begun)  # fmt: skip
            left = rng.randint(0, 1)
            ScreenCount.objects.create(day=day, screen=screen, topic=topic, outcome="yes",
                                       times=begun - left)  # fmt: skip
            if left:
                ScreenCount.objects.create(day=day, screen=screen, topic=topic, outcome="idle",
                                           page="service_portal:step", times=left)  # fmt: skip


def _coming(rng: random.Random, helpers: Resource, stations: Resource) -> None:
    """Bookings of the next days in free times, invented."""
    for offer, resource in zip(booking.OFFERS, (helpers, stations), strict=True):
        found = booking.free(offer)
        units = list(resource.units.all())
        for slot in found[1:40:5]:
            reason = rng.choice(list(REASONS))
            made = Booking.objects.create(
                kind=offer.kind, resource=resource, state="booked", begins=slot.begins,
                ends=slot.ends, name=rng.choice(NAMES), subject=str(REASONS[reason]),
                properties={"reason": reason}, confirmed=clock.now(),
            )  # fmt: skip
            Occupancy.objects.create(booking=made, unit=units[0],
                                     during=(slot.begins, slot.ends), live=True)  # fmt: skip
