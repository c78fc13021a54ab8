"""The live mode: every device reports when its time has come."""

import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from simulators.sensors import drive
from simulators.sensors.air import Spot
from simulators.sensors.bays import Bays
from simulators.sensors.counting import passed_by
from simulators.sensors.fleet import Device, Group
from simulators.sensors.formats import (
    Frame,
    adeunis_pulse,
    bosch_tps110,
    decentlab_dl_pm,
    lpp_gps,
    milesight_em300_th,
    milesight_vs133,
)
from simulators.sensors.lanes import Lanes
from simulators.sensors.outdoors import Outdoors

Send = Callable[[Device, Frame], None]
Report = Callable[[datetime], None]
# A frame from a device that moves: where it is, and when that was unless it is now.
Move = Callable[[Device, Frame, Spot, datetime | None], None]

FIRST_REPORTS_WITHIN = 20.0
BAYS_EVERY = 1.0
LANES_EVERY = 5.0
DRIVES_AFTER = 15.0
YEAR = 365 * 86_400.0


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something to do `first` seconds after the start and then every so many seconds."""

    first: float
    every: float
    report: Report


class Clock:
    """The time by which the sensors' world goes; `speed` makes its day pass faster."""

    def __init__(self, speed: float = 1.0, start: datetime | None = None) -> None:
        self.speed = speed
        self.start = start or datetime.now(UTC)
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(time.monotonic() - self._began) * self.speed)


class World:
    """What the simulated devices measure, and their reports."""

    def __init__(self, send: Send, clock: Clock, seed: int, move: Move | None = None) -> None:
        self.send = send
        self.move = move
        self.clock = clock
        self.seed = seed
        self.random = random.Random(seed)
        self.outdoors = Outdoors(seed)

    def tasks(self, group: Group, interval: float | None = None) -> Iterator[Task]:
        if group.behaviour == "commuters":
            yield from self._commuters(group)
            return
        if group.behaviour == "lanes":
            yield from self._lanes(group, interval or group.interval)
            return
        if group.behaviour == "drive":
            yield from self._drives(group, interval or group.interval)
            return
        report = {"climate": self.climate, "air": self.air, "people": self.people}[group.behaviour]
        for device in group.devices:
            yield self._spread(report(device), interval or group.interval)

    def _spread(self, report: Report, every: float) -> Task:
        first = self.random.uniform(0, min(FIRST_REPORTS_WITHIN, every))
        return Task(first=first, every=every, report=report)

    def _commuters(self, group: Group) -> Iterator[Task]:
        bays = Bays(len(group.devices), self.clock.now(), f"{self.seed} {group.name}")
        for device in group.devices:
            yield self._spread(self._heartbeat(device, bays), group.interval)

        def pass_time(now: datetime) -> None:
            for bay in bays.pass_time(BAYS_EVERY, now):
                self.send(group.devices[bay], bosch_tps110(occupied=bays.taken[bay]))

        yield Task(first=FIRST_REPORTS_WITHIN, every=BAYS_EVERY, report=pass_time)

    def _lanes(self, group: Group, every: float) -> Iterator[Task]:
        """The first device counts at the entry, the second at the exit."""
        lanes = Lanes(self.clock.now(), f"{self.seed} {group.name}")

        def pass_time(now: datetime) -> None:
            lanes.pass_time(LANES_EVERY * self.clock.speed, now)

        yield Task(first=LANES_EVERY, every=LANES_EVERY, report=pass_time)
        for device in group.devices:
            yield self._spread(self._total(device, lanes), every)

    def _total(self, device: Device, lanes: Lanes) -> Report:
        numbers = itertools.count()

        def report(_now: datetime) -> None:
            total = lanes.entered if device.number == 1 else lanes.left
            self.send(device, adeunis_pulse(counter_a=total, number=next(numbers) % 8))

        return report

    def _drives(self, group: Group, every: float) -> Iterator[Task]:
        """Once what was recorded on earlier days, then a round without an end."""
        if self.move is None:
            return
        for device in group.devices:
            yield Task(first=DRIVES_AFTER, every=YEAR, report=self._recorded(device))
            yield self._spread(self._driving(device), every)

    def _recorded(self, device: Device) -> Report:
        def report(now: datetime) -> None:
            for when, at in drive.drives(now):
                self._moved(device, at, when)

        return report

    def _driving(self, device: Device) -> Report:
        steps = itertools.count()

        def report(now: datetime) -> None:
            self._moved(device, drive.place(next(steps), f"{self.seed} {now:%Y-%m-%d}"), None)

        return report

    def _moved(self, device: Device, at: Spot, when: datetime | None) -> None:
        if self.move is not None:
            self.move(device, lpp_gps(longitude=at[0], latitude=at[1]), at, when)

    def _heartbeat(self, device: Device, bays: Bays) -> Report:
        def report(now: datetime) -> None:
            warmth = self.outdoors.temperature(0, now)
            taken = bays.taken[device.number - 1]
            self.send(device, bosch_tps110(occupied=taken, temperature=warmth))

        return report

    def climate(self, device: Device) -> Report:
        def report(now: datetime) -> None:
            frame = milesight_em300_th(
                temperature=self.outdoors.temperature(device.number, now),
                humidity=self.outdoors.humidity(device.number, now),
                battery=100 - 3 * device.number,
            )
            self.send(device, frame)

        return report

    def air(self, device: Device) -> Report:
        def report(now: datetime) -> None:
            frame = decentlab_dl_pm(
                device_id=device.number,
                temperature=self.outdoors.temperature(10 + device.number, now),
                humidity=self.outdoors.humidity(10 + device.number, now),
                pressure=self.outdoors.pressure(now),
                **self.outdoors.dust(device.number, now),
            )
            self.send(device, frame)

        return report

    def people(self, device: Device) -> Report:
        share = 1 / device.number
        before: dict[str, int] = {}

        def report(now: datetime) -> None:
            # As many come as go by evening: those who go were here 40 minutes ago.
            total = {"in": passed_by(now, share), "out": passed_by(now - STAY, share)}
            counts: dict[str, int] = {}
            for way, count in total.items():
                # Never backwards, not even in the hour that summer time ends.
                count = max(count, before.get(way, 0))
                counts[f"line_1_total_{way}"] = count
                counts[f"line_1_period_{way}"] = count - before.get(way, count)
                before[way] = count
            self.send(device, milesight_vs133(**counts))

        return report


STAY = timedelta(minutes=40)


def run(tasks: list[Task], clock: Clock, stop: threading.Event) -> None:
    """Does the tasks in the order of their times until told to stop."""
    order = itertools.count()
    began = time.monotonic()
    due = [(began + task.first, next(order), task) for task in tasks]
    heapq.heapify(due)
    while due and not stop.is_set():
        moment, _, task = heapq.heappop(due)
        if stop.wait(max(0.0, moment - time.monotonic())):
            return
        task.report(clock.now())
        # After a pause (a sleeping laptop, a long outage) go on from now, do not make up for it.
        following = max(moment + task.every, time.monotonic())
        heapq.heappush(due, (following, next(order), task))
