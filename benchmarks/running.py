"""A city in its tree of processes on a folder of its own, stopped and removed afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.running_city import ROOT, RunningCity

__all__ = ["ROOT", "RunningCity", "running"]


@contextmanager
def running(command: str, broker: str, *, whole: bool = False) -> Iterator[RunningCity]:
    """`stadtkern serve` or `stadtkern demo` with the broker `amqtt` or `mosquitto`.

    With two systems that measure; the `whole` demo city has all of them, and its own broker.
    """
    folder = Path(tempfile.mkdtemp(prefix="stadtkern-bench-"))
    if whole:
        shutil.copy(ROOT / "city.toml", folder / "city.toml")
    city = RunningCity(folder, broker, command)
    try:
        city.start()
        yield city
    finally:
        city.stop()
        shutil.rmtree(folder, ignore_errors=True)
