"""Every box with who has it now: the one place that says how the wall of boxes stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import LIVE, Booking, Occupancy
from stadtkern.kernel.contract import State
from stadtkern.systems.bike_boxes.models import Access, Box, Facility, Rescue, Trouble

# What a box shows, the most urgent first: sign and word.
STATES: dict[str, tuple[State, str | Promise]] = {
    "forced": ("bad", _("forced open")),
    "overdue": ("bad", _("overdue")),
    "leftover": ("bad", _("bicycle without a rental")),
    "defect": ("none", _("defect")),
    "service": ("none", _("kept for service")),
    "used": ("info", _("in use")),
    "booked": ("tight", _("booked")),
    "held": ("tight", _("being booked")),
    "free": ("good", _("free")),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wall:
    """One box on the wall: its state, and the rental that has it now."""

    box: Box
    state: str
    booking: Booking | None
    access: Access | None
    rescue: Rescue | None
    troubles: Sequence[Trouble]

    @property
    def sign(self) -> State:
        """The state as colour and shape."""
        return STATES[self.state][0]

    @property
    def word(self) -> str:
        """The state in words."""
        return str(STATES[self.state][1])


def wall(facilities: Sequence[Facility], now: datetime | None = None) -> list[Wall]:
    """All boxes of these facilities, in five queries for any number."""
    now = now or clock.now()
    boxes = list(
        Box.objects.filter(facility__in=facilities)
        .select_related("size", "unit", "facility__place")
        .order_by("facility__slug", "number")
    )
    having = _having([box.unit_id for box in boxes], now)
    accesses = {a.booking_id: a for a in Access.objects.filter(box__in=boxes, live=True)}
    by_box = {a.box_id: a for a in accesses.values() if a.begins <= now}
    rescues = {
        r.box_id: r for r in Rescue.objects.filter(box__in=boxes, state__in=["overdue", "warned"])
    }
    troubles: dict[int, list[Trouble]] = {}
    for one in Trouble.objects.filter(box__in=boxes, closed=None):
        troubles.setdefault(one.box_id, []).append(one)
    return [
        _one(box, having.get(box.unit_id), by_box.get(box.pk), rescues.get(box.pk),
             troubles.get(box.pk, []))
        for box in boxes
    ]  # fmt: skip


def _having(units: Sequence[int], now: datetime) -> dict[int, Booking]:
    rows = (
        Occupancy.objects.filter(unit__in=units, live=True, during__contains=now)
        .filter(booking__state__in=LIVE)
        .exclude(Q(booking__state="held") & Q(booking__hold_until__lte=now))
        .select_related("booking")
    )
    return {row.unit_id: row.booking for row in rows}


def _one(
    box: Box, booking: Booking | None, access: Access | None, rescue: Rescue | None,
    troubles: Sequence[Trouble],
) -> Wall:  # fmt: skip
    kinds = {one.kind for one in troubles}
    return Wall(box=box, state=_state(box, booking, rescue, kinds), booking=booking,
                access=access, rescue=rescue, troubles=troubles)  # fmt: skip


def _state(box: Box, booking: Booking | None, rescue: Rescue | None, kinds: set[str]) -> str:
    if "forced" in kinds:
        return "forced"
    if rescue is not None:
        return "overdue"
    if box.state != "ok":
        return box.state
    if booking is None:
        return "leftover" if "leftover" in kinds else "free"
    return {"held": "held", "arrived": "used"}.get(booking.state, "booked")
