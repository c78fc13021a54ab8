"""The command line of the sensor simulator."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from simulators.sensors import fleet, flood, live, replay
from simulators.sensors.air import Spot
from simulators.sensors.chirpstack import GATEWAYS, Radio, spreading_factor, topic
from simulators.sensors.downlinks import COMMANDS, Downlinks, Faults
from simulators.sensors.fleet import Device, Group
from simulators.sensors.formats import ENCODERS, Frame, full_name
from simulators.sensors.link import Address, Link, wait_for_connection

STATUS_EVERY = 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        address = Address.from_demo(options.demo)
        groups = fleet.load(options.fleet)
        if options.replay:
            options.format = full_name(options.format)
            check_columns(options.format, options.columns)
    except (OSError, ValueError, KeyError) as error:
        print(f"The simulator cannot start: {error}", file=sys.stderr)
        return 2
    return Simulator(options, address, groups).run()


class Simulator:
    """One run: the link to the broker, the radio, and the chosen mode."""

    def __init__(
        self, options: argparse.Namespace, address: Address, groups: tuple[Group, ...]
    ) -> None:
        self.options = options
        self.groups = groups
        self.stop = threading.Event()
        self.radio = Radio(options.gateways, options.seed)
        self.downlinks = Downlinks(self._answer, faults(options), options.seed)
        # Recorded and flooding devices listen to nobody.
        live_mode = not (options.replay or options.flood)
        listen = (COMMANDS, self.downlinks.command) if live_mode else None
        self.link = Link(address, self._client_id(), self.stop, listen)

    def _client_id(self) -> str:
        # A broker knows one session by one name: modes that run side by side need their own.
        if self.options.replay:
            return f"sensor-simulator-replay-{self.options.dev_eui}"
        return "sensor-simulator-flood" if self.options.flood else "sensor-simulator"

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        try:
            if self.options.replay:
                return self._replay()
            return self._flood() if self.options.flood else self._live()
        except (OSError, ValueError) as error:
            print(f"The simulator stops: {error}", file=sys.stderr)
            return 2
        finally:
            self.link.close()
            print(f"{self.link.acknowledged} of {self.link.published} uplinks acknowledged.")

    def _end(self, _number: int, _frame: object) -> None:
        self.stop.set()
        # Not from the handler itself: the main thread may hold the lock it needs.
        threading.Thread(target=self.link.wake, daemon=True).start()

    def _live(self) -> int:
        clock = live.Clock(self.options.speed)
        world = live.World(self._send, clock, self.options.seed, self._move)
        tasks = [
            task for group in self.groups for task in world.tasks(group, self.options.interval)
        ]
        tasks.append(live.Task(first=STATUS_EVERY, every=STATUS_EVERY, report=self._status))
        devices = sum(len(group.devices) for group in self.groups)
        print(f"Simulating {devices} sensors. Ctrl-C ends.", flush=True)
        live.run(tasks, clock, self.stop)
        return 0

    def _status(self, _now: datetime) -> None:
        link = self.link
        print(
            f"{link.acknowledged} uplinks acknowledged, {link.waiting} waiting, "
            f"{self.downlinks.taken} downlinks taken.",
            flush=True,
        )

    def _replay(self) -> int:
        options = self.options
        device = fleet.find(self.groups, options.dev_eui, options.format)
        encode = ENCODERS[options.format]
        rows = replay.readings(options.replay, options.columns, options.time_column)
        for when, values in replay.paced(rows, options.speed, self.stop):
            self._send(device, encode(**values), when)
        if not self.stop.is_set():
            self.link.settle(60)
        return 0

    def _flood(self) -> int:
        if not wait_for_connection(self.link, 10):
            raise OSError("no connection to the broker within 10 s")
        rate = flood.flood(
            self.groups, self.link, self._event, self.options.flood, self.options.rate
        )
        print(f"{rate:.0f} uplinks acknowledged per second.")
        return 0

    def _event(
        self, device: Device, frame: Frame, when: datetime | None = None
    ) -> tuple[str, bytes]:
        return topic(device), self.radio.event(device, frame, when)

    def _send(self, device: Device, frame: Frame, when: datetime | None = None) -> None:
        if self.radio.random.random() < self.options.rejoin:
            self.downlinks.joined(device)
        self.link.publish(*self._event(device, frame, when))
        self.downlinks.heard(device, spreading_factor(device))

    def _move(self, device: Device, frame: Frame, at: Spot, when: datetime | None) -> None:
        """Sent from where the device is now; a frame that no gateway hears is gone."""
        if self.stop.is_set():
            return
        if levels := self.radio.heard(at, device):
            self.link.publish(topic(device), self.radio.event(device, frame, when, levels))

    def _answer(self, topic: str, body: bytes) -> None:
        self.link.publish(topic, body)


def faults(options: argparse.Namespace) -> Faults:
    return Faults(nack=options.nack, gateway=options.gateway_errors, lost=options.lost_answers)


def check_columns(format_name: str, columns: dict[str, str]) -> None:
    if not columns:
        raise ValueError("--replay needs --columns, such as temperature=outdoor_temperature")
    try:
        ENCODERS[format_name](**dict.fromkeys(columns, 0.0))
    except TypeError as error:
        raise ValueError(f"{format_name} cannot send {', '.join(columns)}") from error


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py", description="Simulates LoRaWAN sensors behind a ChirpStack network server."
    )
    add = parser.add_argument
    add("--demo", type=Path, required=True, help="demo.json with the broker's address and log-in")
    add("--fleet", type=Path, default=fleet.FLEET, help="the simulated devices (TOML)")
    add("--seed", type=int, default=7, help="another seed makes other weather and other cars")
    add("--speed", type=float, default=1.0, help="how many times as fast time passes; see README")
    add("--interval", type=float, help="seconds between two reports of stations and counters")
    add("--gateways", type=int, choices=range(1, len(GATEWAYS) + 1), default=len(GATEWAYS),
        help="gateways that there are")  # fmt: skip
    add("--nack", type=float, default=0.05, help="share of downlinks that are not acknowledged")
    add("--gateway-errors", type=float, default=0.02, help="share of downlinks sent too late")
    add("--lost-answers", type=float, default=0.0, help="share of the network's answers lost")
    add("--rejoin", type=float, default=0.0, help="share of uplinks before which a device joins")
    add("--replay", type=Path, metavar="FILE", help="send recorded values (.csv, .csv.gz) instead")
    add("--format", default="milesight-em300-th", help=f"with --replay: {', '.join(ENCODERS)}")
    add("--dev-eui", default="02534b1000000001", help="with --replay: the device that reports")
    add("--columns", type=columns, default={}, help="with --replay: temperature=column,...")
    add("--time-column", default="", help="with --replay: else the first column")
    add("--flood", type=int, default=0, metavar="N", help="send N uplinks and print the rate")
    add("--rate", type=float, default=0, metavar="R", help="with --flood: at R a second")
    return parser


def columns(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(name and column for name, _, column in pairs):
        raise argparse.ArgumentTypeError("write name=column,name=column")
    return {name: column for name, _, column in pairs}
