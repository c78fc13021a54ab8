"""What ingest adds up of gateways and receptions, from messages as a network server sends them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel.devices.coverage import cells
from stadtkern.kernel.devices.models import Gateway, GatewayHour, Heard
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Thing

from .conftest import EAST, NOW, WEST, reception, uplink

pytestmark = pytest.mark.django_db


def hours():
    rows = GatewayHour.objects.order_by("gateway__eui", "hour")
    return [(row.gateway.eui[-1], row.hour.hour, row.heard, row.best, row.alone) for row in rows]


def everything():
    return (
        list(Gateway.objects.order_by("eui").values()),
        list(GatewayHour.objects.order_by("id").values()),
        list(Heard.objects.order_by("id").values()),
    )


def test_a_gateway_is_known_from_the_first_message_it_heard_and_stands_where_its_network_says(
    ingest, make
):
    make()
    place = {"latitude": 51.55, "longitude": 7.21, "altitude": 60}
    ingest.take([uplink("a", reception(WEST, location=place))])
    gateway = Gateway.objects.get()
    assert (gateway.eui, gateway.last_seen, gateway.spot) == (WEST, NOW, (7.21, 51.55))
    # Not one that overheard us becomes ours, or a thing in the city's catalogue.
    assert (gateway.own, gateway.thing, Thing.objects.count()) == (False, None, 1)


def test_load_counts_uplinks_best_and_alone_by_the_hour(ingest, make):
    make()
    later = NOW + timedelta(minutes=31)
    ingest.take([
        uplink("a", reception(WEST, snr=8), reception(EAST, snr=2)),
        uplink("b", reception(WEST, snr=1), reception(EAST, snr=2)),
        uplink("c", reception(WEST)),
        uplink("d", reception(EAST), time=later),
    ])  # fmt: skip
    assert hours() == [("1", 11, 3, 2, 1), ("2", 11, 2, 1, 0), ("2", 12, 1, 1, 1)]


def test_airtime_is_that_of_the_frame_and_counts_once_for_the_device(ingest, make):
    make()
    both = [reception(WEST, snr=8), reception(EAST, snr=2)]
    # A frame of 13 bytes and one of payload at SF9 and SF12: 14 bytes.
    ingest.take([uplink("a", *both, sf=9), uplink("b", *both, sf=12)])
    # AN1200.13: 14 bytes make 28 symbols at SF9 (4.096 ms) and 23 at SF12 (32.768 ms), each after
    # a preamble of 12.25.
    whole = round(40.25 * 4.096) + round(35.25 * 32.768)
    assert {row.airtime for row in GatewayHour.objects.all()} == {whole}
    assert {(row.sf9, row.sf12, row.sf7) for row in GatewayHour.objects.all()} == {(1, 1, 0)}
    assert sum(row.airtime for row in Heard.objects.all()) == whole


def test_best_receptions_add_up_to_what_the_device_sent(ingest, make):
    make()
    ingest.take([
        uplink(f"k{n}", reception(WEST, snr=n), *([reception(EAST, snr=5)] if n % 3 else []))
        for n in range(12)
    ])  # fmt: skip
    assert sum(row.best for row in Heard.objects.all()) == 12
    assert {row.gateway.eui: row.alone for row in Heard.objects.all()} == {WEST: 4, EAST: 0}


def test_a_message_counts_once_however_often_it_comes(ingest, make):
    make()
    batch = [uplink("a", reception(WEST), reception(EAST)), uplink("b", reception(WEST))]
    ingest.take(batch)
    before = everything()
    for again in ([*batch], [batch[0]], [batch[1], *batch]):
        ingest.take(again)
    assert everything() == before
    ingest.take([*batch, uplink("c", reception(WEST))])
    assert Heard.objects.get(gateway__eui=WEST).heard == 3


def test_nothing_is_counted_of_a_batch_that_is_not_committed(ingest, make, monkeypatch):
    from stadtkern.kernel.devices.ingest import radio

    make()
    kept = radio.note

    def stumble(judged):
        kept(judged)
        raise RuntimeError

    monkeypatch.setattr(radio, "note", stumble)
    with pytest.raises(RuntimeError):
        ingest.take([uplink("a", reception(WEST))])
    assert everything() == ([], [], [])
    monkeypatch.setattr(radio, "note", kept)
    ingest.take([uplink("a", reception(WEST))])
    assert hours() == [("1", 11, 1, 1, 1)]


def test_signal_levels_are_kept_per_hexagon_and_day(ingest, make):
    make(at=(7.22, 51.54))
    late = NOW.replace(hour=23)  # past midnight in Berlin
    ingest.take([
        uplink("a", reception(WEST, rssi=-110, snr=-3.5), sf=10),
        uplink("b", reception(WEST, rssi=-90, snr=4.5), sf=7),
        uplink("c", reception(WEST, rssi=-120, snr=-9), time=late),
    ])  # fmt: skip
    first, second = Heard.objects.order_by("day")
    assert (str(first.day), str(second.day)) == ("2026-11-23", "2026-11-24")
    assert first.cell == cells.cell_at(7.22, 51.54)
    assert (first.heard, first.levels, first.rssi_best, first.snr_best) == (2, 2, -90, 4.5)
    assert (first.rssi_sum, first.snr_sum, first.worst_sf) == (-200, 1.0, 10)
    assert first.moving is False


def test_a_device_that_tells_its_position_counts_where_it_was(ingest, make):
    make(at=(7.22, 51.54))
    # 51.53, 7.20 and 51.53, 7.25
    here, there = bytes([53, 20]), bytes([53, 25])
    ingest.take([
        uplink("a", reception(WEST), port=9, payload=here),
        uplink("b", reception(WEST), port=9, payload=there),
    ])  # fmt: skip
    rows = {(row.cell, row.moving) for row in Heard.objects.all()}
    assert rows == {(cells.cell_at(7.20, 51.53), True), (cells.cell_at(7.25, 51.53), True)}


@pytest.mark.parametrize(
    "at", [None, (13.4, 52.5)], ids=["without a place", "far outside the city"]
)
def test_a_device_that_is_nowhere_on_the_map_is_heard_all_the_same(ingest, make, at):
    make(at=at)
    ingest.take([uplink("a", reception(WEST))])
    assert Heard.objects.get().cell == cells.NOWHERE


def test_strangers_are_load_but_no_reception_of_ours(ingest, make):
    make(1)
    ingest.take([uplink("a", reception(WEST), eui=99)])
    assert hours() == [("1", 11, 1, 1, 1)]
    assert not Heard.objects.exists()


def test_two_antennas_are_one_gateway_and_a_nameless_one_is_none(ingest, make):
    make()
    ingest.take([
        uplink("a", reception(WEST, snr=3, rssi=-90), reception(WEST, snr=-3, rssi=-99)),
        uplink("b", reception("", snr=9), reception(EAST, snr=1)),
    ])  # fmt: skip
    assert hours() == [("1", 11, 1, 1, 1), ("2", 11, 1, 1, 1)]
    assert Heard.objects.get(gateway__eui=WEST).rssi_best == -90


def test_levels_that_no_receiver_can_measure_are_left_out_and_long_names_cut(ingest, make):
    make()
    ingest.take([uplink("a", reception("x" * 60, rssi=1e308, snr=3)), uplink("b", reception(WEST))])
    (row,) = Heard.objects.filter(gateway__eui="x" * 40)
    assert (row.heard, row.levels, row.rssi_best, row.rssi_sum) == (1, 0, None, 0)
    assert Heard.objects.filter(levels=1).count() == 1


def test_events_that_no_gateway_heard_count_nothing(ingest, make):
    make()
    ingest.take([uplink("a"), uplink("b", reception(WEST), event="join")])
    assert everything() == ([], [], [])


def test_a_gateway_without_a_fix_keeps_the_place_it_had(ingest, make):
    make()
    known = {"latitude": 51.55, "longitude": 7.21}
    ingest.take([uplink("a", reception(WEST, location=known))])
    ingest.take([uplink("b", reception(WEST, location={}))])
    ingest.take([uplink("c", reception(WEST))])
    assert Gateway.objects.get().spot == (7.21, 51.55)


def test_large_batches_ask_the_database_no_more_than_small_ones(ingest, make, monkeypatch):
    fetch = store.fetch
    for number in range(1, 31):
        make(number, at=(7.2 + number / 1000, 51.54))

    def asked(messages):
        said: list[str] = []
        monkeypatch.setattr(
            store, "fetch", lambda sql, values: said.append(sql) or fetch(sql, values)
        )
        with CaptureQueriesContext(connection) as queries:
            ingest.take(messages)
        said += [query["sql"] for query in queries]
        return sum("devices_heard" in sql or "devices_gateway" in sql for sql in said)

    small = asked([uplink("a", reception(WEST))])
    large = asked([
        uplink(f"k{n}", *(reception(f"g{n % 7}-{i}") for i in range(3)), eui=n % 30 + 1)
        for n in range(200)
    ])  # fmt: skip
    assert small == large == 2
    assert Gateway.objects.count() == 22
