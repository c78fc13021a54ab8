"""The wall: every box of every place with its state, and what needs somebody to act."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.bike_boxes.logic import boxes, opening, waiting
from stadtkern.systems.bike_boxes.logic.boxes import STATES, Wall
from stadtkern.systems.bike_boxes.models import Facility, Rescue, Trouble
from stadtkern.systems.bike_boxes.staff.answer import page


@dataclass(frozen=True, kw_only=True)
class Group:
    """A place with its boxes, counted by state, and how its controller is."""

    facility: Facility
    walls: list[Wall]
    counts: list[tuple[str, Any, Any, int]]
    offline: bool
    waiting: int


@staff("bike_boxes.see")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All places."""
    found = list(Facility.objects.select_related("place").order_by("place__name"))
    walls = boxes.wall(found)
    groups = [_group(one, [w for w in walls if w.box.facility_id == one.pk]) for one in found]
    troubles = Trouble.objects.filter(closed=None).select_related("box__facility__place")
    rescues = Rescue.objects.filter(closed=None).select_related("box__facility__place")
    return page(request, "home", groups=groups, troubles=troubles, rescues=rescues)


def _group(facility: Facility, walls: list[Wall]) -> Group:
    counts = [
        (state, sign, word, sum(one.state == state for one in walls))
        for state, (sign, word) in STATES.items()
    ]
    return Group(
        facility=facility, walls=walls, counts=[one for one in counts if one[3]],
        offline=opening.is_offline(facility), waiting=waiting.waiting_at(facility),
    )  # fmt: skip
