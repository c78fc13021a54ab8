"""The supervisor: starts the tree in order, keeps it up, takes it down in reverse order."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from stadtkern.site.tree.child import Child, Running, echo
from stadtkern.site.tree.lock import DataFolderLock
from stadtkern.site.tree.postgres import to_stderr
from stadtkern.site.tree.problem import ServerProblem

__all__ = ["Child", "Service", "Tree"]

GRACE = 10.0  # seconds between SIGTERM and SIGKILL
SHORTEST, LONGEST = 0.2, 10.0  # seconds before a crashed process starts again
SETTLED = 10.0  # seconds after which a crash counts as the first one
FIRST_TRIES = 3  # crashes before it was ever ready: then it is wrongly set up, not unlucky
REPORT_EVERY = 5.0  # seconds


class Service(Protocol):
    """What starts before the children and is watched like them, such as PostgreSQL."""

    name: str

    def start(self, cancelled: Callable[[], bool]) -> None: ...
    def stop(self) -> None: ...
    def alive(self) -> bool: ...


class Place:
    """A child's place in the tree over all its lives."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.running: Running | None = None
        self.finished = False
        self.starts_at = 0.0
        self.started_at = 0.0
        self.delay = SHORTEST

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.running = Running(self.child, echo)

    def put_off(self) -> float:
        """Schedules the next life; the pause doubles from crash to crash."""
        now = time.monotonic()
        if now - self.started_at > SETTLED:
            self.delay = SHORTEST
        pause, self.delay = self.delay, min(self.delay * 2, LONGEST)
        self.starts_at = now + pause
        return pause


class Tree:
    """Services start first, then `before_start` is called, then the children start.

    `run` blocks until SIGINT or SIGTERM and must be called in the main thread.
    """

    def __init__(
        self,
        data: Path,
        children: Sequence[Child],
        *,
        services: Sequence[Service] = (),
        before_start: Sequence[Callable[[], None]] = (),
        on_ready: Callable[[], None] | None = None,
        report: Callable[[str], None] = to_stderr,
    ) -> None:
        self._data = data
        self._services = services
        self._before_start = before_start
        self._places = [Place(child) for child in children]
        self._on_ready = on_ready
        self._report = report
        self._stop_asked = 0
        self._wakeup = -1

    def run(self) -> None:
        """Raises ServerProblem when something cannot start; nothing is left running then."""
        with DataFolderLock(self._data), self._signals():
            try:
                self._start()
                self._watch()
            except ServerProblem:
                if not self.stopping():
                    raise
            finally:
                self._stop()

    def stopping(self) -> bool:
        return self._stop_asked > 0

    def request_stop(self, *_signal: object) -> None:
        self._stop_asked += 1

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """A signal also ends the pause of the watch at once, through a pipe."""
        self._wakeup, write = os.pipe()
        os.set_blocking(write, False)
        stops = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # a closed terminal; not under nohup
            stops.append(signal.SIGHUP)
        before = {kind: signal.signal(kind, self.request_stop) for kind in stops}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        pipe_before = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(pipe_before)
            for kind, handler in before.items():
                signal.signal(kind, handler)
            os.close(self._wakeup)
            os.close(write)

    def _pause(self, seconds: float) -> None:
        if select.select([self._wakeup], [], [], seconds)[0]:
            os.read(self._wakeup, 4096)

    def _start(self) -> None:
        steps: list[Callable[[], None]] = [
            *(partial(service.start, self.stopping) for service in self._services),
            *self._before_start,
            *(partial(self._start_first, place) for place in self._places),
        ]
        if self._on_ready:
            steps.append(self._on_ready)
        for step in steps:
            if self.stopping():
                return
            step()

    def _start_first(self, place: Place) -> None:
        """Waits until it is ready, as long as it lives, in up to three lives."""
        for _ in range(FIRST_TRIES):
            place.start()
            if place.child.ready is None or self._becomes_ready(place, place.child.ready):
                return
            if place.running is None or (place.running.code == 0 and not place.child.restart):
                return
            place.running.clear()
            place.put_off()
            self._pause(place.starts_at - time.monotonic())
        said = place.running.last_line if place.running else ""
        raise ServerProblem(f"{place.child.name} does not start: {said or 'it said nothing'}")

    def _becomes_ready(self, place: Place, ready: Callable[[], bool]) -> bool:
        reported = time.monotonic()
        while not self.stopping():
            if place.running is None or place.running.code is not None:
                return False
            if ready():
                return True
            if time.monotonic() - reported > REPORT_EVERY:
                self._report(f"Waiting for {place.child.name} ...")
                reported = time.monotonic()
            self._pause(0.05)
        return True

    def _watch(self) -> None:
        while not self.stopping():
            for service in self._services:
                self._revive_service(service)
            for place in self._places:
                self._revive(place)
            self._pause(self._until_next_start())

    def _until_next_start(self) -> float:
        now = time.monotonic()
        waiting = [place.starts_at - now for place in self._places if self._is_waiting(place)]
        return max(0.0, min([1.0, *waiting]))

    def _is_waiting(self, place: Place) -> bool:
        return place.running is None and not place.finished

    def _revive_service(self, service: Service) -> None:
        pause = SHORTEST
        while not service.alive() and not self.stopping():
            self._report(f"{service.name} ended; starting it again.")
            try:
                service.start(self.stopping)
            except ServerProblem as problem:
                self._report(f"{problem} Trying again in {pause:.1f} s.")
                self._pause(pause)
                pause = min(pause * 2, LONGEST)

    def _revive(self, place: Place) -> None:
        if self._is_waiting(place):
            if time.monotonic() >= place.starts_at:
                place.start()
        elif place.running and place.running.code is not None:
            self._bury(place, place.running)

    def _bury(self, place: Place, ended: Running) -> None:
        ended.clear()
        place.running = None
        place.finished = not place.child.restart
        if place.finished:
            self._report(f"{place.child.name} {ended.ending()}.")
        else:
            pause = place.put_off()
            text = f"{place.child.name} {ended.ending()}; starting it again in {pause:.1f} s."
            self._report(text)

    def _stop(self) -> None:
        if self.stopping():
            self._report("Stopping ...")
        newest_first = list(reversed(self._places))
        for place in sorted(newest_first, key=lambda place: place.child.stop_order):
            self._stop_place(place)
        for service in reversed(self._services):
            service.stop()

    def _stop_place(self, place: Place) -> None:
        """A second Ctrl-C means now: no more grace."""
        if place.running is None:
            return
        if not place.running.stop(lambda: GRACE if self._stop_asked < 2 else 0.0):
            self._report(f"{place.child.name} did not stop and was killed.")
        place.running = None
