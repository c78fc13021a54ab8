"""The embedded PostgreSQL: our own child, on a Unix socket, in the data folder."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from stadtkern.site.tree.binaries import server_environment, server_programs
from stadtkern.site.tree.cluster import (
    check_cluster,
    clear_unfinished,
    make_cluster,
    prepare_data_folder,
)
from stadtkern.site.tree.identity import Identity, choose_identity
from stadtkern.site.tree.journal import ServerLog, message, reason
from stadtkern.site.tree.leftover import (
    clear_remains,
    find_leftover,
    is_postgres,
    pid_file_lines,
    stop_server,
)
from stadtkern.site.tree.problem import ServerProblem
from stadtkern.site.tree.sockets import make_private, socket_folder
from stadtkern.site.tree.tuning import write_settings

__all__ = ["EmbeddedPostgres", "ServerProblem"]

REPORT_EVERY = 3.0  # seconds
POLL = 0.02  # seconds
USER = "stadtkern"


def to_stderr(line: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        sys.stderr.write(line + "\n")


class EmbeddedPostgres:
    """Start it from the main thread: the server ends with the thread that started it."""

    name = "postgres"

    def __init__(
        self, data: Path, *, report: Callable[[str], None] = to_stderr, version: int = 18
    ) -> None:
        self.data = data.absolute()
        self.cluster = self.data / "postgres"
        self.sockets = socket_folder(self.data)
        self.log = ServerLog(self.data / "log" / "postgres.log")
        self._report = report
        self._version = version
        self._programs = server_programs(version)
        self._child: subprocess.Popen[bytes] | None = None
        self._adopted: int | None = None

    @property
    def url(self) -> str:
        host = quote(str(self.sockets), safe="")
        return f"postgresql://{USER}@/stadtkern?host={host}&port=5432"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else self._adopted

    def alive(self) -> bool:
        self.log.shrink()
        if self._child:
            return self._child.poll() is None
        return self._adopted is not None and is_postgres(self._adopted, self.cluster)

    def start(self, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Returns when the server answers; waits as long as it lives and is not cancelled."""
        prepare_data_folder(self.data)
        make_private(self.sockets)
        found = check_cluster(self.cluster, self._version)
        if found and self._adopt():
            return
        identity = choose_identity(self.data, self._programs / "postgres")
        if found:
            clear_remains(self.cluster, self.sockets)
            clear_unfinished(self.cluster)
        else:
            self._report("Making a new database.")
            make_cluster(self.cluster, self._programs, self._version, identity)
        self._launch(identity)
        self._await_ready(cancelled)
        self._create_database()

    def stop(self) -> None:
        pid, child = self.pid, self._child
        if pid is not None and self.alive():
            ended = (lambda: child.poll() is not None) if child else None
            stop_server(pid, self.cluster, ended)
        self._child = self._adopted = None
        with contextlib.suppress(OSError):
            self.sockets.rmdir()  # it may lie outside the data folder

    def _adopt(self) -> bool:
        leftover = find_leftover(self.cluster)
        if leftover is None:
            return False
        self._child = None
        if leftover.ready and leftover.sockets == self.sockets and self._answers():
            self._report(f"PostgreSQL still runs (process {leftover.pid}): taking it over.")
            self._adopted = leftover.pid
            return True
        self._report(f"Stopping a PostgreSQL left over from before (process {leftover.pid}).")
        stop_server(leftover.pid, self.cluster)
        return False

    def _launch(self, identity: Identity) -> None:
        write_settings(self.cluster, self._version)
        for path in (self.cluster / "stadtkern.conf", self.cluster / "postgresql.conf"):
            identity.give(path)
        identity.give(self.sockets)
        log = self.log.open()
        try:
            self._child = subprocess.Popen(  # noqa: S603
                self._command(),
                preexec_fn=identity.take(signal.SIGINT),
                env=server_environment(),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        finally:
            os.close(log)

    def _command(self) -> list[str]:
        """What is not negotiable stands here; stadtkern.conf holds the rest."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "port": "5432",
            "logging_collector": "off",
        }
        options = [part for item in settings.items() for part in ("-c", "=".join(item))]
        return [str(self._programs / "postgres"), "-D", str(self.cluster), *options]

    def _await_ready(self, cancelled: Callable[[], bool]) -> None:
        last_report = time.monotonic()
        while not self._says_ready():
            if not self.alive():
                self._child = None
                raise ServerProblem(reason(self.log.tail(), self.data))
            if cancelled():
                self.stop()
                raise ServerProblem("The start of PostgreSQL was interrupted.")
            last_report = self._progress(last_report)
            time.sleep(POLL)

    def _says_ready(self) -> bool:
        lines = pid_file_lines(self.cluster)
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _progress(self, last_report: float) -> float:
        """Reports at once that it recovers, and then every few seconds how far it is."""
        recovering = any("not properly shut down" in line for line in self.log.new_lines())
        if recovering:
            self._report("PostgreSQL recovers after a crash ...")
        elif time.monotonic() - last_report > REPORT_EVERY:
            lines = self.log.tail().splitlines() or ["starting"]
            self._report(f"PostgreSQL is still starting: {message(lines[-1])}")
        else:
            return last_report
        return time.monotonic()

    def _create_database(self) -> None:
        exists = self._sql("select 1 from pg_database where datname = 'stadtkern'")
        if not exists.stdout.strip():
            made = self._sql("create database stadtkern")
            if made.returncode:
                self.stop()
                raise ServerProblem(reason(self.log.tail(), self.data))

    def _answers(self) -> bool:
        try:
            return self._sql("select 1").stdout.strip() == "1"
        except subprocess.TimeoutExpired:
            return False

    def _sql(self, statement: str) -> subprocess.CompletedProcess[str]:
        """Through psql: a database driver in the supervisor would cost memory for good."""
        command = [str(self._programs / "psql"), "-XAtq", "-h", str(self.sockets), "-p", "5432"]
        return subprocess.run(  # noqa: S603
            [*command, "-U", USER, "-d", "postgres", "-c", statement],
            env={**server_environment(), "PGCONNECT_TIMEOUT": "5"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
