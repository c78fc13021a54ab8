"""Recharging points in the AFIR profile of DATEX II, against the official JSON schemas."""

import json

import pytest

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic import live
from tests.feeds.charging_town import build

TABLE, STATUS = "/api/datex2/recharging/table", "/api/datex2/recharging/status"


@pytest.fixture
def town(db):
    build("mit-zeiten", hours="Mo-Sa 06:00-22:00", renewable=None)
    return build()


def faults(schemas, folder, root, document):
    """What a validator finds; the schemas of a folder name each other by file name."""
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    found = {path.name: json.loads(path.read_text()) for path in (schemas / folder).glob("D*.json")}
    known = Registry().with_resources(
        (name, Resource.from_contents(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **one}))
        for name, one in found.items()
    )  # fmt: skip
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": root}
    return [error.message for error in Draft202012Validator(schema, registry=known)
            .iter_errors(document)]  # fmt: skip


ROOT_TABLE = "DATEXII_3_D2Payload.json"
ROOT_STATUS = "DATEXII_3_MessageContainer.json"


def test_the_table_passes_the_official_schema(schemas, town, client):
    told = client.get(TABLE).json()
    assert faults(schemas, "afir-table", ROOT_TABLE, told) == []
    table = told["payload"]["aegiEnergyInfrastructureTablePublication"]
    del table["energyInfrastructureTable"][0]["energyInfrastructureSite"][0]["versionG"]
    assert faults(schemas, "afir-table", ROOT_TABLE, told), "it can fail"


def test_the_status_passes_the_official_schema(schemas, town, client):
    told = client.get(STATUS).json()
    assert faults(schemas, "afir-status", ROOT_STATUS, told) == []
    payload = told["messageContainer"]["payload"][0]
    part = payload["aegiEnergyInfrastructureStatusPublication"]
    part["energyInfrastructureSiteStatus"][0]["energyInfrastructureStationStatus"][0][
        "refillPointStatus"
    ][0]["aegiElectricChargingPointStatus"]["status"]["value"] = "free"
    assert faults(schemas, "afir-status", ROOT_STATUS, told), "it can fail"


def sites(client):
    told = client.get(TABLE).json()["payload"]["aegiEnergyInfrastructureTablePublication"]
    return {one["idG"]: one for one in told["energyInfrastructureTable"][0][
        "energyInfrastructureSite"]}  # fmt: skip


def test_plug_power_and_the_price_on_the_spot_are_told(town, client):
    site = sites(client)["am-test"]
    assert site["operatingHours"] == {"afacOpenAllHours": {}}
    (station,) = site["energyInfrastructureStation"]
    assert (station["numberOfRefillPoints"], station["totalMaximumPower"]) == (2, 172_000)
    ac, dc = (one["aegiElectricChargingPoint"] for one in station["refillPoint"])
    assert (ac["currentType"]["value"], dc["currentType"]["value"]) == ("ac", "dc")
    assert ac["connector"][0]["connectorType"]["value"] == "iec62196T2"
    assert ac["connector"][0]["maxPowerAtSocket"] == 22_000
    assert "externalIdentifier" not in ac, "no official number is invented"
    (energy,) = ac["electricEnergy"]
    assert energy["isGreenEnergy"] is True
    kwh, minute = energy["energyRate"][0]["energyPrice"]
    # 0.437 and 2.521 / 60, each with 19 per cent.
    assert (kwh["priceType"]["value"], kwh["value"]) == ("pricePerKWh", 0.52)
    assert (minute["priceType"]["value"], minute["value"]) == ("pricePerMinute", 0.05)
    assert minute["timeBasedApplicability"] == {"fromMinute": 60}


def test_what_is_not_known_is_left_out(town, client):
    site = sites(client)["mit-zeiten"]
    assert "afacOperatingHoursSpecification" in site["operatingHours"]
    point = site["energyInfrastructureStation"][0]["refillPoint"][0]["aegiElectricChargingPoint"]
    assert "isGreenEnergy" not in point["electricEnergy"][0]


def test_status_and_table_speak_of_the_same_things(town, client):
    live.tell(town.evses.get(number=1).pk, "OUTOFORDER", clock.now())
    told = client.get(STATUS).json()["messageContainer"]["payload"][0]
    found = {}
    for site in told["aegiEnergyInfrastructureStatusPublication"]["energyInfrastructureSiteStatus"]:
        for point in site["energyInfrastructureStationStatus"][0]["refillPointStatus"]:
            one = point["aegiElectricChargingPointStatus"]
            found[one["reference"]["idG"]] = one["status"]["value"]
    assert found["am-test-1"] == "outOfOrder"
    assert found["am-test-2"] == "available"
    known = {point["aegiElectricChargingPoint"]["idG"] for site in sites(client).values()
             for point in site["energyInfrastructureStation"][0]["refillPoint"]}  # fmt: skip
    assert set(found) == known


def test_what_has_not_changed_is_not_sent_again(town, client):
    first = client.get(TABLE)
    again = client.get(TABLE, HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304
    assert first["Access-Control-Allow-Origin"] == "*"
