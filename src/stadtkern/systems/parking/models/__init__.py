"""What a city says about its car parks beyond their places."""

from stadtkern.systems.parking.models.arrived import Arrived
from stadtkern.systems.parking.models.board import (
    ARROWS,
    CAUSES,
    CONTENTS,
    MOST_LINES,
    PROTOCOLS,
    STATES,
    STEPS,
    UNKNOWN,
    WIDEST,
    Board,
    BoardLine,
    BoardMessage,
    Override,
)
from stadtkern.systems.parking.models.counting import (
    DIRECTIONS,
    FAULTS,
    Calibration,
    Closure,
    Fault,
    Lane,
)
from stadtkern.systems.parking.models.forecast import Forecast, Foretold, Learnt, Score
from stadtkern.systems.parking.models.site import COUNTINGS, KINDS, Site
from stadtkern.systems.parking.models.source import FORMATS, OFFERS, Offer, Source
from stadtkern.systems.parking.models.way import WAYS, Entrance, Price

__all__ = [
    "ARROWS",
    "CAUSES",
    "CONTENTS",
    "COUNTINGS",
    "DIRECTIONS",
    "FAULTS",
    "FORMATS",
    "KINDS",
    "MOST_LINES",
    "OFFERS",
    "PROTOCOLS",
    "STATES",
    "STEPS",
    "UNKNOWN",
    "WAYS",
    "WIDEST",
    "Arrived",
    "Board",
    "BoardLine",
    "BoardMessage",
    "Calibration",
    "Closure",
    "Entrance",
    "Fault",
    "Forecast",
    "Foretold",
    "Lane",
    "Learnt",
    "Offer",
    "Override",
    "Price",
    "Score",
    "Site",
    "Source",
]
