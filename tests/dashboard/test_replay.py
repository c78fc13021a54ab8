"""The map of a past day: every pin with the value and the state of that time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.parking import logic

BERLIN = ZoneInfo("Europe/Berlin")
pytestmark = pytest.mark.django_db


@pytest.fixture
def station(stream):
    one = stream("Wetterstation Nord")
    one.thing.kind = one.thing.place.kind = "environment.weather"
    one.thing.save()
    one.thing.place.save()
    return one


def at(frames, index):
    return [frame for frame in frames if frame[0] <= index][-1]


def test_a_pin_says_what_it_measured_and_is_silent_where_nothing_came(client, station, observe):
    start = datetime(2025, 6, 2, tzinfo=BERLIN)
    observe(station, [(start + timedelta(minutes=10 * m), 10.0 + m // 36) for m in range(72)])
    told = client.get("/map/replay.json?day=2025-06-02&layers=environment.weather").json()
    assert len(told["t"]) == 96
    assert told["t"][0] == start.timestamp()
    frames = told["layers"]["environment.weather"][str(station.thing.place.public_id)]
    assert at(frames, 0)[1:3] == ["info", "10,0 °C"]
    assert at(frames, 40)[2] == "11,0 °C"
    # Two hours after the last value it is out of date.
    assert at(frames, 4 * 12 + 7)[2] == "11,0 °C"
    assert at(frames, 4 * 15)[1:3] == ["none", "–"]
    assert len(frames) == 3


@pytest.mark.parametrize(("day", "quarters"), [("2025-03-30", 92), ("2025-10-26", 100)])
def test_the_days_on_which_clocks_change_are_shorter_and_longer(client, station, observe, day,
                                                                quarters):  # fmt: skip
    start = datetime.fromisoformat(day).replace(tzinfo=BERLIN)
    observe(station, [(start, 10.0)])
    told = client.get(f"/map/replay.json?day={day}").json()
    assert len(told["t"]) == quarters


def test_air_has_the_class_of_its_moving_means(client, stream, observe):
    one = stream("Luft Mitte", "pm10", unit_symbol="µg/m³")
    one.thing.kind = one.thing.place.kind = "environment.air"
    one.thing.save()
    one.thing.place.save()
    start = datetime(2025, 6, 1, tzinfo=BERLIN)
    rows = [(start + timedelta(hours=h), 5.0 if h < 30 else 400.0) for h in range(48)]
    observe(one, rows)
    told = client.get("/map/replay.json?day=2025-06-02&layers=environment.air").json()
    frames = told["layers"]["environment.air"][str(one.thing.place.public_id)]
    assert at(frames, 0)[1] == "good"
    assert at(frames, 95)[1] == "bad"
    assert "PM10" in at(frames, 95)[3]


def test_a_car_park_is_as_full_as_it_was(client, observe):
    site = Place.objects.create(name="P+R Mitte", kind="parking.site", geometry=point(7.2, 51.5))
    for name in "ABCD":
        Place.objects.create(name=name, kind="parking.bay", parent=site, geometry=point(7.2, 51.5))
    start = datetime(2025, 6, 2, tzinfo=BERLIN)
    stream = logic.count_stream(site)
    observe(stream, [(start + timedelta(hours=h), 0.0 if h < 2 else 4.0) for h in range(4)])
    told = client.get("/map/replay.json?day=2025-06-02&layers=parking.sites").json()
    frames = told["layers"]["parking.sites"][str(site.public_id)]
    assert at(frames, 2)[1:3] == ["bad", "0"]
    assert at(frames, 10)[1:3] == ["good", "4"]
    assert at(frames, 10)[4] == 1


@pytest.mark.parametrize("day", ["", "2025-02-30", "2999-01-01", "0001-01-01", "x"])
def test_a_day_that_makes_no_sense_is_answered_with_a_sentence(client, day):
    answer = client.get("/map/replay.json", {"day": day})
    assert answer.status_code == 400
    assert "Tag" in answer.json()["error"]
