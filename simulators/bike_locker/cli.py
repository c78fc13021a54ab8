"""The command line of the bike locker simulator."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from simulators.bike_locker import page
from simulators.bike_locker.controller import Controller, Door
from simulators.bike_locker.link import Link


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    told = wait_for(options.demo, stop)
    if told is None:
        return 0
    controllers = [made(one) for one in told["lockers"]]
    try:
        server = page.serve(controllers, options.port)
    except OSError as error:
        print(f"The simulator cannot start: {error}", file=sys.stderr)
        return 2
    for one in controllers:
        one.skew = options.skew
        Link(one, told["base_url"], stop).start()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"Bike lockers to play with: http://127.0.0.1:{options.port}/", flush=True)
    closes = timedelta(seconds=options.closes_after) if options.closes_after else None
    while not stop.wait(1):
        for one in controllers:
            one.tick(timedelta(seconds=options.left_open_after), closes)
            if options.lively:
                one.live()
    server.shutdown()
    return 0


def wait_for(path: Path, stop: threading.Event) -> dict[str, Any] | None:
    """The demo's file, once it names controllers; None where we are to end before."""
    while not stop.is_set():
        if path.exists():
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if told.get("lockers"):
                return told
        stop.wait(0.5)
    return None


def made(row: dict[str, Any]) -> Controller:
    doors = {
        b["number"]: Door(b["number"], b.get("size", ""), bike=b["bike"]) for b in row["boxes"]
    }
    return Controller(row["facility"], row["title"], row["key"], row["secret"], doors)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py", description="Plays the controllers of the demo city's bike boxes."
    )
    add = parser.add_argument
    add("--demo", type=Path, required=True, help="demo.json with the city's address and the keys")
    add("--port", type=int, default=8096, help="where the page to play with answers")
    add("--skew", type=float, default=0, help="seconds by which the controllers' clocks are wrong")
    add("--left-open-after", type=float, default=600, help="seconds until an open door is told")
    add("--closes-after", type=float, default=0, help="seconds until somebody closes an open door")
    add(
        "--lively", action="store_true", help="people fetch their bicycles at the end by themselves"
    )
    return parser
