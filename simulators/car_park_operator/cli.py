"""What it is told when it starts, and its loop."""

import argparse
import json
import signal
from pathlib import Path
from types import FrameType

from simulators.car_park_operator.houses import Operator
from simulators.car_park_operator.server import Server

PORT = 8101


def main() -> int:
    """Serve until the signal to end."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--demo", type=Path, help="the demo file: the key lies beside it")
    told.add_argument("--port", type=int, default=PORT)
    told.add_argument("--host", default="127.0.0.1")
    given = told.parse_args()
    server = Server(given.host, given.port, Operator(), key=_key(given.demo))

    def end(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    try:
        server.serve_forever()
    except (KeyboardInterrupt, SystemExit):
        return 0
    return 0


def _key(demo: Path | None) -> str:
    """Without a contract everybody may read."""
    if demo is None:
        return ""
    path = demo.with_name("demo-car_park_operator.json")
    return str(json.loads(path.read_text(encoding="utf-8"))["key"]) if path.exists() else ""
