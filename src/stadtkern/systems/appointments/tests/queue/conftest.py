"""A hall shared by two offices with counters, and one of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking, Occupancy, Resource, Unit
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.appointments.logic import queue_desk, waiting_durations, waiting_now
from stadtkern.systems.appointments.models import (
    Clerk,
    Hall,
    Office,
    OfficeService,
    Queue,
    Service,
)

# A Tuesday in November, 10:00 in Herne.
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Town:
    hall: Hall
    office: Office
    queue: Queue
    other: Queue
    counters: list[Unit]
    card: Service
    passport: Service


class Time:
    """What the clock says, until a test moves it."""

    def __init__(self, monkeypatch):
        self.now = NOW
        monkeypatch.setattr(clock, "now", lambda: self.now)

    def later(self, **span):
        self.now += timedelta(**span)


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture(autouse=True)
def _fresh():
    """What was computed for another test's rows is forgotten."""
    waiting_now._kept.clear()
    waiting_durations._durations.cache_clear()


@pytest.fixture
def time(monkeypatch):
    return Time(monkeypatch)


def make_town(limit=5):
    resource = Resource.objects.create(kind="appointments.office", name="Einwohnerwesen")
    counters = [
        Unit.objects.create(resource=resource, number=n, name=f"Schalter {n}") for n in (1, 2, 3, 4)
    ]
    office = Office.objects.create(resource=resource, slug="einwohnerwesen")
    second = Resource.objects.create(kind="appointments.office", name="Gesundheitsamt")
    Unit.objects.create(resource=second, number=9, name="Raum 1.14")
    health = Office.objects.create(resource=second, slug="gesundheitsamt", discreet=True)
    card = Service.objects.create(slug="ausweis", name="Personalausweis", bring="Passfoto")
    passport = Service.objects.create(slug="pass", name="Reisepass", minutes=15)
    for one in (card, passport):
        OfficeService.objects.create(office=office, service=one)
    secret = Service.objects.create(slug="beratung", name="HIV-Test", minutes=20)
    OfficeService.objects.create(office=health, service=secret)
    hall = Hall.objects.create(name="Rathaus")
    queue = Queue.objects.create(hall=hall, office=office, letter="E", daily_limit=limit)
    other = Queue.objects.create(hall=hall, office=health, letter="G")
    return Town(hall=hall, office=office, queue=queue, other=other, counters=counters, card=card,
                passport=passport)  # fmt: skip


@pytest.fixture
def town(db):
    return make_town()


@pytest.fixture
def sits(town, time):
    """A function that has somebody sit at the counter of this number (0 to 3)."""

    def sit(place=0):
        person = Account.objects.create(username=f"clerk{place}", is_staff=True)
        queue_desk.sign_in(person, town.counters[place])
        return town.counters[place]

    return sit


@pytest.fixture
def booked(town, time):
    """A function that makes an appointment so many minutes from now."""

    def book(minutes=0, state="booked", **more):
        begins = time.now + timedelta(minutes=minutes)
        told = {"services": [town.card.slug], "persons": 1}
        values = {"properties": told, "name": "Erika Muster", **more}
        one = Booking.objects.create(
            kind="appointments.visit", resource=town.office.resource, state=state, begins=begins,
            ends=begins + timedelta(minutes=10), **values,
        )  # fmt: skip
        free = town.counters[Booking.objects.count() % len(town.counters)]
        Occupancy.objects.create(booking=one, unit=free, during=(one.begins, one.ends),
                                 live=state in ("booked", "arrived"))  # fmt: skip
        return one

    return book


@pytest.fixture
def signed_in(client, town):
    """A function that signs somebody in who has this role."""

    def sign_in(role="clerk", name="clerk"):
        roles.sync()
        person, _new = Account.objects.get_or_create(username=name, is_staff=True)
        person.roles.add(Role.objects.get(slug=f"appointments.{role}"))
        Clerk.objects.get_or_create(office=town.office, account=person)
        client.force_login(person)
        return client

    return sign_in
