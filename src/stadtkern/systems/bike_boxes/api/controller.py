"""`/api/bike_boxes/controllers/<place>/sync`: one address for all that a controller has to say."""

import time

from django.db import connection
from django.http import HttpRequest, HttpResponse

from stadtkern.systems.bike_boxes.api.door import Wrong, answer, body, door, key_of
from stadtkern.systems.bike_boxes.logic import hearing
from stadtkern.systems.bike_boxes.logic.hearing import Sync
from stadtkern.systems.bike_boxes.models import Facility

SCOPE = "bike_boxes:controller:"
LONGEST_WAIT, LOOK_EVERY = 20.0, 0.4


@door("POST")
def sync(request: HttpRequest, slug: str) -> HttpResponse:
    """Take what the controller tells, and answer with commands and list once there are any.

    With `wait` (seconds, at most 20) the answer is held back until there is something to tell.
    """
    key_of(request, f"{SCOPE}{slug}")
    facility = Facility.objects.filter(slug=slug).first()
    if facility is None:
        raise Wrong("place", "there is no such place", 404)
    told = body(request, Sync)
    fresh = hearing.take(facility, told)
    if fresh:
        hearing.count(facility)
    return answer(_answer(facility, told, _wait(request)))


def _wait(request: HttpRequest) -> float:
    try:
        return min(max(float(request.GET.get("wait", "0")), 0.0), LONGEST_WAIT)
    except ValueError:
        raise Wrong("wait", "a number of seconds") from None


def _answer(facility: Facility, told: Sync, wait: float) -> dict[str, object]:
    """Between two looks the connection is given back: who waits holds none."""
    end = time.monotonic() + wait
    while True:
        news = hearing.tell(facility, told.list)
        left = end - time.monotonic()
        if news["commands"] or "list" in news or left <= 0:
            return news
        if not connection.in_atomic_block:
            connection.close()
        time.sleep(min(LOOK_EVERY, left))
