"""What happens to bookings: hold, book, confirm, extend, move, cancel, arrive, finish, miss."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import offering, placing
from stadtkern.kernel.bookings.ending import end, freed, release
from stadtkern.kernel.bookings.errors import HoldOver, KeyUsed, Refused, WrongState
from stadtkern.kernel.bookings.models import Booking, BookingQuerySet, Resource, Wish
from stadtkern.kernel.bookings.picking import check_taken, pick
from stadtkern.kernel.bookings.placing import Details
from stadtkern.kernel.bookings.turns import Turn, taken_in, turn_of
from stadtkern.kernel.bookings.wanted import Person, Wanted

T = TypeVar("T")


def hold(
    wanted: Wanted, *, kind: str, minutes: int = 10, person: Person | None = None,
    source: str = "web", key: str = "", subject: str = "",
    properties: Mapping[str, Any] | None = None,
) -> Booking:  # fmt: skip
    """Reserve it for so many minutes. The same `key` of a `source` gives the same booking.

    Raises Taken, NotOpen, TooEarly, TooFar, TooMany, KeyUsed.
    """
    details = Details(
        kind=kind, state="held", hold_until=clock.now() + timedelta(minutes=minutes),
        person=person, source=source, key=key, subject=subject, properties=properties or {},
    )  # fmt: skip
    return _make(wanted, details)


def book(
    wanted: Wanted, *, kind: str, person: Person | None = None, source: str = "web",
    key: str = "", subject: str = "", properties: Mapping[str, Any] | None = None,
) -> Booking:  # fmt: skip
    """Book it at once; as `hold` otherwise."""
    details = Details(kind=kind, state="booked", person=person, source=source, key=key,
                      subject=subject, properties=properties or {})  # fmt: skip
    return _make(wanted, details)


def _make(wanted: Wanted, details: Details) -> Booking:
    if known := _known(wanted, details):
        return known
    check_taken(wanted, clock.now())
    try:
        answer = taken_in([turn_of(wanted)], lambda: _made(wanted, details))
    except IntegrityError:
        # The same request somewhere else, for another day or resource.
        if known := _known(wanted, details):
            return known
        raise
    if isinstance(answer, Refused):
        raise answer
    return answer


def _made(wanted: Wanted, details: Details) -> Booking | Refused:
    """The booking; or why not, where what was offered to others meanwhile must be kept."""
    if known := _known(wanted, details):
        return known
    now = clock.now()
    check_taken(wanted, now)
    released = release(wanted, now)
    try:
        return placing.place(wanted, pick(wanted, now), details)
    except Refused as refused:
        if released:
            return refused
        raise


def _known(wanted: Wanted, details: Details) -> Booking | None:
    """The booking that the same request made before."""
    if not details.key:
        return None
    found = Booking.objects.filter(source=details.source, key=details.key).first()
    if found and (found.kind, found.resource_id) != (details.kind, wanted.resource.pk):
        raise KeyUsed
    return found


def confirm(booking: Booking, person: Person | None = None) -> Booking:
    """A hold becomes a booking, also a late one if its time is still free; may be repeated.

    Where it is the offer of an earlier slot the booking that was had goes there, in the same
    transaction, and is the answer: nobody is left with two.
    Raises HoldOver: somebody else has it now. WrongState: it was cancelled or has ended.
    """
    offered = offering.offered_by(booking)
    if offered is not None and offered.wish.replaces_id is not None:
        if not offered.is_last:
            raise HoldOver
        from stadtkern.kernel.bookings import waiting  # noqa: PLC0415  it stands on changes

        return waiting.accept(offered.wish, person)
    return _change(booking, lambda one: confirmed(one, person))


def confirmed(booking: Booking, person: Person | None = None) -> Booking:
    """As `confirm`, for who has the turn of its days and its row as it is now."""
    if booking.state in ("booked", "arrived"):
        return booking
    now = clock.now()
    _have_again(booking, now)
    placing.sign(booking, person)
    booking.confirmed = now
    placing.turn(booking, "booked", now)
    Wish.objects.filter(offer=booking, state="offered").update(state="taken")
    return booking


def _have_again(booking: Booking, now: datetime) -> None:
    """A hold that ran out gets units anew, if there are any. Raises HoldOver, WrongState."""
    if booking.state == "held":
        return
    if booking.state != "expired":
        raise WrongState
    wanted = what(booking)
    release(wanted, now)
    try:
        units = pick(wanted, now)
    except Refused as refused:
        raise HoldOver(wanted=wanted) from refused
    # While it is expired, what it occupies is not live: the change of state makes it so.
    placing.occupy(booking, units)
    booking.ended = None


def extend(booking: Booking, minutes: int) -> Booking:
    """A hold stands for so many minutes from now, or longer if it does already.

    Raises HoldOver, WrongState as `confirm` does.
    """

    def longer(one: Booking) -> Booking:
        now = clock.now()
        _have_again(one, now)
        until = now + timedelta(minutes=minutes)
        one.hold_until = max(until, one.hold_until or until)
        if one.state == "expired":
            placing.turn(one, "held", now)
        else:
            one.save(update_fields=["hold_until"])
        return one

    return _change(booking, longer)


def prolong(booking: Booking, ends: datetime) -> Booking:
    """It lasts longer, with the same units, or ends earlier, which frees the rest.

    Raises Taken: somebody comes after it. NotOpen. WrongState: it is over.
    """

    def work(one: Booking) -> Booking:
        _need(one, "held", "booked", "arrived")
        now, old = clock.now(), one.ends
        if ends == old:
            return one
        if ends <= max(one.begins, now if ends < old else one.begins):
            raise WrongState
        if ends > old:
            later = replace(what(one), begins=old, ends=ends, units=_numbers(one),
                            skills=(), audience="internal")  # fmt: skip
            release(later, now)
            pick(later, now, without=one.pk)
        placing.stretch(one, ends)
        if ends < old:
            freed(one.resource_id, ends, old)
        return one

    return _change(booking, work, until=ends)


def move(booking: Booking, wanted: Wanted) -> Booking:
    """The same booking, with its code and links, at another time or place; the old one is freed.

    If it cannot be had, nothing changes. Raises as `hold` does, HoldOver and WrongState.
    """

    def work(one: Booking) -> Booking:
        _need(one, "held", "booked")
        now, old = clock.now(), what(one)
        if one.hold_until is not None and one.hold_until <= now:
            raise HoldOver(wanted=wanted)
        release(wanted, now)
        placing.put(one, wanted, pick(wanted, now, without=one.pk), "moved")
        freed(old.resource.pk, old.begins, old.ends)
        return one

    return _change(booking, work, also=wanted)


def cancel(booking: Booking, *, by: str, reason: str = "") -> Booking:
    """Given up; may be repeated. `by` is who did it, such as `person` or `account:7`.

    Raises WrongState: it is in use or over.
    """

    def work(one: Booking) -> Booking:
        if one.state in ("cancelled", "expired"):
            return one
        _need(one, "held", "booked")
        one.ended_by, one.reason = by, reason
        end(one, "cancelled", clock.now())
        return one

    return _change(booking, work)


def arrive(booking: Booking) -> Booking:
    """Whoever booked is here, or uses it now; may be repeated. Raises WrongState."""

    def work(one: Booking) -> Booking:
        if one.state != "arrived":
            _need(one, "booked")
            placing.turn(one, "arrived", clock.now())
        return one

    return _change(booking, work)


def finish(booking: Booking, at: datetime | None = None) -> Booking:
    """It is over, now or `at`; what is left of its span is free. May be repeated.

    Raises WrongState.
    """

    def work(one: Booking) -> Booking:
        if one.state != "finished":
            _need(one, "booked", "arrived")
            end(one, "finished", at or clock.now())
        return one

    return _change(booking, work)


def miss(booking: Booking) -> Booking:
    """Nobody came; what is left of its span is free. May be repeated. Raises WrongState."""

    def work(one: Booking) -> Booking:
        if one.state != "missed":
            _need(one, "booked")
            end(one, "missed", clock.now())
        return one

    return _change(booking, work)


def expire(booking: Booking) -> bool:
    """Mark a hold whose time is over; False where it was not, or is not any more."""

    def work(one: Booking) -> bool:
        now = clock.now()
        if one.state != "held" or (one.hold_until or now) > now:
            return False
        end(one, "expired", now)
        return True

    return _change(booking, work)


def conflicts(resource: Resource, span: tuple[datetime, datetime]) -> BookingQuerySet:
    """Who has something of a resource within a span, in order of time."""
    rows = Booking.objects.filter(resource=resource).live().touching(*span)
    return rows.order_by("begins", "id")


def what(booking: Booking) -> Wanted:
    """What a booking asked for; any fitting units, also where certain ones were asked for."""
    return Wanted(
        resource=booking.resource, begins=booking.begins, ends=booking.ends,
        quantity=booking.quantity, skills=tuple(booking.skills), audience=booking.audience,
    )  # fmt: skip


def _numbers(booking: Booking) -> tuple[int, ...]:
    return tuple(booking.occupancies.values_list("unit__number", flat=True))


def _need(booking: Booking, *states: str) -> None:
    if booking.state not in states:
        raise WrongState


def _change(
    booking: Booking, work: Callable[[Booking], T],
    *, also: Wanted | None = None, until: datetime | None = None,
) -> T:  # fmt: skip
    """`work` on the row as it is now, with the turn of its days; and of others it needs."""
    while True:
        seen = Booking.objects.get(pk=booking.pk)
        ends = max(seen.ends, until or seen.ends)
        turns = [Turn(resource=seen.resource_id, begins=seen.begins, ends=ends)]
        turns += [turn_of(also)] if also else []
        try:
            return taken_in(turns, lambda seen=seen: work(_same(seen)))  # type: ignore[misc]
        except _Moved:
            continue


class _Moved(Exception):
    """The booking went to other days while its turn was waited for."""


def _same(seen: Booking) -> Booking:
    rows = Booking.objects.select_for_update(of=("self",)).select_related("resource")
    one = rows.get(pk=seen.pk)
    if (one.resource_id, one.begins, one.ends) != (seen.resource_id, seen.begins, seen.ends):
        raise _Moved
    return one
