"""GBFS 3.0 of the vehicles that the city itself shares, against the published schemas."""

import json
from pathlib import Path

import pytest

from stadtkern.systems.charging import demo
from stadtkern.systems.charging.models import Caddy

SCHEMAS = Path(__file__).parent / "data" / "gbfs-3.0"
NAMES = ("gbfs", "gbfs_versions", "system_information", "vehicle_types", "station_information",
         "station_status", "vehicle_status")  # fmt: skip


@pytest.fixture(autouse=True)
def _nobody_else(switched_off):
    switched_off("mobility_hubs")


@pytest.fixture
def caddy(db):
    made = demo._caddy()
    demo._battery(made)
    return made


def faults(name, document):
    from jsonschema import Draft7Validator, FormatChecker

    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    return [e.message for e in Draft7Validator(schema, format_checker=FormatChecker())
            .iter_errors(document)]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_each_file_passes_its_schema(name, caddy, client):
    told = client.get(f"/api/gbfs/{name}.json").json()
    assert faults(name, told) == []
    assert faults(name, {**told, "version": "1"}), "it can fail"


def test_gbfs_json_names_the_others_and_they_answer(caddy, client):
    feeds = client.get("/api/gbfs/gbfs.json").json()["data"]["feeds"]
    assert {one["name"] for one in feeds} == set(NAMES) - {"gbfs"}
    for one in feeds:
        answer = client.get(one["url"].removeprefix("http://testserver"))
        assert answer.status_code == 200, one
    manifest = client.get("/api/gbfs/manifest.json").json()
    assert faults("manifest", manifest) == []


def test_the_van_says_how_far_it_goes(caddy, client):
    (vehicle,) = client.get("/api/gbfs/vehicle_status.json").json()["data"]["vehicles"]
    # 82 per cent of 250 km.
    assert vehicle["current_range_meters"] == 205_000
    assert (vehicle["is_reserved"], vehicle["is_disabled"]) == (False, False)
    (station,) = client.get("/api/gbfs/station_status.json").json()["data"]["stations"]
    assert station["num_vehicles_available"] == 1


def test_out_of_service_it_is_not_to_be_had(caddy, client):
    Caddy.objects.update(state="out")
    (vehicle,) = client.get("/api/gbfs/vehicle_status.json").json()["data"]["vehicles"]
    assert vehicle["is_disabled"] is True
    (station,) = client.get("/api/gbfs/station_status.json").json()["data"]["stations"]
    assert (station["num_vehicles_available"], station["is_renting"]) == (0, False)


def test_no_fleet_no_files(db, client):
    answer = client.get("/api/gbfs/gbfs.json")
    assert answer.status_code == 404
    assert client.get("/api/gbfs/manifest.json").json()["data"]["datasets"] == []


def test_the_outside_validator_finds_nothing_to_say(caddy, client):
    """`gbfs-validator` follows gbfs.json by itself; it asks the test's client, not the network."""
    from gbfs_validator import validate_feed
    from gbfs_validator.fetch import Fetcher

    class Here(Fetcher):
        def get_json(self, url):
            answer = client.get(url.removeprefix("http://testserver"))
            assert answer.status_code == 200, url
            return answer.json()

    report = validate_feed("http://testserver/api/gbfs/gbfs.json", fetcher=Here(), docked=True)
    assert report["summary"]["version"] == {"detected": "3.0", "validated": "3.0"}
    assert report["summary"]["hasErrors"] is False, report
