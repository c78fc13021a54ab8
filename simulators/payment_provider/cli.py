"""The command line of the payment simulator."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from simulators.payment_provider.faults import NAMES, Faults
from simulators.payment_provider.server import Server
from simulators.payment_provider.service import Service
from simulators.payment_provider.store import Store


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        host, port, key = address(options)
        server = Server(host, port)
    except (OSError, ValueError, KeyError) as error:
        print(f"The payment simulator cannot start: {error}", file=sys.stderr)
        return 2
    base = f"http://{'localhost' if host == '127.0.0.1' else host}:{server.server_port}"
    server.service = Service(
        Store(options.state), Faults(dict(options.fault), options.seed), key, base,
        late=options.late, patience=options.patience,
    )  # fmt: skip
    for number in (signal.SIGTERM, signal.SIGINT):
        # Not in the handler: the server waits there for its own loop.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"Simulated payment providers at {base}. No money flows here.", flush=True)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    return 0


def address(options: argparse.Namespace) -> tuple[str, int, str]:
    """From `demo.json`: `{"payments": {"host", "port", "key"}}`; or from the arguments."""
    if options.demo is None:
        return options.host, options.port, options.key
    told = json.loads(options.demo.read_text(encoding="utf-8"))["payments"]
    return told["host"], int(told["port"]), told["key"]


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py", description="Plays payment providers and the city's bank."
    )
    add = parser.add_argument
    add("--demo", type=Path, help="demo.json with address and key")
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=8095, help="0: any free one")
    add("--key", default="secret", help="the secret of all contracts")
    add("--state", type=Path, help="a file in which payments outlive a restart")
    add("--seed", type=int, default=7, help="another seed makes other faults")
    add("--fault", type=fault, action="append", default=[], metavar="NAME=SHARE",
        help=f"how often something goes wrong: {', '.join(NAMES)}")  # fmt: skip
    add("--late", type=float, default=8.0, help="seconds after which a late callback comes")
    add("--patience", type=float, default=15.0, help="seconds of a time-out")
    return parser


def fault(text: str) -> tuple[str, float]:
    name, _, share = text.partition("=")
    if name not in NAMES:
        raise argparse.ArgumentTypeError(f"choose from {', '.join(NAMES)}")
    return name, float(share or 1)
