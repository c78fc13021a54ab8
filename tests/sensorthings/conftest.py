"""A client that speaks to the ASGI application in process, and a key that may write."""

import asyncio
import json
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from stadtkern.kernel.people.models import issue_key
from stadtkern.kernel.sensorthings import http, pool, work
from stadtkern.kernel.sensorthings.posts import door

BASE = "http://testserver/api/sensorthings/v1.1"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def number(self) -> int:
        """The id in the Location header."""
        return int(self.headers["location"].rpartition("(")[2].rstrip(")"))


@dataclass
class Client:
    """Sends requests on one event loop, so that the pool lives as long as the client."""

    key: str = ""
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def ask(
        self,
        method: str,
        address: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        **headers: str,
    ) -> Reply:
        return self.loop.run_until_complete(self.call(method, address, body, raw=raw, **headers))

    async def call(
        self,
        method: str,
        address: str,
        body: Any = None,
        *,
        raw: bytes | None = None,
        **headers: str,
    ) -> Reply:
        path, _, query = address.removeprefix(BASE).partition("?")
        sent = {"host": "testserver", **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.key and "authorization" not in sent:
            sent["authorization"] = f"Bearer {self.key}"
        if body is not None or raw is not None:
            sent.setdefault("content-type", "application/json")
        payload = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": http.PREFIX + (f"/{path.lstrip('/')}" if path else ""),
            "query_string": quote(query, safe="%$=&+,()'/;:*!").encode(),
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in sent.items()],
        }
        reply = Reply(0, {}, b"")

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": payload, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                reply.status = message["status"]
                reply.headers = {k.decode(): v.decode() for k, v in message["headers"]}
            else:
                reply.body += message["body"]

        await http.application(scope, receive, send)
        return reply

    def get(self, address: str, status: int = 200) -> Any:
        reply = self.ask("GET", address)
        assert reply.status == status, reply.body
        return reply.json

    def make(self, address: str, body: Any, status: int = 201, **headers: str) -> int:
        reply = self.ask("POST", address, body, **headers)
        assert reply.status == status, reply.body
        return reply.number

    def all(self, address: str) -> list[Any]:
        """Every entity, page after page."""
        found, link = [], address
        while link:
            page = self.get(link)
            found += page["value"]
            link = page.get("@iot.nextLink", "")
            assert urlsplit(link).hostname in (None, "testserver")
        return found

    def close(self) -> None:
        self.loop.run_until_complete(door.close())
        self.loop.run_until_complete(pool.close())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()


@pytest.fixture(autouse=True)
def _planned_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan keeps the limits that held when it was made, also those that a test set."""
    monkeypatch.setattr(work, "_kept", OrderedDict())


@pytest.fixture
def reader(transactional_db: None) -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


@pytest.fixture
def key(transactional_db: None) -> str:
    return issue_key(label="test program", scopes=("things:write",))[1]


@pytest.fixture
def api(key: str) -> Iterator[Client]:
    client = Client(key=key)
    yield client
    client.close()


SENSOR = {"name": "DHT22", "description": "d", "encodingType": "text/html", "metadata": "x"}
TEMPERATURE = {"name": "Temperature", "definition": "http://example.org/t", "description": "air"}
HERNE = {"type": "Point", "coordinates": [7.22, 51.54]}


def place(name: str = "Market") -> dict[str, Any]:
    return {
        "name": name,
        "description": "a square",
        "encodingType": "application/geo+json",
        "location": HERNE,
    }


def datastream(name: str = "Air temperature", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": "every minute",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "unitOfMeasurement": {"name": "degree Celsius", "symbol": "°C", "definition": "Cel"},
        "Sensor": SENSOR,
        "ObservedProperty": TEMPERATURE,
        **more,
    }


def thing(name: str = "Station", **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "on a pole", "properties": {"nr": 3}, **more}


@pytest.fixture
def stream(api: Client) -> int:
    """A datastream of a thing that stands somewhere."""
    made = api.make("/Things", thing(Locations=[place()], Datastreams=[datastream()]))
    return api.get(f"/Things({made})/Datastreams")["value"][0]["@iot.id"]
