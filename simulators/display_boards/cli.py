"""The command line of the simulator of display boards."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from simulators.display_boards import modbus
from simulators.display_boards.board import Board
from simulators.display_boards.lorawan import COMMANDS, Modem
from simulators.display_boards.web import Server, Service, keeper
from simulators.sensors.link import Address, Link

HOST, PORT, MODBUS = "127.0.0.1", 8100, 20
CONTRACT = "demo-display_boards.json"


def boards() -> tuple[Board, Board, Board]:
    """The same three in every run; all invented."""
    return (
        Board(name="modbus", title="Anzeigetafel Bahnhof Herne", protocol="Modbus TCP", rows=3,
              watchdog=1200),
        Board(name="http", title="Wegweiser Zufahrt West", protocol="HTTP", rows=2, watchdog=1200),
        Board(name="lorawan", title="Anzeigetafel Wanne-Eickel Hbf", protocol="LoRaWAN", rows=2,
              watchdog=3600),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    stop = threading.Event()
    ours = boards()
    restore(ours, options.state)
    try:
        port, key = contract(options)
        server = Server(HOST, port)
        bus = modbus.Server(ours[0], HOST, server.server_port + MODBUS)
        bus.start()
    except (OSError, ValueError, KeyError) as error:
        print(f"The simulator of display boards cannot start: {error}", file=sys.stderr)
        return 2
    keep = keeper(ours, writer(options.state))
    server.service = Service(ours, key, keep)
    radio(ours[2], options.demo, stop)
    threading.Thread(target=ticks, args=(ours, keep, stop), daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Not in the handler: the server waits there for its own loop.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"Simulated display boards at http://{HOST}:{server.server_port}.", flush=True)
    server.serve_forever(poll_interval=0.2)
    stop.set()
    bus.stop()
    server.server_close()
    return 0


def contract(options: argparse.Namespace) -> tuple[int, str]:
    """Port and key: from the contract beside `demo.json`, or from the arguments."""
    if options.demo is None:
        return options.port, options.key
    told = json.loads((options.demo.parent / CONTRACT).read_text(encoding="utf-8"))
    return int(told["port"]), told["key"]


def radio(board: Board, demo: Path | None, stop: threading.Event) -> None:
    """The link to the broker, where there is one."""
    if demo is None:
        return
    links: list[Link] = []
    modem = Modem(board, lambda topic, body: links[0].publish(topic, body))
    links.append(Link(Address.from_demo(demo), "display-board-simulator", stop,
                      (COMMANDS, modem.command)))  # fmt: skip
    threading.Thread(target=modem.keep_reporting, args=(stop,), daemon=True).start()


def ticks(ours: Sequence[Board], keep: Callable[[], None], stop: threading.Event) -> None:
    while not stop.wait(5.0):
        for one in ours:
            one.tick()
        keep()


def restore(ours: Sequence[Board], path: Path | None) -> None:
    """As they were before; a file that cannot be read is as none."""
    if path is None or not path.exists():
        return
    kept = json.loads(path.read_text(encoding="utf-8"))
    for one in ours:
        if one.name in kept:
            one.restore(kept[one.name])


def writer(path: Path | None) -> Callable[[str], None]:
    """Writes the file as a whole or not at all."""

    def write(content: str) -> None:
        if path is not None:
            part = path.with_suffix(".part")
            part.write_text(content, encoding="utf-8")
            part.replace(path)

    return write


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py", description="Plays three display boards: Modbus TCP, HTTP and LoRaWAN."
    )
    add = parser.add_argument
    add("--demo", type=Path, help=f"demo.json with the broker; beside it lies {CONTRACT}")
    add(
        "--port", type=int, default=PORT, help="of page and HTTP board; Modbus has the one 20 above"
    )
    add("--key", default="secret", help="the HTTP board's key")
    add("--state", type=Path, help="a file in which the boards outlive a restart")
    return parser
