"""What gateways bear, who hears whom, and what would be lost without one of them."""

from datetime import timedelta

import pytest

from stadtkern.kernel.devices.coverage import load, standing, upkeep
from stadtkern.kernel.devices.models import Gateway, GatewayHour, Heard
from stadtkern.kernel.things.models import HistoricalLocation, Latest, Thing

from .conftest import EAST, NOW, WEST, reception, uplink

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(ingest, make, now):
    """Three devices: 1 is heard by the west alone, 2 mostly, 3 by both; the east has none alone."""
    for number in (1, 2, 3):
        make(number)
    west, east = reception(WEST, snr=8), reception(EAST, snr=2)
    ingest.take([
        *(uplink(f"1-{n}", west, eui=1) for n in range(4)),
        *(uplink(f"2-{n}", west, *([east] if n else []), eui=2) for n in range(4)),
        *(uplink(f"3-{n}", reception(WEST, snr=1), east, eui=3) for n in range(4)),
    ])  # fmt: skip
    return {g.eui: g.pk for g in Gateway.objects.all()}


def test_what_if_names_the_devices_that_nobody_else_hears(heard):
    west = {one.device: one for one in load.hears(heard[WEST])}
    names = {one.name: (one.alone, one.sent, one.is_lost_without) for one in west.values()}
    assert names == {
        "Gerät 1": (4, 4, True), "Gerät 2": (1, 4, False), "Gerät 3": (0, 4, False),
    }  # fmt: skip
    assert load.hears(heard[WEST])[0].name == "Gerät 1"
    assert not any(one.alone for one in load.hears(heard[EAST]))


def test_what_was_heard_long_ago_says_nothing_about_today(heard, now):
    now.shift(timedelta(days=load.LATELY))
    assert load.hears(heard[WEST]) == []


def test_a_device_knows_who_hears_it_best_first(heard):
    device = Heard.objects.filter(device__name="Gerät 3").first().device_id
    rows = load.heard_by(device)
    assert [(row.eui, row.heard, row.best, row.alone) for row in rows] == [
        (EAST, 4, 4, 0), (WEST, 4, 0, 0),
    ]  # fmt: skip


def test_numbers_count_each_message_once(heard):
    numbers = load.numbers()
    assert (numbers.devices, numbers.week, numbers.alone, numbers.day) == (3, 12, 5, 12)
    assert numbers.doubled == pytest.approx(7 / 12)


def test_without_any_message_no_share_is_claimed(db):
    assert load.numbers().doubled is None


def states():
    return {one.eui: one.state for one in load.with_load(Gateway.objects.all())}


def test_a_gateway_is_silent_after_ten_of_its_usual_pauses_but_not_before_an_hour(db):
    from stadtkern.kernel import clock

    now = clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)

    def gateway(eui, a_week, ago):
        one = Gateway.objects.create(eui=eui, last_seen=now - ago if ago else None)
        if a_week:
            rest = {f"sf{n}": 0 for n in range(7, 13)}
            GatewayHour.objects.create(
                gateway=one, hour=hour, heard=a_week, best=0, alone=0, airtime=0, **rest
            )

    gateway("busy", 100_000, timedelta(minutes=55))
    gateway("busy and gone", 100_000, timedelta(minutes=65))
    # One an hour: silent after ten hours.
    gateway("seldom", 168, timedelta(hours=9))
    gateway("seldom and gone", 168, timedelta(hours=11))
    gateway("hardly ever", 1, timedelta(days=2, hours=23))
    gateway("hardly ever and gone", 1, timedelta(days=3, hours=1))
    gateway("new", 0, None)
    assert states() == {
        "busy": "reporting", "busy and gone": "silent", "seldom": "reporting",
        "seldom and gone": "silent", "hardly ever": "reporting", "hardly ever and gone": "silent",
        "new": "never",
    }  # fmt: skip


def test_the_longest_on_air_are_counted_by_whole_days(ingest, make, now):
    make(1)
    make(2)
    yesterday = NOW - timedelta(days=1)
    ingest.take([
        *(uplink(f"a{n}", reception(WEST), eui=1, sf=12, time=yesterday) for n in range(10)),
        *(uplink(f"b{n}", reception(WEST), eui=2, sf=7, time=yesterday) for n in range(10)),
        *(uplink(f"c{n}", reception(WEST), eui=2, sf=12) for n in range(99)),
    ])  # fmt: skip
    first, second = load.talkers(10)
    # 14 bytes at SF12 are 35.25 symbols of 32.768 ms.
    assert (first.name, first.uplinks) == ("Gerät 1", 10)
    assert first.airtime == pytest.approx(10 * 1.155, abs=0.01)
    assert second.airtime < first.airtime


def latest(gateway):
    rows = Latest.objects.filter(datastream__thing=gateway.thing)
    return {row.datastream.observed_property.slug: (row.at, row.value, row.n) for row in rows}


def test_a_gateway_becomes_a_thing_whose_hours_are_observations(heard, own, now):
    west, east = own(WEST), own(EAST, name="Ost")
    now.shift(timedelta(hours=1))
    upkeep.count_gateways()
    hour = NOW.replace(minute=0)
    assert latest(west)["gateway_uplinks"] == (hour, 12, 1)
    assert latest(east)["gateway_uplinks"] == (hour, 7, 1)
    # 14 bytes at SF7: 45.25 symbols of 1.024 ms, 46 ms each.
    assert latest(west)["gateway_airtime"][1] == pytest.approx(12 * 0.046, abs=0.001)


def test_counting_again_changes_nothing_and_catches_up_what_is_missing(heard, own, now, ingest):
    west = own(WEST)
    now.shift(timedelta(hours=1))
    upkeep.count_gateways()
    upkeep.count_gateways()
    assert latest(west)["gateway_uplinks"][2] == 1
    ingest.take([uplink("late", reception(EAST), time=NOW + timedelta(hours=2))])
    now.shift(timedelta(hours=3))
    upkeep.count_gateways()
    # Nobody heard anything at 12 o'clock, and the east alone at 13: nought for the west there.
    assert latest(west)["gateway_uplinks"] == (NOW.replace(hour=13, minute=0), 0, 2)


def test_devices_are_counted_by_whole_days_of_the_city(heard, own, now):
    west = own(WEST)
    upkeep.count_gateways()
    assert "gateway_devices" not in latest(west)
    now.shift(timedelta(days=1))
    upkeep.count_gateways()
    at, value, _n = latest(west)["gateway_devices"]
    assert (at.isoformat(), value) == ("2026-11-22T23:00:00+00:00", 3)


def test_a_gateway_that_moves_keeps_its_thing_and_its_history(own, db):
    gateway = own(WEST)
    thing, streams = gateway.thing, gateway.thing.datastreams.count()
    gateway = own(WEST, at=(7.15, 51.52), name="Süd")
    assert (gateway.thing, gateway.thing.datastreams.count()) == (thing, streams)
    assert HistoricalLocation.objects.filter(thing=thing).count() == 2
    assert gateway.spot == (7.15, 51.52)


def test_a_thing_that_exists_becomes_the_gateway_with_what_it_lacks(own, db):
    old = Thing.objects.create(name="Aus einem anderen System")
    gateway = Gateway.objects.create(eui=EAST, own=True)
    place = own(WEST).thing.place
    standing.stand(gateway, place, old)
    assert gateway.thing == old
    assert old.datastreams.count() == 3


def test_receptions_are_forgotten_after_their_time_and_load_with_the_messages(heard, now):
    now.shift(timedelta(days=90))
    assert upkeep.forget_old_receptions().startswith("0 receptions and 0")
    now.shift(timedelta(days=1))
    assert upkeep.forget_old_receptions() == "5 receptions and 0 hours forgotten"
    now.shift(timedelta(days=310))
    assert upkeep.forget_old_receptions() == "0 receptions and 2 hours forgotten"
    assert not Heard.objects.exists()
