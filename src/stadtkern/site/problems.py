"""Problems that kernel and systems find in the running city, each with the page that repairs it."""

from collections.abc import Iterator
from pathlib import Path

import structlog
from django.contrib.staticfiles import finders
from django.db import DatabaseError

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Problem
from stadtkern.kernel.devices.models import Device
from stadtkern.kernel.jobs.models import Heartbeat

log = structlog.get_logger("checks")


def everything() -> Iterator[Problem]:
    """The kernel's problems, then those of each system that is on."""
    yield from _front_end()
    yield from _processes()
    yield from _devices()
    for system in registry.active():
        for path in system.checks:
            yield from _checked(path)


def _checked(path: str) -> list[Problem]:
    """A check that breaks is a problem itself, and hides no other."""
    try:
        return list(registry.resolve(path)())
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("check failed", check=path)
        return [Problem(text=f"The check {path} failed: {error}")]


def _front_end() -> Iterator[Problem]:
    built = finders.find("stadtkern/site.css")
    if not built or not Path(built).exists():
        yield Problem(text="The front end is not built.", fix="stadtkern frontend")


def _processes() -> Iterator[Problem]:
    alive = set(Heartbeat.objects.alive().values_list("role", flat=True))
    for role in ("web", "worker", "ingest"):
        if role not in alive:
            yield Problem(text=f"No {role} process is heard from.", fix=f"stadtkern {role}")


def _devices() -> Iterator[Problem]:
    broken = Device.objects.exclude(problem="").count()
    if broken:
        yield Problem(
            text=f"The codec failed for {broken} devices.", fix="/staff/devices/?state=trouble"
        )
