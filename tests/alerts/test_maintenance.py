"""While work is done, nothing is raised."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stadtkern.kernel.alerts import maintenance
from stadtkern.kernel.alerts.models import Maintenance
from stadtkern.kernel.places.models import Place

from .conftest import START

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def test_nothing_is_raised_while_work_is_done_and_what_lasts_is_raised_after_it(town, rule, look):
    town.device(1, clock_offset=900.0, labels=["Dach"])
    town.device(2, clock_offset=900.0)
    rule("clock", "device")
    Maintenance.objects.create(
        title="Dacharbeiten", label="Dach", starts=START - timedelta(hours=1),
        ends=START + timedelta(hours=1),
    )  # fmt: skip
    assert {a.device.dev_eui[-1]: a.state for a in look()} == {"1": "pending", "2": "firing"}
    assert {a.state for a in look(minutes=65)} == {"firing"}


def test_what_was_over_before_the_end_of_the_work_leaves_no_trace(town, rule, put, look):
    thing = town.thing()
    stream = town.stream(of=thing)
    town.device(thing=thing)
    rule(condition={"high": 50}, observed_property=town.pm10)
    put(stream, (START - timedelta(hours=2), 1.0))
    look()
    Maintenance.objects.create(
        title="Straßenfest", place=town.place, starts=START, ends=START + timedelta(hours=1)
    )
    put(stream, (START + timedelta(minutes=10), 90.0), (START + timedelta(minutes=20), 1.0))
    assert look(minutes=90) == []


def test_a_place_covers_what_stands_in_it(town, rule, look):
    room = Place.objects.create(name="Keller", parent=town.place)
    thing = town.thing()
    thing.place = room
    thing.save()
    town.device(clock_offset=900.0, thing=thing)
    rule("clock", "device")
    Maintenance.objects.create(
        title="Umbau", place=town.place, starts=START, ends=START + timedelta(days=1)
    )
    assert [a.state for a in look()] == ["pending"]


@pytest.mark.parametrize(
    ("at", "on"),
    [
        ("2026-03-24 08:59", False),
        ("2026-03-24 09:00", True),
        ("2026-03-24 10:59", True),
        ("2026-03-24 11:00", False),
        ("2026-03-25 09:30", False),
        # Clocks went forward in between: still nine by the city's clock.
        ("2026-03-31 08:59", False),
        ("2026-03-31 09:00", True),
        ("2026-03-31 11:00", False),
        ("2026-04-07 09:30", True),
        ("2026-04-14 09:30", False),
        ("2026-03-17 09:30", False),
    ],
)
def test_a_weekly_window_follows_the_citys_clock(at, on):
    window = Maintenance(
        title="Markt", weekly=True, weekly_until=date(2026, 4, 7),
        starts=datetime(2026, 3, 24, 9, tzinfo=BERLIN), ends=datetime(2026, 3, 24, 11, tzinfo=BERLIN),
    )  # fmt: skip
    instant = datetime.fromisoformat(at).replace(tzinfo=BERLIN).astimezone(UTC)
    assert maintenance.is_on(window, instant) is on
