"""What it is told when it starts, and its loop."""

import argparse
import signal
from pathlib import Path
from types import FrameType

from simulators.vehicle_sharing.server import Server

PORT = 8102


def main() -> int:
    """Serve until the signal to end."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--demo", type=Path, help="the demo file; nothing in it is needed")
    told.add_argument("--port", type=int, default=PORT)
    told.add_argument("--host", default="127.0.0.1")
    given = told.parse_args()
    server = Server(given.host, given.port)

    def end(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    try:
        server.serve_forever()
    except (KeyboardInterrupt, SystemExit):
        return 0
    return 0
