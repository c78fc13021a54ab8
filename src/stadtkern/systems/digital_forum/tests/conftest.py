"""A forum, a form that people fill in there, a citizen, a helper, and a clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils.translation import override

from stadtkern.kernel import clock as real
from stadtkern.kernel.bookings import calendars
from stadtkern.kernel.bookings.models import Calendar, Resource, Unit
from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.journey.begin import begin
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Department, Role
from stadtkern.kernel.places.models import Place
from stadtkern.systems.digital_forum.logic import HELPERS, STATIONS
from stadtkern.systems.digital_forum.models import Screen

# A Monday, 8:30 by the clocks of Herne.
MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=ZoneInfo("Europe/Berlin"))
FORM = {
    "title": {"de": "Hundesteuer", "en": "Dog tax"}, "guests": True,
    "name": ["first_name"], "email": "email",
    "steps": [
        {"id": "owner", "title": {"de": "Halter"}, "fields": [
            {"id": "first_name", "kind": "text", "title": {"de": "Vorname"}},
            {"id": "email", "kind": "email", "title": {"de": "E-Mail"}},
            {"id": "proof", "kind": "file", "title": {"de": "Nachweis"}, "required": False}]},
        {"id": "dogs", "title": {"de": "Hunde"}, "repeated": True, "most": 3,
         "each": {"de": "Hund"}, "fields": [
             {"id": "dog_name", "kind": "text", "title": {"de": "Rufname"}},
             {"id": "chip", "kind": "text", "sensitive": True, "title": {"de": "Chip"}}]},
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


class Standing:
    """What time it is, until a test moves it."""

    def __init__(self, at):
        self.at = at

    def shift(self, **span):
        self.at += timedelta(**span)


@pytest.fixture
def clock(monkeypatch):
    held = Standing(MONDAY)
    monkeypatch.setattr(real, "now", lambda: held.at)
    return held


@pytest.fixture
def forum(db, clock):
    """Two helpers and one station, open on working days from 9 to 16."""
    place = Place.objects.create(
        kind="digital_forum.forum",
        name="Digitalforum",
        street="Platz 2",
        geometry={"type": "Point", "coordinates": [7.2, 51.5]},
    )
    hours = Calendar.objects.create(name="Forum", step_minutes=30)
    calendars.weekly(hours, "mo-fr", "09:00", "16:00", since=MONDAY.date() - timedelta(days=30))
    for kind, units in ((HELPERS, 2), (STATIONS, 1)):
        made = Resource.objects.create(kind=kind, name=kind, place=place, calendar=hours)
        Unit.objects.bulk_create([Unit(resource=made, number=n) for n in range(1, units + 1)])
    return place


@pytest.fixture
def version(db):
    department = Department.objects.create(slug="finanzen", title="Finanzen")
    return publish.load("hundesteuer", FORM, service=None, department=department)


@pytest.fixture
def citizen(db):
    return Account.objects.create(username="ada", email="ada@example.org", first_name="Ada")


@pytest.fixture
def case(version, citizen, clock):
    """A draft of the citizen, with the first name filled in by themselves."""
    return begin(version, account=citizen, language="de", level=1, answers={"first_name": "Ada"})


def staff_account(name, *slugs):
    roles.sync()
    person = Account.objects.create(username=name, first_name=name.title(), is_staff=True)
    person.roles.set(Role.objects.filter(slug__in=slugs))
    return person


@pytest.fixture
def helper(db):
    return staff_account("hilde", "digital_forum.helper")


@pytest.fixture
def manager(db):
    return staff_account("max", "digital_forum.manager")


def signed_in(account):
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def there(citizen):
    """The citizen's browser."""
    return signed_in(citizen)


@pytest.fixture
def desk(helper):
    """The helper's browser."""
    return signed_in(helper)


@pytest.fixture
def screen(db):
    return Screen.objects.create(name="Bildschirm 1")
