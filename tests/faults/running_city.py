"""A whole city in its tree of processes, for tests that kill parts of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import psutil

ROOT = Path(__file__).parents[2]
ROLES = ("ingest", "worker", "web", "mqtt", "postgres")


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


class RunningCity:
    """`stadtkern serve` on a data folder of its own."""

    def __init__(self, folder: Path, broker: str = "amqtt", command: str = "serve") -> None:
        self.folder = folder
        self.port = free_port()
        self.mqtt_port = free_port()
        self.command = command
        city = folder / "city.toml"
        if not city.exists():
            city.write_text(
                '[city]\nname = "Musterstadt"\nbounds = [7, 51, 8, 52]\n'
                f'[mqtt]\nbroker = "{broker}"\nport = {self.mqtt_port}\n'
                "[systems.parking]\n[systems.environment]\n",
                encoding="utf-8",
            )
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_URL", "PYTEST"))},
            "STADTKERN_CITY": str(city),
            "STADTKERN_DATA": str(folder / "data"),
            "PORT": str(self.port),
        }
        self.lines: list[str] = []

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stadtkern", self.command],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        self.until(self.answers, 300)

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)

    def until(self, true, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None, "".join(self.lines[-40:])
            assert time.monotonic() < end, "".join(self.lines[-40:])
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            return self.get("/health/").status == 200
        except OSError:
            return False

    def get(self, path: str):
        return urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5)

    @property
    def url(self) -> str:
        from stadtkern.site.tree.postgres import EmbeddedPostgres

        return EmbeddedPostgres(self.folder / "data").url

    @property
    def mqtt(self) -> dict[str, object]:
        accounts = json.loads((self.folder / "data" / "mqtt.json").read_text(encoding="utf-8"))
        return {
            "host": "127.0.0.1",
            "port": self.mqtt_port,
            "user": "network-server",
            "password": accounts["network-server"],
        }

    def pid(self, role: str) -> int | None:
        """The process of a role: a direct child of the tree."""
        marks = {"mqtt": ("tree.broker", "mosquitto"), "postgres": ("/postgres",)}
        with suppress(psutil.Error):
            for child in psutil.Process(self.process.pid).children():
                with suppress(psutil.Error):
                    line = " ".join(child.cmdline())
                    if any(m in line for m in marks.get(role, (f"stadtkern {role}",))):
                        return child.pid
        return None

    def kill(self, role: str) -> bool:
        pid = self.pid(role)
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return True

    def stop(self) -> int:
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
