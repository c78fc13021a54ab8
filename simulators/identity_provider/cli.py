"""The command line of the identity simulator."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from simulators.identity_provider.server import Server
from simulators.identity_provider.service import Service


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        host, port, key = address(options)
        server = Server(host, port)
    except (OSError, ValueError, KeyError) as error:
        print(f"The identity simulator cannot start: {error}", file=sys.stderr)
        return 2
    base = f"http://{'localhost' if host == '127.0.0.1' else host}:{server.server_port}"
    server.service = Service(key, base, options.state)
    for number in (signal.SIGTERM, signal.SIGINT):
        # Not in the handler: the server waits there for its own loop.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"Simulated identity providers at {base}. All people there are invented.", flush=True)
    server.serve_forever(poll_interval=0.2)
    server.server_close()
    return 0


def address(options: argparse.Namespace) -> tuple[str, int, str]:
    """From `demo.json`: `{"identity": {"host", "port", "key"}}`; or from the arguments."""
    if options.demo is None:
        return options.host, options.port, options.key
    told = json.loads(options.demo.read_text(encoding="utf-8"))["identity"]
    return told["host"], int(told["port"]), told["key"]


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py", description="Plays the BundID, an organisation account and a staff realm."
    )
    add = parser.add_argument
    add("--demo", type=Path, help="demo.json with address and key")
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=8097, help="0: any free one")
    add("--key", default="secret", help="the secret shared with the city")
    add("--state", type=Path, help="a file in which the last sign-ins outlive a restart")
    return parser
