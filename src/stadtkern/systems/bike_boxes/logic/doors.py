"""What a door or a sensor says about one box: its state, and the troubles that follow."""

from datetime import datetime

from stadtkern.kernel.bookings.models import LIVE, Occupancy
from stadtkern.kernel.events import ObservationsStored
from stadtkern.kernel.things.models import Latest
from stadtkern.systems.bike_boxes.logic import troubles
from stadtkern.systems.bike_boxes.models import Access, Box, DoorEvent

DOORS = {"opened": "open", "closed": "closed", "forced": "forced", "left_open": "open"}
BIKES = {"occupied": True, "vacant": False}
DOOR_OPEN, BIKE_INSIDE = "door_open", "bike_inside"


def apply(event: DoorEvent) -> None:
    """An event about a box; one that is older than what is known changes no state."""
    box = event.box
    assert box is not None
    if event.kind in DOORS:
        _door(box, DOORS[event.kind], event.at)
    if event.kind in BIKES:
        heard(box, BIKES[event.kind], event.at)
    if event.kind in ("forced", "left_open", "jammed"):
        troubles.notice(box, event.kind, event.detail)
    if event.kind == "closed":
        troubles.over(box, "left_open", "jammed")


def _door(box: Box, door: str, at: datetime) -> None:
    """A forced door stays so until somebody has looked after it."""
    if box.door_at is not None and at < box.door_at:
        return
    if box.door == "forced" and door != "forced":
        door = "forced" if _is_open_trouble(box) else door
    box.door, box.door_at = door, at
    Box.objects.filter(pk=box.pk).update(door=door, door_at=at)


def _is_open_trouble(box: Box) -> bool:
    return box.troubles.filter(kind="forced", closed=None).exists()


def heard(box: Box, inside: bool, at: datetime) -> None:
    """Whether a bicycle is inside; one that nobody has rented the box for is a trouble."""
    if box.bike_at is not None and at < box.bike_at:
        return
    box.bike, box.bike_at = inside, at
    Box.objects.filter(pk=box.pk).update(bike=inside, bike_at=at)
    if not inside:
        troubles.over(box, "leftover")
        troubles.unblock(box, "leftover")
    elif not is_rented(box, at):
        troubles.notice(box, "leftover")
        troubles.block(box, "leftover")


def is_rented(box: Box, at: datetime) -> bool:
    """Whether somebody has the box at an instant, or still has the right to it."""
    had = Occupancy.objects.filter(unit=box.unit_id, live=True, during__contains=at)
    if had.filter(booking__state__in=[s for s in LIVE if s != "held"]).exists():
        return True
    return Access.objects.filter(box=box.pk, live=True, begins__lte=at).exists()


def sensed(event: ObservationsStored) -> None:
    """Sensors of their own, apart from the controller: what they last said counts."""
    latest = Latest.objects.filter(
        datastream__in=event.datastreams,
        value__isnull=False,
        datastream__observed_property__slug__in=[DOOR_OPEN, BIKE_INSIDE],
    ).values_list("datastream__thing", "datastream__observed_property__slug", "value", "at")
    for thing, said, found, at in latest:
        value = found or 0.0
        if said == BIKE_INSIDE:
            for box in Box.objects.filter(bike_thing=thing):
                heard(box, value >= 0.5, at)
        else:
            for box in Box.objects.filter(door_thing=thing):
                _contact(box, value >= 0.5, at)


def _contact(box: Box, is_open: bool, at: datetime) -> None:
    """A door that opens although nobody may open it was forced."""
    before = box.door
    if is_open and before != "open" and not is_rented(box, at):
        _door(box, "forced", at)
        troubles.notice(box, "forced", "door contact")
        return
    _door(box, "open" if is_open else "closed", at)
