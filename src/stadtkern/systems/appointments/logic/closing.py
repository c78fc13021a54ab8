"""An office closes, or a counter does: who is concerned, and where they could go instead."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.types.range import Range

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.hours import bounds
from stadtkern.kernel.bookings.models import Absence, Booking, Closure
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.appointments.logic import times, visits
from stadtkern.systems.appointments.logic.concern import Concern, Offer, concern_of
from stadtkern.systems.appointments.logic.times import Time
from stadtkern.systems.appointments.models import Office

# So far ahead is looked for another slot.
AHEAD: Final = timedelta(days=42)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """Where somebody whose appointment cannot be kept could go instead; None: nowhere."""

    booking: Booking
    concern: Concern | None
    time: Time | None


def proposals(bookings: Iterable[Booking]) -> list[Proposal]:
    """The next free slot for each, in the order of their appointments; nobody gets another's."""
    given: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    known: dict[tuple[object, ...], list[Time]] = {}
    found = []
    for booking in bookings:
        concern = _concern(booking)
        time = _next(booking, concern, known, given) if concern else None
        found.append(Proposal(booking=booking, concern=concern, time=time))
        if time:
            given[time.slot.resource].append((time.slot.begins, time.slot.ends))
    return found


def _concern(booking: Booking) -> Concern | None:
    told = booking.properties
    return concern_of(told.get("services", ()), int(told.get("persons", 1)))


def _next(
    booking: Booking, concern: Concern, known: dict[tuple[object, ...], list[Time]],
    given: dict[int, list[tuple[datetime, datetime]]],
) -> Time | None:  # fmt: skip
    """The first slot after now of the same office, else of another one that serves it."""
    offers = concern.offers(online=False)
    same = [one for one in offers if one.office.resource_id == booking.resource_id]
    for some in (same, [one for one in offers if one not in same]):
        key = (tuple(one.slug for one in concern.services), concern.persons,
               tuple(one.office.pk for one in some))  # fmt: skip
        if key not in known:
            known[key] = _free(concern, some)
        for time in known[key]:
            if _left(time, given[time.slot.resource]) > 0:
                return time
    return None


def _free(concern: Concern, offers: Sequence[Offer]) -> list[Time]:
    first = clock.now().astimezone(city_zone()).date()
    return times.free(concern, offers, first, first + AHEAD, audience="internal") if offers else []


def _left(time: Time, given: Sequence[tuple[datetime, datetime]]) -> int:
    taken = sum(b < time.slot.ends and e > time.slot.begins for b, e in given)
    return time.slot.free - taken


def move_all(actor: Any, bookings: Sequence[Booking], why: str) -> tuple[int, int]:
    """Move each to its next free slot and write to them; how many were moved, how many not.

    Somebody else may be faster: then the next slot after it is looked for.
    """
    moved = 0
    for booking in bookings:
        moved += _move(actor, booking, why)
    return moved, len(bookings) - moved


def _move(actor: Any, booking: Booking, why: str) -> bool:
    for _attempt in range(3):
        (found,) = proposals([booking])
        if found.time is None or found.concern is None:
            return False
        office: Office = found.time.office
        offer = found.concern.at(office, online=False)
        assert offer is not None
        try:
            visits.move(booking, offer, found.concern, found.time.begins,
                        audience="internal", why=why)  # fmt: skip
        except Refused:
            continue
        record(actor, "appointments.move", booking, why=why, to=found.time.value)
        return True
    return False


def concerned(office: Office) -> list[Booking]:
    """Booked appointments ahead that lie in a closure of the office or an absence of a counter."""
    now = clock.now()
    rows = Booking.objects.filter(resource=office.resource_id, state="booked", begins__gt=now)
    ahead = {"during__overlap": Range(now, None)}
    shut = Closure.objects.filter(calendar=office.resource.calendar_id, opens=False, **ahead)
    ids: set[int] = set()
    for one in shut:
        begins, ends = bounds(one.during)
        ids |= set(rows.touching(begins, ends).values_list("pk", flat=True))
    away = Absence.objects.filter(unit__resource=office.resource_id, **ahead)
    for gone in away.exclude(source__startswith="freed:"):
        begins, ends = bounds(gone.during)
        hit = rows.touching(begins, ends).filter(occupancies__unit=gone.unit_id)
        ids |= set(hit.values_list("pk", flat=True))
    return list(rows.filter(pk__in=ids).select_related("resource__calendar").order_by("begins"))


def reason(office: Office) -> str:
    """Why the next closure closes, as a proposal for the letter."""
    rows = Closure.objects.filter(
        calendar=office.resource.calendar_id,
        opens=False,
        during__overlap=Range(clock.now(), None),
    )
    found = rows.order_by("during").first()
    return found.reason if found else ""
