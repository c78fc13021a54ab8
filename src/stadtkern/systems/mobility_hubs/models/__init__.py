"""Mobility stations, what belongs to them, and what is read of others: sharing and timetables."""

from stadtkern.systems.mobility_hubs.models.hub import STANDARDS, Hub, Member
from stadtkern.systems.mobility_hubs.models.sharing import Dock, Vehicle
from stadtkern.systems.mobility_hubs.models.source import FORMATS, Source
from stadtkern.systems.mobility_hubs.models.timetable import (
    Call,
    Change,
    Line,
    Run,
    ServiceDay,
    Stop,
)

__all__ = [
    "FORMATS",
    "STANDARDS",
    "Call",
    "Change",
    "Dock",
    "Hub",
    "Line",
    "Member",
    "Run",
    "ServiceDay",
    "Source",
    "Stop",
    "Vehicle",
]
