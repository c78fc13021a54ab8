"""What systems give to shared interfaces: one sort of record for each, merged over systems."""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from importlib import import_module
from typing import Any, Final

import structlog
from django.db import connection, transaction

from stadtkern.kernel import registry
from stadtkern.kernel.feeds.charging import ChargingLocation
from stadtkern.kernel.feeds.curbs import CurbZone
from stadtkern.kernel.feeds.parking import Facility
from stadtkern.kernel.feeds.roaming import Desk
from stadtkern.kernel.feeds.sharing import SharedFleet
from stadtkern.kernel.feeds.signs import Sign

# What the builders of each standard's family yield: writers of several standards read the same.
STANDARDS: Final[Mapping[str, type]] = {
    "parking": Facility,  # ParkAPI v1 and v3, DATEX II parking v2 and v3, SIRI-FM
    "charging": ChargingLocation,  # OCPI locations, DATEX II recharging (AFIR)
    "roaming": Desk,  # OCPI credentials, sessions and bills
    "sharing": SharedFleet,  # GBFS
    "curbs": CurbZone,  # Curb Data Specification
    "signs": Sign,  # DATEX II variable message signs
}

log = structlog.get_logger("feeds")


def records(standard: str) -> list[Any]:
    """The records of all systems that are on; one that fails is missing, and said in the log."""
    kind = STANDARDS[standard]
    found: list[Any] = []
    for system in registry.active():
        for feed in system.feeds:
            if feed.standard == standard:
                found += _built(system.slug, feed.build, kind)
    return found


def _built(slug: str, build: str, kind: type) -> Iterable[Any]:
    """Inside a transaction a savepoint keeps a failing question from spoiling the rest of it."""
    module, name = build.rsplit(".", 1)
    try:
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            rows = list(getattr(import_module(module), name)())
    except Exception:
        log.exception("feed failed", system=slug, build=build)
        return ()
    return [row for row in rows if isinstance(row, kind)]
