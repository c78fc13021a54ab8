"""Facilities with boxes, prices, who may open which box, what doors tell, rescues, partners."""

from stadtkern.systems.bike_boxes.models.access import Access, Card
from stadtkern.systems.bike_boxes.models.box import (
    BOX_STATES,
    DOOR_STATES,
    Box,
    Facility,
    Size,
)
from stadtkern.systems.bike_boxes.models.controller import (
    COMMAND_STATES,
    EVENTS,
    Command,
    DoorEvent,
)
from stadtkern.systems.bike_boxes.models.fee import Fee
from stadtkern.systems.bike_boxes.models.partner import NOTICE_STATES, Change, Notice, Partner
from stadtkern.systems.bike_boxes.models.product import KINDS, REFUNDS, Product
from stadtkern.systems.bike_boxes.models.trouble import (
    RESCUE_STATES,
    TROUBLES,
    Rescue,
    Trouble,
)

__all__ = [
    "BOX_STATES",
    "COMMAND_STATES",
    "DOOR_STATES",
    "EVENTS",
    "KINDS",
    "NOTICE_STATES",
    "REFUNDS",
    "RESCUE_STATES",
    "TROUBLES",
    "Access",
    "Box",
    "Card",
    "Change",
    "Command",
    "DoorEvent",
    "Facility",
    "Fee",
    "Notice",
    "Partner",
    "Product",
    "Rescue",
    "Size",
    "Trouble",
]
