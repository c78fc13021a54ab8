"""Silence, batteries, clocks, lost frames, codecs, rates and areas."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from stadtkern.kernel.alerts import conditions, defaults
from stadtkern.kernel.alerts.conditions.geofence import circle
from stadtkern.kernel.alerts.models import Alert, Rule
from stadtkern.kernel.devices.models import DeviceDay, Gateway
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import ObservedProperty

from .conftest import START

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)


def states(alerts):
    return [one.state for one in alerts]


def test_a_device_is_silent_after_three_of_its_own_intervals_and_not_before(town, rule, look, time):
    device = town.device(last_seen=START)
    rule("silence", "device", {"at_least": 5})
    time.at = START + 29 * MINUTES
    assert look(seconds=1) == []
    (alert,) = look(minutes=1)
    assert (alert.state, alert.since, alert.fired) == (
        "firing", START + 10 * MINUTES, START + 30 * MINUTES,
    )  # fmt: skip
    device.last_seen = START + 50 * MINUTES
    device.save()
    time.at = START + 51 * MINUTES
    (alert,) = look()
    assert (alert.state, alert.ended) == ("resolved", START + 50 * MINUTES)


@pytest.mark.parametrize("hours", [36, 72])
def test_a_heartbeat_of_days_is_borne(town, rule, look, time, hours):
    town.device(last_seen=START, every=timedelta(hours=hours), patience=timedelta(hours=3 * hours))
    rule("silence", "device")
    time.at = START + timedelta(hours=3 * hours - 1)
    assert look() == []
    assert states(look(hours=2)) == ["firing"]


def test_hours_of_our_own_downtime_change_nothing_about_when_it_was_silent(town, rule, look, time):
    town.device(last_seen=START)
    rule("silence", "device")
    (alert,) = look(hours=9)
    assert (alert.since, alert.fired) == (START + 10 * MINUTES, START + 30 * MINUTES)


def test_a_gateway_of_the_city_is_watched_and_a_strangers_is_not(town, rule, look):
    Gateway.objects.create(eui="aa", own=True, last_seen=START)
    Gateway.objects.create(eui="bb", own=False, last_seen=START)
    rule("silence", "gateway", {"at_least": 60})
    assert look(minutes=59) == []
    assert [a.gateway.eui for a in look(minutes=2)] == ["aa"]


def test_a_datastream_is_silent_by_what_it_declares(town, rule, put, look):
    stream = town.stream(stale_after=timedelta(hours=2))
    put(stream, (START, 1.0))
    rule("silence", "datastream", {"at_least": 5}, observed_property=town.pm10)
    assert look(minutes=119) == []
    assert states(look(minutes=2)) == ["firing"]


def test_a_battery_is_low_until_it_is_clearly_better(town, rule, look):
    device = town.device(battery=20.0, battery_at=START, last_seen=START)
    rule("battery", "device", {"low": 20, "well": 30})
    assert states(look(hours=1)) == ["firing"]
    device.battery = 29.0
    device.save()
    assert states(look(hours=1)) == ["firing"]
    device.battery = 30.0
    device.save()
    assert states(look(hours=1)) == ["resolved"]


def test_a_battery_that_will_be_empty_soon_is_told_before(town, rule, look):
    device = town.device(
        battery=55.0, battery_at=START, battery_until=START.date() + timedelta(days=31)
    )
    rule("battery", "device", {"days": 30})
    assert look(hours=1) == []
    device.battery_until = START.date() + timedelta(days=20)
    device.save()
    assert states(look(hours=1)) == ["firing"]


def test_a_clock_that_runs_off_is_told_either_way(town, rule, look):
    town.device(1, clock_offset=301.0)
    town.device(2, clock_offset=-301.0)
    town.device(3, clock_offset=299.0)
    rule("clock", "device", {"seconds": 300})
    assert sorted(a.device.dev_eui[-1] for a in look()) == ["1", "2"]


def test_lost_frames_are_told_by_their_share(town, rule, look):
    town.device(1, loss=0.21)
    town.device(2, loss=0.20)
    rule("frames", "device", {"percent": 20})
    assert [a.device.dev_eui[-1] for a in look()] == ["1"]


def test_a_codec_that_fails_is_told_until_a_message_is_read(town, rule, look):
    device = town.device(problem="TypeError: line 3", last_uplink=START)
    DeviceDay.objects.create(device=device, day=START.date(), failed=2)
    rule("decoding", "device", {"failures": 3})
    assert look(minutes=6) == []
    DeviceDay.objects.update(failed=3)
    (alert,) = look(minutes=6)
    assert (alert.state, alert.found["reason"]) == ("firing", "TypeError: line 3")
    device.problem = ""
    device.save()
    assert states(look(minutes=6)) == ["resolved"]


def test_a_rate_is_the_change_over_its_window(town, rule, put, look):
    level = ObservedProperty.objects.create(slug="level", name="Wasserstand")
    stream = town.stream(prop=level)
    rule("rate", condition={"per_hour": 10, "way": "rises", "window": 30}, observed_property=level)
    put(stream, (START, 100.0), (START + 15 * MINUTES, 102.4))
    assert look() == []
    # 5.2 in 30 minutes are 10.4 in an hour.
    put(stream, (START + 30 * MINUTES, 105.2))
    assert states(look()) == ["firing"]
    put(stream, (START + 45 * MINUTES, 105.3))
    assert states(look()) == ["resolved"]
    put(stream, (START + 60 * MINUTES, 40.0))
    assert states(look()) == ["resolved"]


@pytest.mark.parametrize("told_as", ["numbers", "point"])
def test_a_device_that_leaves_its_area_is_told_with_where_it_is(town, rule, look, told_as):
    thing = town.thing()
    device = town.device(thing=thing)
    parts = ("position_latitude", "position_longitude") if told_as == "numbers" else ("position",)
    streams = [
        town.stream(of=thing, prop=ObservedProperty.objects.create(slug=slug, name=slug))
        for slug in parts
    ]

    def at(minute, lon, lat):
        when = START + minute * MINUTES
        if told_as == "point":
            place = {"type": "Point", "coordinates": [lon, lat]}
            rows = [store.Observation(datastream=streams[0].pk, at=when, other=place)]
        else:
            rows = [
                store.Observation(datastream=stream.pk, at=when, value=value)
                for stream, value in zip(streams, (lat, lon), strict=True)
            ]
        store.write(rows)

    ring = [list(corner) for corner in circle(7.22, 51.54, 500)]
    rule("geofence", "device", {"name": "Innenstadt", "rings": [ring], "way": "leaves"})
    at(0, 7.22, 51.54)
    assert look() == []
    at(5, 7.2271, 51.54)  # 491 m to the east
    assert look() == []
    at(10, 7.2275, 51.54)  # 519 m
    (alert,) = look()
    assert (alert.state, alert.device, alert.fired) == ("firing", device, START + 10 * MINUTES)
    assert (alert.found["last_lon"], alert.found["last_lat"]) == (7.2275, 51.54)
    at(15, 7.2201, 51.5401)
    assert states(look()) == ["resolved"]


def test_conditions_are_refused_by_their_class_and_by_the_database():
    wrong = [
        ("threshold", "datastream", {}),
        ("threshold", "datastream", {"low": 5, "high": 4}),
        ("threshold", "datastream", {"low": 0, "high": 10, "slack": 6}),
        ("threshold", "device", {"high": 4}),
        ("rate", "datastream", {"per_hour": 0}),
        ("silence", "device", {"at_least": 1}),
        ("battery", "device", {"low": 50, "well": 20}),
        ("geofence", "device", {"name": "x", "rings": []}),
        ("clock", "device", {"seconds": 1}),
        ("frames", "device", {"percent": 0}),
        ("decoding", "device", {"failures": 0}),
        ("hope", "device", {}),
    ]
    for kind, about, condition in wrong:
        with pytest.raises(ValueError, match=r"."):
            conditions.read(kind, condition, about)
        with pytest.raises(IntegrityError), transaction.atomic():
            Rule.objects.create(title="x", kind=kind, about=about, condition=condition)


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "PM10 über 50 µg/m³ länger als 30 Minuten"),
     ("en", "PM10 above 50 µg/m³ for longer than 30 minutes")],
)  # fmt: skip
def test_a_rule_says_what_it_does_in_plain_words(town, rule, language, words):
    from django.utils.translation import override

    from stadtkern.kernel.alerts.wording import rule_words

    town.stream()
    watching = rule(condition={"high": 50, "minutes": 30}, observed_property=town.pm10)
    with override(language):
        assert rule_words(watching) == words


def test_a_new_city_watches_for_silence_batteries_and_codecs_and_keeps_what_it_changed(db):
    assert defaults.ensure() == 4
    watched = {(r.kind, r.about) for r in Rule.objects.filter(on=True)}
    assert watched == {
        ("silence", "device"), ("silence", "gateway"), ("battery", "device"),
        ("decoding", "device"),
    }  # fmt: skip
    Rule.objects.filter(slug="battery-low").update(on=False, title="Akku")
    assert defaults.ensure() == 0
    assert Rule.objects.get(slug="battery-low").title == "Akku"


def test_a_rule_that_fails_says_why_and_stops_no_other(town, rule, look, monkeypatch):
    town.device(battery=1.0)
    broken = rule("battery", "device")
    monkeypatch.setattr(conditions.battery, "JUDGED", "select nonsense")
    rule("clock", "device")
    town.device(2, clock_offset=900.0)
    assert [a.device.dev_eui[-1] for a in look()] == ["2"]
    broken.refresh_from_db()
    assert "nonsense" in broken.problem
    assert Alert.objects.count() == 1
