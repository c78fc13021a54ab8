"""Each protocol against a peer that knows nothing of us, byte by byte where we defined it."""

import json
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from display_boards.conftest import KEY, NETWORKS
from stadtkern.systems.parking.boards import modbus as adapter_module
from stadtkern.systems.parking.boards.adapter import Unreachable
from stadtkern.systems.parking.boards.http import HttpBoard
from stadtkern.systems.parking.boards.modbus import ModbusBoard, where
from stadtkern.systems.parking.logic.boards.faces import Face, Line, same

FACE = Face(lines=(Line(text="Süd        42", arrow="half_left"), Line(text="P+R")), brightness=30)


def test_a_modbus_board_shows_all_lines_at_once_and_tells_what_is_lit(modbus_lamps):
    lamps, address = modbus_lamps
    board = ModbusBoard(address, NETWORKS)
    try:
        assert board.set_lines(FACE) == "acknowledged"
        assert [(one.text, one.arrow) for one in lamps.lit] == [
            ("Süd        42", "half_left"), ("P+R", ""), ("", ""),
        ]  # fmt: skip
        assert (lamps.brightness, lamps.orders, lamps.watchdog) == (30, 1, 1200)
        assert same(board.read_back().face, FACE)
        assert board.status().faults == ()
        lamps.switch("wrong")
        assert board.read_back().face.lines[0].text == "WILLKOMMEN"
        lamps.switch("lamp")
        assert board.status().faults == ("lamp",)
    finally:
        board.close()


def test_the_registers_are_those_of_the_reference(modbus_lamps):
    """A plain Modbus client sees what docs/reference/boards.md promises."""
    from pymodbus.client import ModbusTcpClient

    _lamps, address = modbus_lamps
    board = ModbusBoard(address, NETWORKS)
    board.set_lines(FACE)
    board.close()
    host, _, rest = address.partition(":")
    client = ModbusTcpClient(host, port=int(rest.partition("/")[0]), timeout=5)
    assert client.connect()
    read = client.read_holding_registers
    assert read(0, count=4).registers == [0x5342, 1, 3, 16]
    assert read(11, count=2).registers == [20, 30]  # minutes of the watchdog, brightness
    assert read(20, count=1).registers == [1]
    # Half left; "Sü", "d ", ... in Latin-1, two characters in each register.
    assert read(100, count=3).registers == [8, 0x53FC, 0x6420]
    assert read(300, count=3).registers == [8, 0x53FC, 0x6420]
    assert read(320, count=3).registers == [0, 0x502B, 0x5200]
    assert client.write_registers(300, [0]).isError()  # what is lit cannot be written
    client.close()


def test_a_board_that_is_not_there_or_no_board_is_said_so(modbus_lamps, monkeypatch):
    lamps, address = modbus_lamps
    monkeypatch.setattr(adapter_module, "TIMEOUT", 0.3)
    lamps.switch("cable")
    begun = time.monotonic()
    for ask in (ModbusBoard.read_back, ModbusBoard.status):
        with pytest.raises(Unreachable, match="antwortet nicht"):
            ask(ModbusBoard(address, NETWORKS))
    assert time.monotonic() - begun < 60
    lamps.switch("cable")
    with pytest.raises(Unreachable, match="private_networks"):
        ModbusBoard(address, ()).read_back()
    monkeypatch.setattr(adapter_module.registers, "MARK", 0x4242)
    with pytest.raises(Unreachable, match="keine Tafel"):
        ModbusBoard(address, NETWORKS).read_back()


@pytest.mark.parametrize("address", ["", ":502", "board:0", "board:x", "board/999"])
def test_an_address_that_cannot_be_is_refused(address):
    with pytest.raises(ValueError, match=r".*"):
        where(address)


class Peer(BaseHTTPRequestHandler):
    """A board of somebody else: notes what came, says what the test wants."""

    came: list = []
    says: list = []

    def _do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        Peer.came.append((self.command, self.path, self.headers.get("Authorization"), body))
        status, answer = Peer.says.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self):
        self._do()

    def do_PUT(self):
        self._do()

    def log_message(self, *_):
        pass


@pytest.fixture
def peer():
    Peer.came, Peer.says = [], []
    server = HTTPServer(("127.0.0.1", 0), Peer)
    thread = Thread(target=lambda: server.serve_forever(poll_interval=0.05))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/board/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_http_board_gets_json_and_a_key(peer):
    Peer.says = [(204, b"")]
    assert HttpBoard(peer, KEY, NETWORKS).set_lines(FACE) == "acknowledged"
    method, path, key, body = Peer.came[0]
    assert (method, path, key) == ("PUT", "/board/lines", f"Bearer {KEY}")
    assert json.loads(body) == {
        "lines": [{"text": "Süd        42", "arrow": "half_left"}, {"text": "P+R", "arrow": ""}],
        "brightness": 30,
    }


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((401, b"{}"), "401"),
        ((500, b""), "500"),
        ((200, b"<html>"), "JSON"),
        ((200, b"[1]"), "JSON"),
        ((200, b'{"lines": 7}'), "Zeilen"),
        ((200, b"x" * 70_000), "zu viel"),
        ((302, b""), "302"),
    ],
)
def test_a_strange_answer_is_a_failure_with_a_reason(peer, answer, words):
    Peer.says = [answer]
    with pytest.raises(Unreachable, match=words):
        HttpBoard(peer, KEY, NETWORKS).read_back()


def test_faults_that_are_not_known_count_for_the_controller(peer):
    Peer.says = [(200, b'{"lines": [], "faults": ["lamp", "squirrel"]}')]
    assert HttpBoard(peer, KEY, NETWORKS).status().faults == ("lamp", "controller")


def test_private_addresses_are_called_only_where_the_city_allows_it(peer):
    with pytest.raises(Unreachable, match="private_networks"):
        HttpBoard(peer, KEY, ()).read_back()
    assert Peer.came == []


def test_the_simulated_http_board_is_such_a_board(http_lamps):
    lamps, address = http_lamps
    board = HttpBoard(address, KEY, NETWORKS)
    board.set_lines(FACE)
    assert same(board.read_back().face, FACE)
    with pytest.raises(Unreachable, match="401"):
        HttpBoard(address, "another", NETWORKS).read_back()
    lamps.switch("cable")
    with pytest.raises(Unreachable):
        board.status()
