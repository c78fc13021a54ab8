"""What parking costs: rules as staff write them, and the price of any time by them."""

from stadtkern.systems.parking_tickets.logic.tariffs.coins import until_for
from stadtkern.systems.parking_tickets.logic.tariffs.limits import hours_end, latest, opens
from stadtkern.systems.parking_tickets.logic.tariffs.prices import Line, Priced, price
from stadtkern.systems.parking_tickets.logic.tariffs.reading import BadRules, read
from stadtkern.systems.parking_tickets.logic.tariffs.rules import (
    DAYS,
    Rules,
    Step,
    Vehicle,
    Window,
)
from stadtkern.systems.parking_tickets.logic.tariffs.spans import Calendar

__all__ = [
    "DAYS",
    "BadRules",
    "Calendar",
    "Line",
    "Priced",
    "Rules",
    "Step",
    "Vehicle",
    "Window",
    "hours_end",
    "latest",
    "opens",
    "price",
    "read",
    "until_for",
]
