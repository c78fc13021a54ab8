"""Offices and what they offer; the call system's rows stand beside them."""

from stadtkern.systems.appointments.models.desk import Call, Deed, Desk, Presence
from stadtkern.systems.appointments.models.guard import Check, Delay, MailRule, Sender, Spent
from stadtkern.systems.appointments.models.office import (
    SITUATIONS,
    Clerk,
    Office,
    OfficeService,
    Service,
)
from stadtkern.systems.appointments.models.queue import (
    EntryQuerySet,
    Hall,
    Numbers,
    Queue,
    QueueEntry,
)
from stadtkern.systems.appointments.models.statistics import Estimate, Figures, OpenHours

__all__ = [
    "SITUATIONS",
    "Call",
    "Check",
    "Clerk",
    "Deed",
    "Delay",
    "Desk",
    "EntryQuerySet",
    "Estimate",
    "Figures",
    "Hall",
    "MailRule",
    "Numbers",
    "Office",
    "OfficeService",
    "OpenHours",
    "Presence",
    "Queue",
    "QueueEntry",
    "Sender",
    "Service",
    "Spent",
]
