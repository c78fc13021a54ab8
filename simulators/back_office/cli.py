"""The command line of the back-office simulator."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from simulators.back_office.faults import NAMES, Faults
from simulators.back_office.server import Server
from simulators.back_office.service import Service
from simulators.back_office.store import Store


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        host, port, key, city = address(options)
        server = Server(host, port)
    except (OSError, ValueError, KeyError) as error:
        print(f"The back-office simulator cannot start: {error}", file=sys.stderr)
        return 2
    # As the city calls it: receipts name this address as their issuer.
    base = f"http://{host}:{server.server_port}"
    server.service = Service(
        Store(options.state), Faults(dict(options.fault), options.seed), key, base, city=city,
        auto=not options.by_hand, patience=options.patience,
    )  # fmt: skip
    for number in (signal.SIGTERM, signal.SIGINT):
        # Not in the handler: the server waits there for its own loop.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"Simulated back offices at {base}. Nobody decides anything here.", flush=True)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    return 0


def address(options: argparse.Namespace) -> tuple[str, int, str, str]:
    """From `demo.json`: `{"base_url", "back_office": {"host", "port", "key"}}`; or arguments."""
    if options.demo is None:
        return options.host, options.port, options.key, options.city
    told = json.loads(options.demo.read_text(encoding="utf-8"))
    ours = told["back_office"]
    return ours["host"], int(ours["port"]), ours["key"], told["base_url"]


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py", description="Plays FIT-Connect and the procedures of back offices."
    )
    add = parser.add_argument
    add("--demo", type=Path, help="demo.json with address and key")
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=8098, help="0: any free one")
    add("--key", default="secret", help="the secret of all contracts")
    add("--city", default="", help="address of the city, for callbacks; empty: none are sent")
    add("--state", type=Path, help="a file in which keys and cases outlive a restart")
    add("--by-hand", action="store_true", help="accept nothing by itself")
    add("--seed", type=int, default=7, help="another seed makes other faults")
    add("--fault", type=fault, action="append", default=[], metavar="NAME=SHARE",
        help=f"how often something goes wrong: {', '.join(NAMES)}")  # fmt: skip
    add("--patience", type=float, default=30.0, help="seconds of a time-out")
    return parser


def fault(text: str) -> tuple[str, float]:
    name, _, share = text.partition("=")
    if name not in NAMES:
        raise argparse.ArgumentTypeError(f"choose from {', '.join(NAMES)}")
    return name, float(share or 1)
