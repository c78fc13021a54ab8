"""A server that outlived its supervisor: found by its pid file, adopted or stopped."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from stadtkern.site.tree.problem import ServerProblem

# Seconds a server gets for each of: fast shutdown, immediate shutdown, death.
PATIENCE = {signal.SIGINT: 60.0, signal.SIGQUIT: 10.0, signal.SIGKILL: 10.0}
AGAIN = 1.0


@dataclass(frozen=True, kw_only=True)
class Leftover:
    pid: int
    sockets: Path
    ready: bool


def is_postgres(pid: int, cluster: Path) -> bool:
    """A living postgres of this folder; a pid file may name a stranger after a reboot."""
    try:
        process = psutil.Process(pid)
        living = process.status() != psutil.STATUS_ZOMBIE
        return living and process.name() == "postgres" and Path(process.cwd()) == cluster.resolve()
    except (psutil.Error, OSError):
        return False


def find_leftover(cluster: Path) -> Leftover | None:
    lines = pid_file_lines(cluster)
    if len(lines) < 5 or not lines[0].isdigit() or not is_postgres(int(lines[0]), cluster):
        return None
    ready = len(lines) > 7 and lines[7].strip() == "ready"
    return Leftover(pid=int(lines[0]), sockets=Path(lines[4]), ready=ready)


def pid_file_lines(cluster: Path) -> list[str]:
    """pid, folder, start, port, socket folder, addresses, memory key, state."""
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def stop_server(pid: int, cluster: Path, gone: Callable[[], bool] | None = None) -> None:
    """Fast shutdown, then ever harder; even the last is safe, it only costs a recovery."""
    gone = gone or (lambda: not is_postgres(pid, cluster))
    for kind, patience in PATIENCE.items():
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            # Again and again: a server that has just begun does not hear the first one.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, kind)
            if wait_until(gone, min(AGAIN, patience)):
                return
    raise ServerProblem(f"The PostgreSQL server with process {pid} cannot be stopped.")


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def clear_remains(cluster: Path, sockets: Path) -> None:
    """Without a living server: ends its orphaned processes, then forgets its pid files.

    The order matters: the pid file guards shared memory that orphans may still use.
    """
    if not wait_until(lambda: not orphans(cluster), 5.0):
        for process in orphans(cluster):
            with contextlib.suppress(psutil.Error):
                process.kill()
        wait_until(lambda: not orphans(cluster), 5.0)
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    for stale in sockets.glob(".s.PGSQL.*"):
        stale.unlink(missing_ok=True)


def orphans(cluster: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["name"])
        if process.info["name"] == "postgres" and is_postgres(process.pid, cluster)
    ]
