"""Heartbeats of a process, so that operators see who lives and how large it is."""

import os
import socket
import threading
from collections.abc import Callable
from typing import Any

import psutil
import structlog
from django.db import DatabaseError, InterfaceError, connection

from stadtkern.kernel.jobs.models import EVERY, beat

log = structlog.get_logger("pulse")


class Pulse:
    """Writes the heartbeat of one process from a thread of its own."""

    def __init__(self, role: str, details: Callable[[], dict[str, Any]] = dict) -> None:
        self._role = role
        self._details = details
        self._name = f"{role}@{socket.gethostname()}:{os.getpid()}"
        self._stop = threading.Event()
        self._process = psutil.Process()

    def keep(self) -> None:
        """Beat until stopped; a database that is away is no reason to die."""
        while not self._stop.is_set():
            self.once()
            self._stop.wait(EVERY.total_seconds())

    def once(self) -> None:
        """One heartbeat."""
        try:
            memory = self._process.memory_info().rss
            beat(self._name, self._role, memory=memory, **self._details())
        except (DatabaseError, InterfaceError) as error:
            log.warning("no heartbeat", error=str(error).splitlines()[0])
        finally:
            connection.close()

    def stop(self) -> None:
        """End `keep`."""
        self._stop.set()
