"""A city in its tree of processes on a folder of its own, stopped and removed afterwards."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.request import urlopen

import psutil

from stadtkern.site.tree.postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[1]
CITY = """
[city]
name = "Herne"
bounds = [7.09, 51.49, 7.31, 51.59]
[mqtt]
broker = "{broker}"
port = {port}
[systems.parking]
[systems.environment]
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


class RunningCity:
    """`stadtkern serve` or `stadtkern demo` with the broker `amqtt` or `mosquitto`."""

    def __init__(self, command: str, broker: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="stadtkern-bench-"))
        self.data = self.folder / "data"
        self.port = free_port()
        self.command = [sys.executable, "-m", "stadtkern", command]
        city = self.folder / "city.toml"
        city.write_text(CITY.format(broker=broker, port=free_port()), encoding="utf-8")
        self.settings = {
            "STADTKERN_CITY": str(city),
            "STADTKERN_DATA": str(self.data),
            "STADTKERN_LOG_LEVEL": "WARNING",
            "PORT": str(self.port),
        }

    def __enter__(self) -> Self:
        inherited = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        self.log = (self.folder / "log").open("w")
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env={**inherited, **self.settings}, stdout=self.log,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            self._await_answer(180)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:  # fmt: skip
        mine = [self.process, *self._below()]
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            for one in mine:
                one.kill()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _below(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def _await_answer(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError((self.folder / "log").read_text()[-2000:])
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.address}/health/", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    @property
    def address(self) -> str:
        """Where the web process answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        """The address of its PostgreSQL."""
        return EmbeddedPostgres(self.data).url

    @property
    def processes(self) -> list[psutil.Process]:
        """The supervisor and everything below it."""
        return [psutil.Process(self.process.pid), *self._below()]

    @property
    def ready_to_send(self) -> bool:
        """Whether the demo has written its last file, with the address of its broker."""
        try:
            return bool(json.loads((self.data / "demo.json").read_text())["users"])
        except (OSError, ValueError, KeyError):
            return False
