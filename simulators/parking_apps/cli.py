"""The command line of the parking apps simulator."""

import argparse
import json
import random
import signal
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulators.parking_apps.app import App, Running, Unreachable

PAUSE, ZONES_AGAIN = 5.0, 600
# More than four digits are no German plate: nobody's car is among them.
PLATES = 4000
MOST = 40


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    told = wait_for(options.demo, stop)
    if told is None:
        return 0
    rng = random.Random(options.seed)
    apps = [made(one, told["base_url"], rng) for one in told["parking_apps"]]
    remember(apps, options.state)
    print(f"{len(apps)} parking apps sell {options.per_hour} parkings an hour", flush=True)
    drive(apps, rng, options.per_hour, stop)
    keep(apps, options.state)
    return 0


def wait_for(path: Path, stop: threading.Event) -> dict[str, Any] | None:
    """The demo's file, once it names apps; None where we are to end before."""
    while not stop.is_set():
        if path.exists():
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if told.get("parking_apps"):
                return told
        stop.wait(0.5)
    return None


def made(row: dict[str, Any], base: str, rng: random.Random) -> App:
    return App(row["slug"], row["name"], row["key"], row["surcharge"], base, rng)


def drive(apps: list[App], rng: random.Random, per_hour: float, stop: threading.Event) -> None:
    """Sell now and then, follow what runs; a city that does not answer is asked again."""
    due = 1.0
    while not stop.wait(PAUSE):
        due += per_hour * PAUSE / 3600
        for app in apps:
            try:
                if not app.zones or rng.random() < PAUSE / ZONES_AGAIN:
                    app.learn_zones()
                app.follow(datetime.now(UTC))
            except Unreachable as error:
                print(f"{app.name}: {error}", flush=True)
        while due >= 1:
            due -= 1
            sell(apps, rng)


def sell(apps: list[App], rng: random.Random) -> None:
    """One driver with one of the apps, unless enough cars stand already."""
    app = rng.choices(apps, [one.profile.share for one in apps])[0]
    if not app.zones or len(app.running) >= MOST:
        return
    plate = f"HER-D {10000 + rng.randrange(PLATES)}"
    try:
        app.sell(datetime.now(UTC), plate)
    except Unreachable as error:
        print(f"{app.name}: {error}", flush=True)


def keep(apps: list[App], path: Path | None) -> None:
    """What runs, so that a restart stops what it sold; without plates."""
    if path is not None:
        rows = {app.slug: [[one.id, one.back.isoformat(),
                            one.until.isoformat() if one.until else None]
                           for one in app.running] for app in apps}  # fmt: skip
        path.write_text(json.dumps(rows), encoding="utf-8")


def remember(apps: list[App], path: Path | None) -> None:
    if path is None or not path.exists():
        return
    rows = json.loads(path.read_text(encoding="utf-8"))
    for app in apps:
        for one, back, until in rows.get(app.slug, ()):
            ends = datetime.fromisoformat(until) if until else None
            app.running.append(Running(one, "", datetime.fromisoformat(back), ends))


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py", description="Plays the seven apps that sell parking in the demo city."
    )
    add = parser.add_argument
    add("--demo", type=Path, required=True, help="demo.json with the city's address and the keys")
    add("--port", type=int, default=0, help="as all simulators have it; nothing is served here")
    add("--state", type=Path, help="where to remember what runs")
    add("--per-hour", type=float, default=60, help="parkings sold in an hour by all apps")
    add("--seed", type=int, help="for the same day again")
    return parser
