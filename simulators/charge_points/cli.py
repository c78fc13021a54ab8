"""The command line of the charge point simulator."""

import argparse
import asyncio
import json
import logging
import random
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from simulators.charge_points.point import Point
from simulators.charge_points.v16 import Point16
from simulators.charge_points.v201 import Point201
from simulators.charge_points.vehicle import Vehicle

SAVE_EVERY = 30.0


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    # The package shows every message; what matters stands in the city's own log.
    logging.getLogger("ocpp").setLevel(logging.CRITICAL)
    with suppress(KeyboardInterrupt):
        asyncio.run(play(options))
    return 0


async def play(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    told = await wait_for(options.demo, stop)
    if told is None:
        return
    points = made(told, options)
    remember(points, options.state)
    tasks = [asyncio.create_task(work) for one in points for work in (one.live(), one.connect())]
    tasks += [asyncio.create_task(one.live()) for one in vehicles(told)]
    tasks += [asyncio.create_task(keep(points, options.state)),
              asyncio.create_task(mishaps(points))]  # fmt: skip
    print(f"{len(points)} charge points, {options.lively} of them lively", flush=True)
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    save(points, options.state)


async def wait_for(path: Path, stop: asyncio.Event) -> dict[str, Any] | None:
    """The demo's file, once it names charge points; None where we are to end before."""
    while not stop.is_set():
        if path.exists():
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if told.get("charge_points"):
                return told
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await stop.wait()
    return None


def made(told: dict[str, Any], options: argparse.Namespace) -> list[Point]:
    cards, kinds = told["charge_cards"], {"1.6": Point16, "2.0.1": Point201}
    return [
        kinds[row["version"]](row, cards, told["base_url"], lively=at < options.lively)
        for at, row in enumerate(told["charge_points"])
    ]


def vehicles(told: dict[str, Any]) -> list[Vehicle]:
    """Those of the city's quarters that tell their battery."""
    keys = [one["key"] for one in told.get("keys", []) if one["scope"] == "things:write"]
    names = told.get("vehicles", []) if keys else []
    return [Vehicle(name, told["base_url"], keys[0]) for name in names]


async def mishaps(points: list[Point]) -> None:
    """What goes wrong with real ones: a forgotten end, a fault, a line that breaks."""
    rng = random.Random()
    lively = [one for one in points if one.lively]
    if not lively:
        return
    lively[0].outlets[0].forgets = True
    if len(points) > 1:
        broken = points[-1].outlets[0]
        broken.operative, broken.status = False, "Unavailable"
    while True:
        await asyncio.sleep(rng.uniform(120, 300))
        rng.choice(lively).lose_line(rng.uniform(60, 180))


def remember(points: list[Point], path: Path | None) -> None:
    """Meters go on where they stood."""
    if path is None or not path.exists():
        return
    known = json.loads(path.read_text(encoding="utf-8"))
    for one in points:
        for outlet in one.outlets:
            outlet.wh = max(outlet.wh, known.get(f"{one.identity}/{outlet.number}", 0.0))


async def keep(points: list[Point], path: Path | None) -> None:
    while True:
        await asyncio.sleep(SAVE_EVERY)
        save(points, path)


def save(points: list[Point], path: Path | None) -> None:
    if path is None:
        return
    known = {f"{one.identity}/{o.number}": round(o.wh, 1) for one in points for o in one.outlets}
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(known), encoding="utf-8")
    part.replace(path)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py", description="Plays the demo city's charge points over OCPP."
    )
    add = parser.add_argument
    add("--demo", type=Path, required=True, help="demo.json with the city's address and the points")
    add("--state", type=Path, help="where the meters are kept")
    add("--port", type=int, default=0, help="not used: charge points call the city")
    add("--lively", type=int, default=16, help="how many of the points have cars that come and go")
    return parser
