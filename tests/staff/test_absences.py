"""One page of who is away: entered by hand or said by a calendar, over all systems."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.bookings import changes
from stadtkern.kernel.bookings.errors import NotOpen, Taken
from stadtkern.kernel.bookings.models import Absence, Resource, Source, Unit
from stadtkern.kernel.bookings.outside import fetching
from stadtkern.kernel.bookings.wanted import Wanted
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.sealing import unseal

PAGE = "staff-absences"


@pytest.fixture
def boss(db, client):
    account = Account.objects.create(username="boss", is_staff=True, is_superuser=True)
    client.force_login(account)
    return client


@pytest.fixture
def counter(db):
    office = Resource.objects.create(kind="appointments.office", name="Bürgerservice")
    return Unit.objects.create(resource=office, number=1, name="Platz 1")


def text(answer):
    return html.unescape(answer.content.decode())


def do(client, **told):
    return client.post(reverse("staff-absences-do"), told, follow=True)


def days(first, last):
    today = clock.now().date()
    return {"first": (today + timedelta(days=first)).isoformat(),
            "last": (today + timedelta(days=last)).isoformat()}  # fmt: skip


def wanted(counter, day):
    begins = (clock.now() + timedelta(days=day)).replace(hour=11, minute=0, second=0, microsecond=0)
    return Wanted(resource=counter.resource, begins=begins, ends=begins + timedelta(minutes=30))


def test_who_is_away_can_not_be_booked_and_who_is_concerned_is_named(boss, counter):
    made = changes.book(wanted(counter, 3), kind="appointments.visit")
    said = text(do(boss, do="away", unit=counter.pk, reason="Urlaub", **days(2, 4)))
    assert made.code in said
    assert "Urlaub" in said
    for day in (2, 4):
        with pytest.raises((Taken, NotOpen)):
            changes.book(wanted(counter, day), kind="appointments.visit")
    changes.book(wanted(counter, 5), kind="appointments.visit")
    do(boss, do=f"back:{Absence.objects.get().pk}")
    changes.book(wanted(counter, 4), kind="appointments.visit")
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"bookings.away", "bookings.back"} <= verbs


def test_days_in_the_wrong_order_are_said_at_their_field(boss, counter):
    answer = do(boss, do="away", unit=counter.pk, **days(4, 2))
    assert answer.status_code == 422
    assert "<title>Fehler:" in text(answer)
    assert not Absence.objects.exists()


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//
BEGIN:VEVENT
UID:1
DTSTART:{:%Y%m%dT090000Z}
DTEND:{:%Y%m%dT150000Z}
SUMMARY:Zahnarzt
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar_says_who_is_away_and_takes_its_absences_with_it(boss, counter, monkeypatch):
    day = clock.now() + timedelta(days=3)
    got = fetching.Got(texts=(CALENDAR.format(day, day).replace("\n", "\r\n"),))
    monkeypatch.setattr(fetching, "get", lambda *asked: got)
    told = {"unit": counter.pk, "kind": "caldav", "url": "https://dav.example.org/x",
            "user": "ada", "secret": "geheim"}  # fmt: skip
    said = text(do(boss, do="calendar", **told))
    assert "Zahnarzt" not in said
    assert "geheim" not in said
    assert "https://dav.example.org/x" in said
    source, away = Source.objects.get(), Absence.objects.get()
    assert unseal(source.secret) == "geheim"
    # What a calendar said is not taken out by hand.
    assert do(boss, do=f"back:{away.pk}").status_code == 404
    do(boss, do=f"forget:{source.pk}")
    assert not Absence.objects.exists()
    assert not Source.objects.exists()


def test_what_belongs_to_a_system_that_is_off_is_not_there(boss, counter, switched_off):
    do(boss, do="away", unit=counter.pk, reason="Urlaub", **days(2, 4))
    switched_off("appointments")
    assert "Urlaub" not in text(boss.get(reverse(PAGE)))


def test_the_page_asks_the_database_a_fixed_number_of_times(
    boss, counter, django_assert_max_num_queries
):
    for number in range(2, 22):
        unit = Unit.objects.create(resource=counter.resource, number=number)
        Source.objects.create(unit=unit, url="https://x.example")
        Absence.objects.create(unit=unit, during=(clock.now(), clock.now() + timedelta(days=1)))
    with django_assert_max_num_queries(20):
        assert boss.get(reverse(PAGE)).status_code == 200
