"""The service on a loopback port, and a client that knows of it only what the standard says."""

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import uvicorn
from django.core.management import call_command
from django.db import connection, connections
from pytest_django.plugin import DjangoDbBlocker

from stadtkern.kernel.people.models import issue_key
from stadtkern.kernel.sensorthings import http

MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
CATEGORY = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CategoryObservation"
COMPLEX = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation"


@dataclass
class Service:
    """Addresses are absolute, or below the service root."""

    base: str
    key: str
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, address: str, body: Any = None, **more: Any) -> requests.Response:
        url = address if address.startswith("http") else f"{self.base}{address}"
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        given = {"json": body} if body is not None else {}
        return self.session.request(method, url, headers=headers, timeout=30, **given, **more)

    def get(self, address: str, status: int = 200) -> Any:
        reply = self.ask("GET", address)
        assert reply.status_code == status, (address, reply.status_code, reply.text)
        return reply.json() if reply.content else None

    def values(self, address: str) -> list[Any]:
        found = self.get(address)["value"]
        assert isinstance(found, list)
        return found

    def make(self, address: str, body: Any) -> str:
        """Creates an entity; its address, as the Location header says."""
        reply = self.ask("POST", address, body)
        assert reply.status_code == 201, (address, reply.status_code, reply.text)
        return str(reply.headers["Location"])

    def change(self, method: str, address: str, body: Any, status: int = 200, **more: Any) -> None:
        reply = self.ask(method, address, body, **more)
        assert reply.status_code == status, (address, reply.status_code, reply.text)

    def refused(self, method: str, address: str, status: int, body: Any = None) -> None:
        reply = self.ask(method, address, body)
        assert reply.status_code == status, (method, address, reply.status_code, reply.text)


def number(address: str) -> int:
    """The id in a self link."""
    found = re.search(r"\((\d+)\)$", address)
    assert found, address
    return int(found[1])


@pytest.fixture(scope="module")
def service(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Service]:
    """One service for all tests of a module; each test makes what it needs."""
    with django_db_blocker.unblock():
        secret = issue_key(label="conformance", scopes=("things:write",))[1]
        door = socket.socket()
        door.bind(("127.0.0.1", 0))
        door.listen()
        config = uvicorn.Config(http.application, log_level="warning", lifespan="on")
        server = uvicorn.Server(config)
        running = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        running.start()
        address = f"http://127.0.0.1:{door.getsockname()[1]}{http.PREFIX}"
        yield Service(base=address, key=secret)
        server.should_exit = True
        running.join(10)
        assert not running.is_alive()
        call_command("flush", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("truncate things_observation, things_hour, things_day")
        connections.close_all()


def point(east: float, north: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [east, north]}


def location(name: str = "Market", geometry: Any = None) -> dict[str, Any]:
    return {
        "name": name,
        "description": "a square",
        "encodingType": "application/geo+json",
        "location": geometry or point(7.22, 51.54),
        "properties": {"level": 1},
    }


def sensor(name: str = "DHT22") -> dict[str, Any]:
    return {
        "name": name,
        "description": "measures",
        "encodingType": "application/pdf",
        "metadata": "https://example.org/dht22.pdf",
        "properties": {"maker": "x"},
    }


def observed(name: str = "Air temperature") -> dict[str, Any]:
    return {
        "name": name,
        "definition": "http://example.org/AirTemperature",
        "description": "of the air",
        "properties": {"cf": "air_temperature"},
    }


def datastream(name: str = "Temperature", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": "every ten minutes",
        "observationType": MEASUREMENT,
        "unitOfMeasurement": {
            "name": "degree Celsius",
            "symbol": "°C",
            "definition": "http://unitsofmeasure.org/ucum.html#para-30",
        },
        "properties": {"model": 7},
        "Sensor": sensor(),
        "ObservedProperty": observed(),
        **more,
    }


def thing(name: str = "Station", **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "on a pole", "properties": {"nr": 3}, **more}


def feature(name: str = "Air at the market") -> dict[str, Any]:
    return {
        "name": name,
        "description": "what is measured",
        "encodingType": "application/geo+json",
        "feature": point(7.22, 51.54),
        "properties": {"kind": "air"},
    }


FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def moment(hours: float) -> str:
    return (FIRST + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def observation(result: Any, hours: float = 0, **more: Any) -> dict[str, Any]:
    return {
        "phenomenonTime": moment(hours),
        "resultTime": moment(hours),
        "result": result,
        "resultQuality": "good",
        "validTime": f"{moment(hours)}/{moment(hours + 24)}",
        "parameters": {"tilt": 30},
        **more,
    }


@dataclass(frozen=True)
class World:
    """One thing with all that hangs on it, by address; `address` gives one of each entity set."""

    address: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.address[name]


@pytest.fixture(scope="module")
def world(service: Service) -> World:
    """Made by one deep insert, with ten observations whose results are 0 to 9, hour by hour."""
    made = service.make(
        "/Things",
        thing(
            Locations=[location()],
            Datastreams=[
                datastream(
                    Observations=[
                        observation(n, n, **({"FeatureOfInterest": feature()} if n == 0 else {}))
                        for n in range(10)
                    ]
                )
            ],
        ),
    )
    stream = service.values(f"{made}/Datastreams")[0]["@iot.selfLink"]
    first = service.values(f"{stream}/Observations?$orderby=phenomenonTime&$top=1")[0]
    return World(
        {
            "Things": made,
            "Locations": service.values(f"{made}/Locations")[0]["@iot.selfLink"],
            "HistoricalLocations": service.values(f"{made}/HistoricalLocations")[0][
                "@iot.selfLink"
            ],
            "Datastreams": stream,
            "Sensors": service.get(f"{stream}/Sensor")["@iot.selfLink"],
            "ObservedProperties": service.get(f"{stream}/ObservedProperty")["@iot.selfLink"],
            "Observations": first["@iot.selfLink"],
            "FeaturesOfInterest": service.get(f"{first['@iot.selfLink']}/FeatureOfInterest")[
                "@iot.selfLink"
            ],
        }
    )
