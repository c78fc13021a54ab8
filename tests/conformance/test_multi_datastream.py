"""18-088, MultiDatastream extension: properties, relations, constraints."""

from datetime import datetime
from typing import Any

import pytest
from conformance.conftest import (
    COMPLEX,
    MEASUREMENT,
    Service,
    location,
    moment,
    number,
    observed,
    sensor,
    thing,
)

pytestmark = pytest.mark.django_db

UNITS = [
    {"name": "degree Celsius", "symbol": "°C", "definition": "Cel"},
    {"name": "percent", "symbol": "%", "definition": "%"},
]


def multi(**more: Any) -> dict[str, Any]:
    return {
        "name": "Weather",
        "description": "temperature and humidity",
        "observationType": COMPLEX,
        "multiObservationDataTypes": [MEASUREMENT, MEASUREMENT],
        "unitOfMeasurements": UNITS,
        "properties": {"model": 7},
        "Sensor": sensor(),
        "ObservedProperties": [observed("Air temperature"), observed("Humidity")],
        **more,
    }


@pytest.fixture(scope="module")
def made(service: Service) -> str:
    station = service.make(
        "/Things", thing("with much", Locations=[location()], MultiDatastreams=[multi()])
    )
    (one,) = service.values(f"{station}/MultiDatastreams")
    for hour in range(3):
        service.make(
            f"{one['@iot.selfLink']}/Observations",
            {"phenomenonTime": moment(hour), "resultTime": moment(hour), "result": [hour, 50]},
        )
    return str(one["@iot.selfLink"])


def test_req_multi_datastream_properties(service: Service, made: str) -> None:
    one = service.get(made)
    sent = multi()
    for key in (
        "name",
        "description",
        "observationType",
        "multiObservationDataTypes",
        "unitOfMeasurements",
        "properties",
    ):
        assert one[key] == sent[key]
    for key in ("phenomenonTime", "resultTime"):
        first, last = (datetime.fromisoformat(part) for part in one[key].split("/"))
        assert (last - first).total_seconds() == 7200
    assert "MultiDatastreams" in [s["name"] for s in service.get("")["value"]]
    assert service.get(f"/MultiDatastreams({one['@iot.id']})") == one


@pytest.mark.parametrize(
    "key", ["name", "description", "multiObservationDataTypes", "unitOfMeasurements"]
)
def test_req_multi_datastream_properties_are_mandatory(service: Service, key: str) -> None:
    body = {k: v for k, v in multi(Thing=thing()).items() if k != key}
    service.refused("POST", "/MultiDatastreams", 400, body)


def test_req_multi_datastream_relations(service: Service, made: str) -> None:
    one = service.get(f"{made}?$expand=Thing,Sensor,ObservedProperties,Observations")
    assert one["Thing"]["name"] == "with much"
    assert one["Sensor"]["name"] == "DHT22"
    assert [p["name"] for p in one["ObservedProperties"]] == ["Air temperature", "Humidity"]
    assert [o["result"] for o in one["Observations"]] == [[0, 50], [1, 50], [2, 50]]
    for address in (
        one["Thing"]["@iot.selfLink"],
        one["Sensor"]["@iot.selfLink"],
        one["ObservedProperties"][1]["@iot.selfLink"],
    ):
        assert made in [m["@iot.selfLink"] for m in service.values(f"{address}/MultiDatastreams")]
    value = one["Observations"][0]["@iot.selfLink"]
    assert service.get(f"{value}/MultiDatastream")["@iot.selfLink"] == made


def test_req_multi_datastream_relations_may_be_existing_entities(service: Service) -> None:
    known = [service.make("/ObservedProperties", observed(name)) for name in ("a", "b")]
    body = multi(
        Thing=thing(), ObservedProperties=[{"@iot.id": number(address)} for address in known]
    )
    one = service.make("/MultiDatastreams", body)
    found = service.values(f"{one}/ObservedProperties")
    assert [p["@iot.selfLink"] for p in found] == known


@pytest.mark.parametrize(
    "change",
    [
        {"unitOfMeasurements": UNITS[:1]},
        {"multiObservationDataTypes": [MEASUREMENT] * 3},
        {"ObservedProperties": [observed("only one")]},
        {"observationType": MEASUREMENT},
    ],
)
def test_req_multi_datastream_constraints(service: Service, change: dict[str, Any]) -> None:
    service.refused("POST", "/MultiDatastreams", 400, multi(Thing=thing(), **change))


@pytest.mark.parametrize("result", [[1], [1, 2, 3], 5, "x", None])
def test_req_multi_datastream_constraints_on_results(
    service: Service, made: str, result: Any
) -> None:
    body = {"phenomenonTime": moment(50), "result": result}
    service.refused("POST", f"{made}/Observations", 400, body)


def test_req_multi_datastream_constraints_on_the_observed_properties(
    service: Service, made: str
) -> None:
    service.refused("POST", f"{made}/ObservedProperties", 400, observed("third"))
    first = service.values(f"{made}/ObservedProperties")[0]["@iot.selfLink"]
    one = service.make(
        "/MultiDatastreams",
        multi(Thing=thing(), ObservedProperties=[{"@iot.id": number(first)}, observed("own")]),
    )
    other = service.values(f"{one}/ObservedProperties")[1]["@iot.selfLink"]
    assert service.ask("DELETE", other).status_code == 200
    service.refused("GET", one, 404)
    assert service.get(first)["@iot.selfLink"] == first
