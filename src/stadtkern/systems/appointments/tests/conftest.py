"""An office with two counters that is open all week, and concerns that can be booked there."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import calendars
from stadtkern.kernel.bookings.models import Calendar, Resource, Unit
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.appointments.models import Clerk, Office, OfficeService, Service

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday, after the change to winter time and far from holidays.
MONDAY = datetime(2026, 11, 9, 7, 0, tzinfo=BERLIN)


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture
def now(monkeypatch):
    """The time it is; a test sets `now.at`."""

    class Now:
        at = MONDAY

        def later(self, **span):
            self.at += timedelta(**span)

    held = Now()
    monkeypatch.setattr(clock, "now", lambda: held.at)
    return held


@pytest.fixture
def make_office(db, now):
    """A function that makes an office, open 8 to 12 every day but Sunday."""

    def make(slug="mitte", *, counters=2, skills=("pass",), step=10, days="mo-sa", public=None,
             phone=None, begins="08:00", ends="12:00", **said):  # fmt: skip
        calendar = Calendar.objects.create(name=slug, step_minutes=step, ahead_days=14)
        calendars.weekly(calendar, days, begins, ends, since=MONDAY.date() - timedelta(days=60),
                         public=public, phone=phone)  # fmt: skip
        resource = Resource.objects.create(
            kind="appointments.office", name=f"Bürgerservice {slug}", calendar=calendar
        )
        for number in range(1, counters + 1):
            Unit.objects.create(resource=resource, number=number, name=f"Platz {number}",
                                skills=list(skills))  # fmt: skip
        return Office.objects.create(resource=resource, slug=slug,
                                     **{"freed_minutes": 0, "prove": False, **said})  # fmt: skip

    return make


@pytest.fixture
def make_service(db):
    """A function that makes a concern offered at these offices."""

    def make(slug="ausweis", *offices, **said):
        told = {"name": "Personalausweis beantragen", "name_en": "Identity card",
                "words": "Perso abgelaufen", "minutes": 10, "extra_minutes": 10,
                "skills": ["pass"], "bring": "Alter Ausweis\nFoto", **said}  # fmt: skip
        made = Service.objects.create(slug=slug, **told)
        for office in offices:
            OfficeService.objects.create(office=office, service=made)
        return made

    return make


@pytest.fixture
def office(make_office, make_service):
    """One office, and the identity card there."""
    made = make_office()
    make_service("ausweis", made)
    return made


@pytest.fixture
def signed_in(client, db):
    """A function that signs somebody in who has this role and works in all offices there are."""

    def sign_in(role):
        roles.sync()
        person = Account.objects.create(username=role, is_staff=True)
        person.roles.add(Role.objects.get(slug=f"appointments.{role}"))
        for one in Office.objects.all():
            Clerk.objects.create(office=one, account=person)
        client.force_login(person)
        return client

    return sign_in
