"""Offices with counters, a clock that tests hold, and people who want something."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import calendars
from stadtkern.kernel.bookings.models import Calendar, Resource, Unit
from stadtkern.kernel.bookings.wanted import Wanted

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday, 8:00 in summer.
START = datetime(2026, 6, 1, 6, tzinfo=UTC)


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self):
        self.at = START

    def now(self):
        return self.at

    def on(self, **length):
        self.at += timedelta(**length)
        return self.at


@pytest.fixture
def time(monkeypatch):
    held = Clock()
    monkeypatch.setattr(clock, "now", held.now)
    return held


def make_office(counters=3, days="mo-fr", begins="08:00", ends="12:00", *, skills=(), rule=None,
                name="Bürgeramt", **calendar):  # fmt: skip
    made = Calendar.objects.create(name=name, **({"step_minutes": 15} | calendar))
    office = Resource.objects.create(kind="test.office", name=name, calendar=made)
    Unit.objects.bulk_create(
        Unit(resource=office, number=n, skills=list(skills)) for n in range(1, counters + 1)
    )
    if days:
        since = date(2026, 1, 1)
        calendars.weekly(made, days, begins, ends, since=since, **(rule or {}))
    return office


@pytest.fixture
def office(db, time):
    return make_office


def local(text):
    """`2026-06-02 09:00` as the wall clock of the city shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def want(office, text, minutes=30, **more):
    begins = local(text)
    ends = begins.astimezone(UTC) + timedelta(minutes=minutes)
    return Wanted(resource=office, begins=begins, ends=ends, **more)
