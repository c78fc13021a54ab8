"""Ticket machines: how they are, and which one is the next when one is out of order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Final

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.systems.parking_tickets.models import Machine

EARTH: Final = 6_371_000
SILENT_AFTER: Final = timedelta(hours=26)


@dataclass(frozen=True, kw_only=True, slots=True)
class Next:
    """A machine that works, and how far it is in metres as the crow flies."""

    machine: Machine
    metres: int


def heard(machine: Machine, *, state: str = "", fault: str = "") -> Machine:
    """A machine has told how it is; it was seen now. One that staff removed stays removed."""
    machine.last_seen, fields = clock.now(), ["last_seen"]
    if state and machine.state != "removed":
        machine.state, machine.fault = state, "" if state == "ok" else fault[:200]
        fields += ["state", "fault"]
    machine.save(update_fields=fields)
    return machine


def set_state(machine: Machine, state: str, fault: str, who: Account) -> None:
    """What staff know better than the machine."""
    machine.state, machine.fault = state, fault[:200]
    machine.save(update_fields=["state", "fault"])
    record(who, "parking_tickets.machine", machine, state=state)


def is_silent(machine: Machine) -> bool:
    """Whether a machine that should be in service has not been heard of for a day."""
    seen = machine.last_seen
    return machine.state == "ok" and seen is not None and clock.age(seen) > SILENT_AFTER


def nearest(machine: Machine, others: Sequence[Machine]) -> Next | None:
    """The next one that works in the same zone; in another zone other prices hold."""
    found = [
        Next(machine=one, metres=round(metres(machine, one)))
        for one in others
        if one.pk != machine.pk and one.state == "ok" and one.zone_id == machine.zone_id
    ]
    return min(found, key=lambda one: one.metres, default=None)


def metres(one: Machine, other: Machine) -> float:
    """The way between two machines as the crow flies."""
    west, south = radians(one.place.lon or 0), radians(one.place.lat or 0)
    east, north = radians(other.place.lon or 0), radians(other.place.lat or 0)
    half = sin((north - south) / 2) ** 2
    half += cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return 2 * EARTH * asin(sqrt(half))
