"""A site with two outlets, and the city's own server for its socket."""

import socket as sockets
import threading
import time

import pytest
import uvicorn
from websockets import Subprotocol

from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.charging.logic import LOCATION, points, tokens
from stadtkern.systems.charging.models import (
    ChargePoint,
    Connector,
    Evse,
    Location,
    Outlet,
    Tariff,
)
from stadtkern.systems.charging.ocpp import door
from stadtkern.systems.charging.tests.ocpp.station import SLOW, Loop, Station, dial

PASSWORD = "a-password-of-twenty"
CARD, OTHER_CARD = "04A1B2C3D4", "04FFFFFFFF"
PROTOCOLS = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1"}
# 50 cents for a kWh and 10 cents for a begun minute after the fourth hour; without tax.
ELEMENTS = [
    {"price_components": [{"type": "ENERGY", "price": 0.50, "step_size": 1}]},
    {"price_components": [{"type": "TIME", "price": 6.0, "step_size": 60}],
     "restrictions": {"min_duration": 14400}},
]  # fmt: skip


async def application(scope, receive, send):
    """What the site's router does for `/ocpp/<rest>`."""
    await door.serve({**scope, "rest": scope["path"].removeprefix("/ocpp/")}, receive, send)


class Served:
    """uvicorn with the settings of the web process, on a free port of this machine."""

    def __init__(self):
        listening = sockets.socket()
        listening.bind(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{listening.getsockname()[1]}"
        self.server = uvicorn.Server(uvicorn.Config(
            application, lifespan="off", log_config=None, ws="websockets-sansio",
            ws_max_size=256 * 1024, ws_per_message_deflate=False, timeout_graceful_shutdown=3,
        ))  # fmt: skip
        self.thread = threading.Thread(target=self.server.run, args=([listening],), daemon=True)
        self.thread.start()
        until(lambda: self.server.started)

    def stop(self):
        self.server.should_exit = True
        self.thread.join(SLOW)


def until(true, seconds=SLOW):
    """Wait for what another thread does."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it never happened"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def served():
    made = Served()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def loop():
    made = Loop()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def password_hash():
    """Argon2 takes its time: once for all tests."""
    return points.hashed(PASSWORD)


class Site:
    """A location with two EVSEs at one charge point, a tariff and two cards."""

    def __init__(self, password, identity="CP-1"):
        place = Place.objects.create(kind=LOCATION, name="Testplatz", geometry=point(7.2, 51.5))
        self.tariff = Tariff.objects.create(uid=f"T-{identity}", title="50 ct", elements=ELEMENTS)
        self.location = Location.objects.create(place=place, uid=f"L-{identity}")
        self.point = ChargePoint.objects.create(
            identity=identity, location=self.location, admission="accepted", password=password
        )
        self.evses = [self._evse(number) for number in (1, 2)]
        self.outlets = [
            Outlet.objects.create(point=self.point, number=number, evse=evse)
            for number, evse in enumerate(self.evses, 1)
        ]

    def _evse(self, number):
        evse = Evse.objects.create(
            location=self.location, uid=f"{self.location.uid}-{number}", number=number
        )
        Connector.objects.create(
            evse=evse, standard="IEC_62196_T2", power_type="AC_3_PHASE", max_voltage=230,
            max_amperage=32, max_watt=22_000, tariff=self.tariff,
        )  # fmt: skip
        return evse

    def status(self, number):
        return Evse.objects.get(pk=self.evses[number - 1].pk).status


@pytest.fixture
def make_site(transactional_db, password_hash):
    tokens.issue(CARD, label="Karte 1")
    tokens.issue(OTHER_CARD, label="Karte 2")
    return lambda identity="CP-1": Site(password_hash, identity)


@pytest.fixture
def place(make_site):
    return make_site()


@pytest.fixture(autouse=True)
def _forgiving():
    """Wrong passwords of one test do not shut the door before the next one's stations."""
    door.throttle._failed.clear()
    yield
    door.throttle._failed.clear()


@pytest.fixture
def connect(served, loop):
    """`connect("CP-1")`: a station; all of them hang up before the test's rows go."""
    opened = []

    def open_(identity="CP-1", version="1.6"):
        wanted = [Subprotocol(PROTOCOLS[version])]
        socket = loop.run(dial(served.url, identity, PASSWORD, wanted))
        opened.append(Station(loop, socket, identity, version))
        until(lambda: ChargePoint.objects.get(identity=identity).is_connected)
        return opened[-1]

    yield open_
    for station in opened:
        station.close()
    until(lambda: not ChargePoint.objects.filter(line__isnull=False).exists())


@pytest.fixture
def station(place, connect):
    return connect()
