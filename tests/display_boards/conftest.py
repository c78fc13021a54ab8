"""Boards of the simulator in threads of this process, and boards of the city that speak to them."""

import sys
import threading
from pathlib import Path

import pytest
from django.utils.translation import override
from tree.conftest import unused_port

from stadtkern.kernel import registry
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.sealing import seal
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.boards import modbus as modbus_adapter
from stadtkern.systems.parking.models import Board, BoardLine
from stadtkern.systems.parking.settings import BoardSettings, ParkingSettings
from stadtkern.systems.parking.tests.conftest import CarPark

# The simulators are programs, not a part of the installed package.
sys.path.insert(0, str(Path(__file__).parents[2]))

from simulators.display_boards import modbus, web
from simulators.display_boards.board import Board as Lamps

NETWORKS = ("127.0.0.0/8", "::1/128")
KEY = "key-of-the-test"


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture(autouse=True)
def allowed(monkeypatch):
    """The boards are on this machine; a pulled cable is noticed sooner than in a city."""
    given = ParkingSettings(boards=BoardSettings(private_networks=NETWORKS))
    known = registry.settings_of

    def chosen(slug):
        return given if slug == "parking" else known(slug)

    monkeypatch.setattr(registry, "settings_of", chosen)
    monkeypatch.setattr(modbus_adapter, "TIMEOUT", 1.0)
    monkeypatch.setattr(modbus_adapter, "RETRIES", 0)
    return given


@pytest.fixture(scope="session")
def _modbus():
    port = unused_port()
    lamps = Lamps(name="modbus", title="M", protocol="Modbus TCP", rows=3)
    server = modbus.Server(lamps, "127.0.0.1", port)
    server.start()
    yield lamps, port
    server.stop()


@pytest.fixture(scope="session")
def _http():
    lamps = Lamps(name="http", title="H", protocol="HTTP", rows=2)
    server = web.Server("127.0.0.1", 0)
    server.service = web.Service([lamps], KEY, lambda: None)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05))
    thread.start()
    yield lamps, server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def _fresh(lamps):
    lamps.__init__(name=lamps.name, title=lamps.title, protocol=lamps.protocol, rows=lamps.rows)
    return lamps


@pytest.fixture
def modbus_lamps(_modbus):
    lamps, port = _modbus
    return _fresh(lamps), f"127.0.0.1:{port}/1"


@pytest.fixture
def http_lamps(_http):
    lamps, port = _http
    return _fresh(lamps), f"http://127.0.0.1:{port}/http"


@pytest.fixture
def car_park(db):
    """Ten bays, all of them heard; `hear_all(taken)` and a recount change the count."""

    class Counted(CarPark):
        def count(self, taken):
            from stadtkern.kernel import clock

            self.hear_all(taken, clock.now())
            logic.recount_site(self.place.pk)

    park = Counted(10)
    logic.make_missing()
    return park


@pytest.fixture
def facts(car_park):
    return logic.sites([car_park.place])[0].facts


@pytest.fixture
def board(db):
    def make(protocol, address, *sites, label="Bahnhof", **fields):
        place = Place.objects.create(
            kind="parking.board", name=f"Tafel {protocol}", name_en=f"Board {protocol}",
            geometry=point(7.2, 51.49),
        )  # fmt: skip
        made = Board.objects.create(
            place=place, uid=f"tafel-{protocol}", protocol=protocol, address=address, facing=0,
            secret=seal(KEY), low_word="", **fields,
        )  # fmt: skip
        line = BoardLine.objects.create(board=made, number=1, label=label, arrow="auto")
        line.sites.set(sites)
        return made

    return make
