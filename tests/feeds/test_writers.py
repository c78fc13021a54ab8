"""Each standard's document from the same records: valid by its schema, true to the rules."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from stadtkern.kernel.feeds.parking import Count
from stadtkern.site.feeds import grading, selection
from stadtkern.site.feeds.writers import (
    datex2_light,
    datex2_v2,
    datex2_v3,
    geojson,
    parkapi_v1,
    parkapi_v3,
    siri_fm,
)
from tests.feeds.facilities import BUILT, MEASURED, facilities, facility, publication, spot

lists = st.lists(facilities, max_size=3, unique_by=lambda one: one.uid)
slowly = settings(max_examples=12, deadline=None,
                  suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])  # fmt: skip


@pytest.fixture(scope="module")
def xsd2(schemas):
    return etree.XMLSchema(etree.parse(schemas / "datex2-v2.3" / "DATEXIISchema_2_2_3.xsd"))


@pytest.fixture(scope="module")
def xsd3(schemas):
    return etree.XMLSchema(etree.parse(schemas / "datex2-v3.7" / "DATEXII_3_D2Payload.xsd"))


def valid(xsd, document):
    xsd.assertValid(etree.fromstring(document))


def texts(document, name):
    return [one.text for one in etree.fromstring(document).iter(f"{{*}}{name}")]


@slowly
@given(found=lists.filter(bool))
def test_any_records_make_valid_datex_2_3(xsd2, found):
    told = publication(*found)
    valid(xsd2, datex2_v2.table(told))
    valid(xsd2, datex2_v2.status(told))


@slowly
@given(found=lists.filter(bool))
def test_any_records_make_valid_datex_3_7(xsd3, found):
    told = publication(*found)
    valid(xsd3, datex2_v3.table(told))
    valid(xsd3, datex2_v3.status(told))


@slowly
@given(found=lists)
def test_no_document_tells_more_free_than_there_are_nor_zero_for_unknown(found):
    told = publication(*found)
    rows = json.loads(parkapi_v3.sites(told, total=len(found)))["items"]
    lots = json.loads(parkapi_v1.lots(told, {}))["lots"]
    light = json.loads(datex2_light.light(told))["parkingPublicationLight"]["parkingSite"]
    features = json.loads(geojson.sites(told))["features"]
    for one, row, lot, site, feature in zip(found, rows, lots, light, features, strict=True):
        numbers = {lot.get("free"), site.get("availableSpaces"), feature["properties"]["free"]}
        if row["has_realtime_data"]:
            numbers.add(row.get("realtime_free_capacity"))
        if one.opening == "closed":
            assert numbers == {0}
        elif one.all.free is None:
            assert numbers == {None}
        else:
            assert numbers == {max(0, min(one.all.free, one.all.capacity))}
        assert ("realtime_data_updated_at" in row) == row["has_realtime_data"]


@slowly
@given(found=lists)
def test_a_router_takes_every_count_of_siri(found):
    top = etree.fromstring(siri_fm.availability(publication(*found)))
    conditions = list(top.iter("{*}FacilityCondition"))
    assert len(conditions) == sum(one.free is not None for one in found)
    for condition in conditions:
        # The four conditions of OpenTripPlanner's updater.
        countings = condition.findall("{*}MonitoredCounting")
        assert condition.findtext("{*}FacilityRef")
        assert len(countings) == 1
        assert countings[0].findtext("{*}CountingType") == "presentCount"
        assert countings[0].findtext("{*}CountedFeatureUnit") == "bays"
        assert int(countings[0].findtext("{*}Count")) >= 0


def test_siri_has_the_elements_of_a_recorded_delivery(schemas):
    recorded = etree.parse(schemas / "otp-fixtures" / "siri-fm.xml").getroot()
    ours = etree.fromstring(siri_fm.availability(publication(facility())))
    assert ours.tag == recorded.tag
    assert ours.get("version") == recorded.get("version")
    assert {one.tag for one in ours.iter()} <= {one.tag for one in recorded.iter()}
    assert texts(siri_fm.availability(publication(facility())), "Status") == ["available"]


def test_lots_have_what_a_router_reads(schemas):
    recorded = json.loads((schemas / "otp-fixtures" / "herrenberg.json").read_text())
    kept = Count(audience="disabled", capacity=4, free=1)
    found = facility(counts=(Count(audience="all", capacity=100, free=37), kept), note="Nur Karte")
    told = json.loads(parkapi_v1.lots(publication(found), {"Beispiel": "beispiel"}))
    assert {"last_updated", "last_downloaded", "lots"} <= set(told) & set(recorded)
    (lot,) = told["lots"]
    known = {key for one in recorded["lots"] for key in one}
    read = {"id", "name", "coords", "lot_type", "state", "total", "free", "total:disabled",
            "free:disabled", "opening_hours", "url", "notes"}  # fmt: skip
    assert read <= set(lot) & (known | {"free:disabled", "total:disabled"})
    assert lot["state"] == "open"
    assert lot["notes"] == {"de": "Nur Karte"}
    assert told["last_updated"] == "2026-11-23T09:26:00"
    assert told["last_downloaded"] == "2026-11-23T09:30:00"


@pytest.mark.parametrize(
    ("opening", "free", "state"),
    [("closed", 12, "closed"), ("open", None, "nodata"), ("open", 0, "open"),
     ("unknown", 5, "open")],
)  # fmt: skip
def test_the_state_of_a_lot_is_always_there(opening, free, state):
    found = facility(opening=opening, counts=(Count(audience="all", capacity=100, free=free),))
    (lot,) = json.loads(parkapi_v1.lots(publication(found), {}))["lots"]
    assert lot["state"] == state
    assert ("free" in lot) == (state != "nodata")


def test_thresholds_are_counts_of_occupied_spaces():
    status = datex2_v2.status(publication(facility()))
    names = ("almostFullIncreasing", "almostFullDecreasing", "fullIncreasing", "fullDecreasing")
    assert [texts(status, name) for name in names] == [["85"], ["80"], ["98"], ["95"]]
    free = etree.fromstring(datex2_v3.table(publication(facility())))
    assert [one.text for one in free.iter("{*}lowerThreshold")] == ["15", "2"]
    assert [one.text for one in free.iter("{*}upperThreshold")] == ["20", "5"]


@pytest.mark.parametrize(
    ("more", "word"),
    [({"grade": "few"}, "almostFull"), ({"grade": "many"}, "spacesAvailable"),
     ({"grade": "full"}, "full"), ({"opening": "closed"}, "unknown")],
)  # fmt: skip
def test_a_site_is_called_what_the_city_calls_it(more, word):
    assert grading.word(facility(**more)) == word


def test_what_is_stale_is_unknown_and_says_so():
    stale = facility(counts=(Count(audience="all", capacity=100),), grade="")
    status = datex2_v2.status(publication(stale))
    assert texts(status, "parkingNumberOfVacantSpaces") == []
    assert texts(status, "parkingFault") == ["noParkingInformationAvailable"]
    assert texts(status, "parkingSiteStatus") == ["unknown"]
    assert texts(datex2_v3.status(publication(stale)), "parkingFault")


def test_when_it_was_measured_is_not_when_it_was_changed():
    told = publication(facility())
    assert texts(datex2_v2.status(told), "parkingStatusOriginTime") == ["2026-11-23T09:26:00Z"]
    assert texts(datex2_v2.table(told), "parkingRecordVersionTime") == ["2026-03-01T08:00:00Z"]
    (row,) = json.loads(parkapi_v3.sites(told, total=1))["items"]
    assert row["realtime_data_updated_at"] == "2026-11-23T09:26:00Z"
    assert row["modified_at"] == row["static_data_updated_at"] == "2026-03-01T08:00:00Z"
    (light,) = json.loads(datex2_light.light(told))["parkingPublicationLight"]["parkingSite"]
    assert light["lastUpdate"] == "2026-11-23T09:26:00Z"
    assert told.changed == MEASURED
    later = facility(at=None, static_at=BUILT + timedelta(days=1))
    assert publication(later).changed == BUILT + timedelta(days=1)


def test_confidence_stands_where_the_standard_has_a_place_for_it():
    sure = facility(confidence=0.8)
    assert texts(datex2_v3.status(publication(sure)), "percentage") == ["80.0"]


def test_each_space_can_be_had_as_a_site_of_one():
    kept = spot("b", audience="disabled", state="taken")
    found = selection.chosen([facility(spots=(spot("a"), kept, spot("c", state="unknown")))],
                             selection.Asked(spaces=True))  # fmt: skip
    assert [(one.uid, one.all.capacity, one.free) for one in found] == [
        ("a", 1, 1), ("b", 1, 0), ("c", 1, None),
    ]  # fmt: skip
    assert found[1].part("disabled") == Count(audience="disabled", capacity=1, free=0)


def test_single_spaces_are_valid_too(xsd2, xsd3):
    spots = (spot("a"), spot("b", audience="disabled", state="taken", max_stay_minutes=120))
    told = publication(*selection.chosen([facility(spots=spots)], selection.Asked(spaces=True)))
    for write in (datex2_v2.table, datex2_v2.status):
        valid(xsd2, write(told))
    whole = publication(facility(spots=spots))
    for write in (datex2_v3.table, datex2_v3.status):
        valid(xsd3, write(whole))
    assert texts(datex2_v3.status(whole), "occupied") == ["false", "true"]


def test_rules_of_a_space_have_the_names_of_the_curb_specification():
    spots = (spot("b", audience="disabled", state="taken", max_stay_minutes=120),)
    (feature,) = json.loads(geojson.curbs(publication(facility(spots=spots))))["features"]
    told = feature["properties"]
    assert told["rules"] == [{"activity": "parking", "max_stay": 120, "max_stay_unit": "minute",
                              "user_classes": ["handicap-accessible"]}]  # fmt: skip
    assert told["available"] is False
    assert told["availability_time"] == int(MEASURED.timestamp() * 1000)


def test_another_program_reads_our_parkapi(outside):
    kept = Count(audience="disabled", capacity=4, free=1)
    spots = (spot("a"), spot("b", audience="disabled", state="taken", max_stay_minutes=120))
    full = facility(
        "Parkhaus Süd & Öl", counts=(Count(audience="all", capacity=100, free=37), kept),
        spots=spots, park_and_ride=("TRAIN", "BUS"), outside_ids=(("osm", "way/1"),),
        max_height_cm=210, max_stay_minutes=90, operator="Müller", confidence=0.7, covered=True,
        has_fee=True, note="Zufahrt Süd",
    )  # fmt: skip
    closed = facility("Zu", uid="parking-zu", opening="closed")
    told = publication(full, closed)
    read, errors = outside("sites", parkapi_v3.sites(told, total=2))
    assert errors == []
    first, second = read
    assert (first["name"], first["realtime_free_capacity"]) == ("Parkhaus Süd & Öl", 37)
    assert (first["realtime_free_capacity_disabled"], first["max_stay"]) == (1, 5400)
    assert first["realtime_data_updated_at"] == "2026-11-23T09:26:00+00:00"
    assert (second["realtime_free_capacity"], second["realtime_opening_status"]) == (0, "CLOSED")
    read, errors = outside("spots", parkapi_v3.spots(told, total=2))
    assert errors == []
    assert [one["realtime_status"] for one in read] == ["AVAILABLE", "TAKEN"]


def test_another_program_reads_our_datex(outside):
    stale = facility("Alt", uid="parking-alt", counts=(Count(audience="all", capacity=9),))
    told = publication(facility(), facility("Straße", uid="parking-str", kind="ON_STREET"), stale)
    read, errors = outside("table", datex2_v2.table(told))
    assert errors == []
    assert [(one["name"], one["capacity"], one["type"]) for one in read] == [
        ("Parkhaus Süd", 100, "CAR_PARK"), ("Straße", 100, "ON_STREET"), ("Alt", 9, "CAR_PARK"),
    ]  # fmt: skip
    read, errors = outside("status", datex2_v2.status(told))
    assert [(one["uid"], one["realtime_free_capacity"]) for one in read] == [
        ("parking-sued", 37), ("parking-str", 37),
    ]  # fmt: skip
    # It knows no unknown number: the stale one is refused there, not read as full.
    assert len(errors) == 1
