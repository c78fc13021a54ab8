"""The hexagons of the map, and what the public never gets to see of them."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from stadtkern.kernel.devices.coverage import areas, cells, load, signal
from stadtkern.kernel.devices.models import Gateway
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Project, Sensor

from .conftest import EAST, NOW, WEST, reception, uplink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
HERE, THERE = (7.22, 51.54), (7.15, 51.52)


def found(**given):
    return areas.areas(load.since(30), load.today(), **given)


def many(count, *receptions, start=0, **more):
    return [uplink(f"{more.get('eui', 1)}-{start + n}", *receptions, **more) for n in range(count)]


@pytest.mark.parametrize(
    ("rssi", "snr", "state"),
    [(-105, 0, "good"), (-106, 9, "tight"), (-90, -0.5, "tight"), (-117, -7.5, "tight"),
     (-117.5, 0, "bad"), (-100, -8, "bad"), (None, 5, "none"), (-100, None, "none")],
)  # fmt: skip
def test_both_rssi_and_snr_must_reach_a_class(rssi, snr, state):
    assert signal.class_of(rssi, snr) == state


def test_a_hexagon_tells_number_best_middle_and_worst(ingest, make):
    make(1, HERE)
    make(2, (7.2201, 51.5401))
    make(3, (7.2202, 51.5402))
    for eui, rssi in ((1, -90), (2, -110), (3, -100)):
        ingest.take([
            uplink(f"{eui}a", reception(WEST, rssi=rssi, snr=2), eui=eui, sf=8),
            uplink(f"{eui}b", reception(WEST, rssi=rssi - 10, snr=-2), eui=eui, sf=11),
        ])  # fmt: skip
    (area,) = found()
    assert (area.heard, area.devices, area.gateways) == (6, 3, 1)
    assert (area.rssi, area.snr, area.worst_sf, area.last) == (-90, 2, 11, NOW)
    # The devices' means are -95, -115 and -105.
    assert (area.middle_rssi, area.middle_snr, area.state, area.few) == (-105, 0, "good", True)


def test_far_gateways_do_not_make_a_place_look_worse(ingest, make):
    make(1, HERE)
    ingest.take([uplink("a", reception(WEST, rssi=-80, snr=9), reception(EAST, rssi=-125, snr=-9))])
    (area,) = found()
    assert (area.middle_rssi, area.middle_snr) == (-80, 9)


def test_few_measurements_are_told(ingest, make):
    make(1, HERE)
    ingest.take(many(signal.FEW - 1, reception(WEST)))
    assert found()[0].few
    ingest.take(many(1, reception(WEST), start=100))
    assert not found()[0].few


def test_the_map_is_filtered_by_gateway_and_by_days(ingest, make):
    make(1, HERE)
    make(2, THERE)
    week = NOW - timedelta(days=7)
    ingest.take([
        uplink("a", reception(WEST), eui=1), uplink("b", reception(EAST), eui=2),
        uplink("c", reception(WEST), eui=2, time=week),
    ])  # fmt: skip
    west = Gateway.objects.get(eui=WEST).pk
    assert {a.cell for a in found()} == {cells.cell_at(*HERE), cells.cell_at(*THERE)}
    assert {a.cell for a in found(gateway=west)} == {cells.cell_at(*HERE), cells.cell_at(*THERE)}
    of_today = areas.areas(load.today(), load.today(), gateway=west)
    assert {a.cell for a in of_today} == {cells.cell_at(*HERE)}
    before = areas.areas(load.since(30), load.since(2), gateway=west)
    assert {a.cell for a in before} == {cells.cell_at(*THERE)}


def test_the_public_sees_public_things_at_own_gateways_alone(ingest, make, own):
    make(1, HERE)
    make(2, THERE, public=False)
    ingest.take([uplink("a", reception(WEST), eui=1), uplink("b", reception(WEST), eui=2)])
    assert found(public=True) == []
    own(WEST)
    (area,) = found(public=True)
    assert area.cell == cells.cell_at(*HERE)
    Project.objects.update(public=True)
    assert len(found(public=True)) == 2


def test_what_becomes_private_leaves_the_map_at_once(ingest, make, own):
    device = make(1, HERE)
    ingest.take(many(20, reception(WEST)))
    own(WEST)
    assert len(found(public=True)) == 1
    device.thing.project = Project.objects.create(slug="p", name="P", public=False)
    device.thing.save()
    assert found(public=True) == []


def test_a_thing_all_of_whose_datastreams_are_private_is_not_public(ingest, make, own):
    device = make(1, HERE)
    stream = Datastream.objects.create(
        thing=device.thing, name="t", public=False, sensor=Sensor.objects.get(),
        observed_property=ObservedProperty.objects.create(name="t"),
    )  # fmt: skip
    ingest.take([uplink("a", reception(WEST))])
    own(WEST)
    assert found(public=True) == []
    Datastream.objects.filter(pk=stream.pk).update(public=True)
    assert len(found(public=True)) == 1


def test_where_a_device_moved_is_public_only_if_it_was_sent_out_to_measure(ingest, make, own):
    device = make(1, None)
    ingest.take([uplink("a", reception(WEST), port=9, payload=bytes([53, 20]))])
    own(WEST)
    assert len(found()) == 1
    assert found(public=True) == []
    device.labels = [areas.MEASURING]
    device.save()
    assert len(found(public=True)) == 1


def test_a_device_without_a_thing_is_not_public(ingest, make, own):
    device = make(1, HERE)
    ingest.take([uplink("a", reception(WEST))])
    own(WEST)
    device.thing = None
    device.save()
    assert found(public=True) == []


@pytest.mark.parametrize(
    "address", ["/lorawan/", "/lorawan/coverage.geojson", "/api/lorawan_network/coverage"]
)
def test_no_public_answer_tells_where_a_private_device_is(ingest, make, own, address):
    secret = (7.1234567, 51.5012345)
    make(1, HERE)
    make(2, secret, public=False)
    make(3, None)  # tells its own position, and nobody sent it out
    ingest.take([
        *many(12, reception(WEST, rssi=-91), eui=1),
        *many(12, reception(WEST, rssi=-87), eui=2),
        *many(12, reception(WEST, rssi=-73), eui=3, port=9, payload=bytes([50, 12])),
    ])  # fmt: skip
    own(WEST)
    # Public ids and fingerprints of files are random, and may hold any number.
    text = re.sub(
        r"[0-9a-f]{8}-[0-9a-f-]{27}|v=[0-9a-f]+", "", Client().get(address).content.decode()
    )
    coarse = [areas.areas(load.today(), load.today(), resolution=cells.COARSE)]
    assert len(coarse[0]) == 3
    for area in coarse[0]:
        shown = area.heard and area.rssi == -91
        assert (area.name in text) == (bool(shown) and address != "/lorawan/")
    for sign in ("7.12345", "51.50123", "-87", "−87", "-73", "−73", "Gerät 2", "Ort 2",
                 f"{2:016x}", f"{3:016x}"):  # fmt: skip
        assert sign not in text, sign


def test_the_public_gets_coarse_hexagons_without_hours_and_counts_of_devices(ingest, make, own):
    make(1, HERE)
    ingest.take(many(3, reception(WEST, rssi=-91.4)))
    own(WEST)
    answer = Client().get("/api/lorawan_network/coverage")
    assert answer["Content-Type"] == "application/geo+json"
    (feature,) = json.loads(answer.content)["features"]
    assert feature["id"] == cells.name_of(_parent(cells.cell_at(*HERE)))
    assert feature["properties"] == {
        "state": "good", "few": True, "receptions": 3, "gateways": 1, "rssi_best": -91.4,
        "snr_best": 5.0, "rssi_median": -91.4, "snr_median": 5.0, "spreading_factor_worst": 7,
        "last_day": "2026-11-23",
        "text": "starker Empfang: 3 Messungen, zu wenige für ein sicheres Bild",
    }  # fmt: skip


def _parent(cell):
    with connection.cursor() as cursor:
        cursor.execute(f"select {cells.sql_at(cells.COARSE, '%s::bigint')}", [cell])
        return cursor.fetchone()[0]


def test_many_devices_ask_the_database_no_more_than_few(
    ingest, make, own, django_assert_num_queries
):
    own(WEST)
    for n in range(1, 31):
        make(n, (7.15 + n / 300, 51.54), public=bool(n % 3))
    ingest.take([uplink(f"k{n}", reception(WEST), eui=n) for n in range(1, 31)])
    with django_assert_num_queries(1):
        assert len(found(public=True, resolution=cells.COARSE)) > 3
