"""Waiting lists: a wish is offered what becomes free; it is taken, declined, or runs out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import changes, placing
from stadtkern.kernel.bookings.ending import end, freed
from stadtkern.kernel.bookings.errors import HoldOver, WrongState
from stadtkern.kernel.bookings.models import Booking, Resource, Wish
from stadtkern.kernel.bookings.offering import offer_free
from stadtkern.kernel.bookings.turns import Turn, taken_in
from stadtkern.kernel.bookings.wanted import Person

__all__ = ["accept", "decline", "offer_free", "wish", "withdraw"]

T = TypeVar("T")


def wish(
    *, kind: str, resources: Sequence[Resource], earliest: datetime, latest: datetime,
    person: Person, minutes: int = 0, quantity: int = 1, skills: Sequence[str] = (),
    weekdays: Sequence[int] = (), replaces: Booking | None = None, subject: str = "",
    properties: Mapping[str, Any] | None = None,
) -> Wish:  # fmt: skip
    """Somebody waits for `minutes` (0: all of the span) between two instants.

    With `replaces` they have a later booking, which is moved when they take an earlier slot.
    Nothing is offered at once: the job looks every minute, and whatever becomes free is offered.
    """
    with transaction.atomic():
        made = Wish.objects.create(
            kind=kind, earliest=earliest, latest=latest, minutes=minutes, quantity=quantity,
            skills=list(skills), weekdays=list(weekdays), replaces=replaces, subject=subject,
            properties=dict(properties or {}), name=person.name, email=person.email,
            phone=person.phone, language=person.language, created=clock.now(),
        )  # fmt: skip
        made.resources.set(resources)
    return made


def accept(wish: Wish, person: Person | None = None) -> Booking:
    """Take what is offered; may be repeated. An earlier slot is taken by the booking they had.

    Raises HoldOver: the offer has run out. WrongState: there is no offer, or they are here for
    the booking that they had.
    """
    return _answer(wish, lambda one, offer, old: _accepted(one, offer, old, person))


def _accepted(
    wish: Wish, offer: Booking, old: Booking | None, person: Person | None
) -> Booking:  # fmt: skip
    now = clock.now()
    if wish.state == "taken":
        return offer
    if wish.state != "offered":
        raise HoldOver if wish.state in ("waiting", "over") else WrongState
    if old is not None and old.state in ("arrived", "finished"):
        raise WrongState
    if old is None or old.state not in ("held", "booked"):
        offer = changes.confirmed(offer, person)
    else:
        placing.sign(old, person)
        offer = _instead(offer, old, now)
    wish.state, wish.offer = "taken", offer
    wish.save(update_fields=["state", "offer"])
    return offer


def _instead(offer: Booking, old: Booking, now: datetime) -> Booking:
    """The booking they had goes where the offer was; what it leaves goes to the next."""
    units = [one.unit for one in offer.occupancies.select_related("unit")]
    before = changes.what(old)
    wanted = replace(changes.what(offer), audience=old.audience, skills=before.skills)
    placing.turn(offer, "cancelled", now)
    if old.state == "held":
        placing.turn(old, "booked", now)
    placing.put(old, wanted, units, "moved")
    freed(before.resource.pk, before.begins, before.ends)
    return old


def decline(wish: Wish, *, keep: bool = False) -> Wish:
    """Not this one; with `keep` they go on waiting for another. May be repeated."""

    def work(one: Wish, offer: Booking, old: Booking | None) -> Wish:
        if one.state == "offered":
            one.state = "waiting" if keep else "declined"
            one.passed = [*one.passed, offer.begins]
            one.save(update_fields=["state", "passed"])
            if offer.state == "held":
                end(offer, "cancelled", clock.now())
        return one

    return _answer(wish, work)


def withdraw(wish: Wish) -> Wish:
    """They wait no longer; what was offered goes to the next. May be repeated."""
    if Wish.objects.filter(pk=wish.pk, state="waiting").update(state="withdrawn"):
        return Wish.objects.get(pk=wish.pk)

    def work(one: Wish, offer: Booking, old: Booking | None) -> Wish:
        if one.state == "offered":
            one.state = "withdrawn"
            one.save(update_fields=["state"])
            if offer.state == "held":
                end(offer, "cancelled", clock.now())
        return one

    return _answer(wish, work)


def _answer(wish: Wish, work: Callable[[Wish, Booking, Booking | None], T]) -> T:
    """`work` on the wish, its offer and what it replaces, with the turn of their days."""
    while True:
        seen = Wish.objects.select_related("offer", "replaces").get(pk=wish.pk)
        known = [one for one in (seen.offer, seen.replaces) if one is not None]
        turns = [Turn(resource=o.resource_id, begins=o.begins, ends=o.ends) for o in known]
        try:
            return taken_in(turns, lambda seen=seen: work(*_locked(seen)))  # type: ignore[misc]
        except _Changed:
            continue


class _Changed(Exception):
    """Something else was offered, or a booking was moved, while the turn was waited for."""


def _locked(seen: Wish) -> tuple[Wish, Booking, Booking | None]:
    """The rows as they are now. Raises HoldOver where nothing was ever offered."""
    wish = Wish.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    if (wish.offer_id, wish.replaces_id) != (seen.offer_id, seen.replaces_id):
        raise _Changed
    if seen.offer is None:
        raise HoldOver
    rows = Booking.objects.select_for_update(of=("self",)).select_related("resource")
    found = {one.pk: one for one in rows.filter(pk__in=[seen.offer.pk, seen.replaces_id or 0])}
    for one in (seen.offer, seen.replaces):
        if one is not None and _where(found[one.pk]) != _where(one):
            raise _Changed
    return wish, found[seen.offer.pk], found.get(seen.replaces_id or 0)


def _where(booking: Booking) -> tuple[int, datetime, datetime]:
    return booking.resource_id, booking.begins, booking.ends
