"""Hands downlinks to their networks, from a thread of the ingest process."""

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

import structlog
from django.db import DatabaseError, InterfaceError, connection

from stadtkern.kernel import clock
from stadtkern.kernel.devices.downlinks.due import Task, claim, settle
from stadtkern.kernel.devices.downlinks.past import end
from stadtkern.kernel.devices.ingest.broker import Broker, broker_of, client_id
from stadtkern.kernel.devices.models import Network
from stadtkern.kernel.devices.networks.sending import post
from stadtkern.kernel.devices.networks.sending.answer import Answer, Outcome
from stadtkern.kernel.devices.networks.sending.line import Line
from stadtkern.kernel.sealing import unseal

log = structlog.get_logger("downlinks")

EVERY = 1.0  # seconds between looks at the queue
END_EVERY = 30.0  # seconds between looks for what is over
SEALED = Answer(outcome=Outcome.NOT_SENT, reason="sealed")


class Sender:
    """Any number of them may run; `run` is for a thread of its own."""

    def __init__(self, home: Broker, *, every: float = EVERY) -> None:
        self._base = f"{home.client_id} downlinks {os.getpid()}"
        self._home = replace(home, client_id=client_id(self._base, home.network))
        self._every = every
        self._lines: dict[Broker, Line] = {}
        self._stop = threading.Event()
        self._ended = 0.0

    def run(self) -> None:
        """Work until stopped; survives the loss of brokers and database."""
        while not self._stop.wait(self._every):
            try:
                while self.round() and not self._stop.is_set():
                    pass
            except (DatabaseError, InterfaceError) as error:
                log.warning("downlinks wait", error=str(error).splitlines()[0])
            except Exception:
                # What cannot be dealt with now must not stop all that come after it.
                log.exception("downlinks failed")
            finally:
                connection.close()
        self.close()

    def stop(self) -> None:
        """End `run` after what is in hand."""
        self._stop.set()

    def round(self) -> int:
        """Hand over what is due. Returns how many there were."""
        if time.monotonic() - self._ended > END_EVERY:
            self._ended = time.monotonic()
            end(clock.now())
        tasks = claim(clock.now())
        for broker, group in self._by_line(tasks).items():
            settle(list(zip(group, self._deliver(broker, group), strict=True)), clock.now())
        return len(tasks)

    def close(self) -> None:
        """Hang up everywhere."""
        for line in self._lines.values():
            line.close()
        self._lines.clear()

    def _by_line(self, tasks: Sequence[Task]) -> dict[Broker | None, list[Task]]:
        """The tasks by the broker they go to; None: over HTTP."""
        groups: dict[Broker | None, list[Task]] = {}
        for task in tasks:
            try:
                broker = None if task.parcel.url else self._broker(task.address.network)
            except ValueError:
                settle([(task, SEALED)], clock.now())
            else:
                groups.setdefault(broker, []).append(task)
        return groups

    def _broker(self, network: Network | None) -> Broker:
        if network is None or network.way == "home":
            return self._home
        return broker_of(network, base=self._base)

    def _deliver(self, broker: Broker | None, tasks: Sequence[Task]) -> list[Answer]:
        try:
            if broker is None:
                return [_posted(task) for task in tasks]
            line = self._lines.setdefault(broker, Line(broker))
            return line.deliver([task.parcel for task in tasks])
        except Exception as error:
            log.exception("a network cannot be reached")
            return [Answer(outcome=Outcome.UNSURE, reason=str(error))] * len(tasks)


def _posted(task: Task) -> Answer:
    network = task.address.network
    try:
        key = unseal(network.secret) if network else ""
    except ValueError:
        return SEALED
    return post.deliver(task.parcel, key, str(task.address.settings.get("ca") or ""))
