"""Keeps ingest connected to every foreign broker that staff have set up, as they change it."""

import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from django.db import DatabaseError, InterfaceError, connection

from stadtkern.kernel.devices.ingest.batch import Stored
from stadtkern.kernel.devices.ingest.broker import CLIENT_ID, Broker, broker_of
from stadtkern.kernel.devices.ingest.consumer import Consumer, Takes
from stadtkern.kernel.devices.ingest.event import Message
from stadtkern.kernel.devices.ingest.heard import Heard
from stadtkern.kernel.devices.ingest.turns import Turns
from stadtkern.kernel.devices.models import Network

log = structlog.get_logger("ingest")

EVERY = 2.0  # seconds within which changed settings take effect


@dataclass
class Running:
    """A connection with the settings it was made with."""

    broker: Broker
    consumer: Consumer
    thread: threading.Thread


class _Released:
    """Gives the database connection back after each batch: a process has fewer than networks."""

    def __init__(self, ingest: Takes) -> None:
        self._ingest = ingest

    def take(self, messages: Sequence[Message]) -> Stored:
        """As `Ingest.take`."""
        try:
            return self._ingest.take(messages)
        finally:
            connection.close()


class Connections:
    """Runs in a thread of its own. Of all ingest processes, one serves each foreign network."""

    def __init__(
        self,
        ingest: Takes,
        told: Callable[[Stored], None],
        heard: Heard,
        *,
        base: str = CLIENT_ID,
        home: Callable[[], str] = lambda: "",
    ) -> None:
        self._ingest, self._told, self._heard = ingest, told, heard
        self._base = base
        self._home = home
        self._running: dict[str, Running] = {}
        self._turns = Turns()
        self._stop = threading.Event()

    def run(self) -> None:
        """Look every few seconds until stopped; survives the loss of the database."""
        while not self._stop.is_set():
            try:
                self.look()
                self._heard.write()
            except (DatabaseError, InterfaceError) as error:
                log.warning("networks not read", error=str(error).splitlines()[0])
            except Exception:
                # One network's settings must not end the service of all others.
                log.exception("networks not served")
            connection.close()
            self._stop.wait(EVERY)
        for slug in list(self._running):
            self._end(slug)
        self._turns.close()
        with suppress(DatabaseError, InterfaceError):
            self._heard.write(now=True)
        connection.close()

    def stop(self) -> None:
        """End `run` and every connection."""
        self._stop.set()

    def look(self) -> None:
        """Begin what is new, end what is gone, renew what has changed, note what is wrong."""
        rows = list(Network.objects.all())
        wanted: dict[str, Broker] = {}
        foreign = [one for one in rows if one.way == "mqtt" and one.on]
        ours = self._turns.take([one.pk for one in foreign]) if foreign else set()
        for network in foreign:
            if network.pk in ours:
                self._add(wanted, network)
        for slug, running in list(self._running.items()):
            if running.broker != wanted.get(slug) or not running.thread.is_alive():
                self._end(slug)
        for network in rows:
            if network.slug in wanted and network.slug not in self._running:
                self._begin(network, wanted[network.slug])
            self._note(network)

    def _add(self, wanted: dict[str, Broker], network: Network) -> None:
        try:
            broker = broker_of(network, base=self._base)
        except ValueError:
            _set_problem(network, "sealed")
            return
        if broker.host and broker.topics:
            wanted[network.slug] = broker
        else:
            _set_problem(network, "settings")

    def _begin(self, network: Network, broker: Broker) -> None:
        try:
            consumer = Consumer(broker, _Released(self._ingest), self._told)
        except ssl.SSLError as error:
            _set_problem(network, f"ca:{error}")
            return
        name = f"network-{broker.network}"
        thread = threading.Thread(target=self._consume, args=(consumer,), daemon=True, name=name)
        self._running[broker.network] = Running(broker, consumer, thread)
        thread.start()

    def _consume(self, consumer: Consumer) -> None:
        try:
            consumer.run()
        finally:
            connection.close()

    def _end(self, slug: str) -> None:
        running = self._running.pop(slug)
        running.consumer.stop()
        running.thread.join(10)

    def _note(self, network: Network) -> None:
        """Write down what is wrong with the connection, or that nothing is any more."""
        if network.slug in self._running:
            _set_problem(network, self._running[network.slug].consumer.problem)
        elif network.way == "home":
            _set_problem(network, self._home())
        elif not network.on or network.way == "http":
            _set_problem(network, "")


def _set_problem(network: Network, problem: str) -> None:
    """Only where it has changed: this runs every few seconds."""
    if network.problem != problem[:300]:
        network.problem = problem[:300]
        Network.objects.filter(pk=network.pk).update(problem=network.problem)
