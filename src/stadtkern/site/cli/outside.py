"""The programs that play the outside world in the demo: where they listen, what they are told."""

import json
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stadtkern.site.tree.ports import free_port
from stadtkern.site.tree.processes import Child

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Outside:
    """A program of `simulators/`. With a `port` it serves: its address and key are a contract.

    It is started only while one of `systems` is on, where some are named.
    """

    name: str
    port: int = 0
    systems: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    keeps_state: bool = False

    @property
    def script(self) -> Path:
        """Beside the city file, as in a clone of the project."""
        return Path("simulators", self.name, "run.py")


@dataclass(frozen=True, kw_only=True)
class Contract:
    """Where a simulator listens, and the secret that it shares with the city."""

    host: str
    port: int
    key: str


SENSORS = Outside(name="sensors")
OUTSIDE = (
    Outside(name="payment_provider", port=8095, keeps_state=True),
    Outside(name="identity_provider", port=8097, keeps_state=True),
    Outside(name="back_office", port=8098, systems=("service_portal",), keeps_state=True),
    Outside(name="bike_locker", port=8096, systems=("bike_boxes",), options=("--lively",)),
    Outside(name="display_boards", port=8100, systems=("parking",), keeps_state=True),
    Outside(name="car_park_operator", port=8101, systems=("parking",)),
    Outside(name="vehicle_sharing", port=8102, systems=("mobility_hubs",)),
    Outside(name="parking_apps", systems=("parking_tickets",), keeps_state=True),
    Outside(name="ticket_machines", systems=("parking_tickets",), keeps_state=True),
    Outside(name="charge_points", systems=("charging",), keeps_state=True),
)
# What the demo file calls those with a contract that outside programs need.
CALLED = {
    "payment_provider": "payments", "identity_provider": "identity", "back_office": "back_office",
}  # fmt: skip


def contract(data: Path, one: Outside, write: Callable[[Path, str], None]) -> Contract:
    """Made once for a data folder, since the city's rows name it."""
    path = data / f"demo-{one.name}.json"
    if not path.exists():
        port = free_port(one.port, LOOPBACK)
        key = secrets.token_urlsafe(18)
        write(path, json.dumps({"host": LOOPBACK, "port": port, "key": key}))
    return Contract(**json.loads(path.read_text(encoding="utf-8")))


def wanted(one: Outside, systems: set[str]) -> bool:
    """Whether it is here, and something that is on speaks to it."""
    return one.script.exists() and (not one.systems or bool(systems & set(one.systems)))


def child(one: Outside, data: Path, told: Path, made: Contract | None) -> Child | None:
    """How it is started; None where its port was taken meanwhile."""
    argv = [sys.executable, str(one.script), "--demo", str(told), *one.options]
    if made:
        if free_port(made.port, LOOPBACK) != made.port:
            return None
        argv += ["--port", str(made.port)]
    if one.keeps_state:
        argv += ["--state", str(data / f"demo-{one.name}-state.json")]
    return Child(name=one.name.replace("_", "-"), argv=argv)
