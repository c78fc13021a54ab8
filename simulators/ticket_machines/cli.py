"""The command line of the ticket machines simulator."""

import argparse
import json
import random
import signal
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulators.ticket_machines.machine import WITH_PLATE, TicketMachine

PAUSE = 5.0
# More than four digits are no German plate: nobody's car is among them.
PLATES = 4000


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    told = wait_for(options.demo, stop)
    if told is None:
        return 0
    rng = random.Random(options.seed)
    machines = [made(one, told["base_url"], rng) for one in told["ticket_machines"]]
    remember(machines, options.state)
    print(f"{len(machines)} ticket machines sell {options.per_hour} tickets an hour", flush=True)
    drive(machines, rng, options.per_hour, stop, options.state)
    return 0


def wait_for(path: Path, stop: threading.Event) -> dict[str, Any] | None:
    """The demo's file, once it names machines; None where we are to end before."""
    while not stop.is_set():
        if path.exists():
            told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if told.get("ticket_machines"):
                return told
        stop.wait(0.5)
    return None


def made(row: dict[str, Any], base: str, rng: random.Random) -> TicketMachine:
    return TicketMachine(row["number"], row["key"], base, rng, paper=rng.randint(5, 400))


def drive(
    machines: list[TicketMachine], rng: random.Random, per_hour: float, stop: threading.Event,
    state: Path | None = None,
) -> None:  # fmt: skip
    """People park; each machine looks after itself, and keeps what it has not told yet."""
    due = 1.0
    while not stop.wait(PAUSE):
        now = datetime.now(UTC)
        for one in machines:
            if stop.is_set():
                break
            one.look(now)
        due += per_hour * PAUSE / 3600
        while due >= 1 and not stop.is_set():
            due -= 1
            plate = f"HER-D {10000 + rng.randrange(PLATES)}" if rng.random() < WITH_PLATE else ""
            rng.choice(machines).sell(datetime.now(UTC), plate)
        keep(machines, state)


def keep(machines: list[TicketMachine], path: Path | None) -> None:
    """Complete or not at all, as a machine's memory is."""
    if path is not None:
        part = path.with_name(f"{path.name}.part")
        part.write_text(json.dumps({one.number: one.kept() for one in machines}), encoding="utf-8")
        part.replace(path)


def remember(machines: list[TicketMachine], path: Path | None) -> None:
    if path is None or not path.exists():
        return
    rows = json.loads(path.read_text(encoding="utf-8"))
    for one in machines:
        if one.number in rows:
            one.remember(rows[one.number])


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py", description="Plays the city's ticket machines: coins, paper, faults."
    )
    add = parser.add_argument
    add("--demo", type=Path, required=True, help="demo.json with the city's address and the keys")
    add("--port", type=int, default=0, help="as all simulators have it; nothing is served here")
    add("--state", type=Path, help="where to remember what is not told yet")
    add("--per-hour", type=float, default=40, help="tickets sold in an hour by all machines")
    add("--seed", type=int, help="for the same day again")
    return parser
