"""Rentals that are over: ended where the box is empty, else reminded, warned, rescued."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings import changes as bookings
from stadtkern.kernel.bookings.errors import WrongState
from stadtkern.kernel.people.models import Account
from stadtkern.systems.bike_boxes.logic import (
    changes,
    fees,
    granting,
    mail,
    moving,
    opening,
    settings,
    troubles,
)
from stadtkern.systems.bike_boxes.logic.left import left
from stadtkern.systems.bike_boxes.logic.renting import chain
from stadtkern.systems.bike_boxes.models import Access, Box, Rescue

# The next renter is told this long before the beginning that it is another box.
BEFORE = timedelta(minutes=30)
BLOCK = timedelta(days=1)


def _ended(now: datetime) -> QuerySet[Access]:
    return Access.objects.filter(live=True, ends__lte=now).select_related(
        "booking", "box__facility__place", "facility__place")  # fmt: skip


def look_after(now: datetime | None = None) -> str:
    """One round: remind of the end, end what is over, see to bicycles that stay. Bears repeating.

    The answer says what was done.
    """
    now = now or clock.now()
    reminded = _remind(now)
    over = [_over(access, now) for access in _ended(now)]
    warned, dunned = _warn(now), fees.dun(now)
    return (f"{reminded} reminded of the end, {over.count('ended')} ended, "
            f"{over.count('stays')} bicycles stay, {warned} warned, "
            f"{dunned} fees asked for again")  # fmt: skip


def _remind(now: datetime) -> int:
    """Once before the end of what lasts longer than a day."""
    soon = Access.objects.filter(
        live=True, reminded=None, ends__gt=now,
        ends__lte=now + timedelta(hours=settings().remind_hours),
    ).select_related("booking", "box", "facility__place")  # fmt: skip
    done = 0
    for access in soon:
        if access.ends - access.begins <= timedelta(hours=25):
            continue
        with transaction.atomic():
            rows = Access.objects.filter(pk=access.pk, reminded=None)
            if rows.update(reminded=now):
                mail.later(access, "ends_soon", access.ends.isoformat())
                done += 1
    return done


def _over(access: Access, now: datetime) -> str:
    """What becomes of one rental whose time is over."""
    if access.box.bike:
        with transaction.atomic():
            _stays(access, now)
        _make_way(access, now)
        return "stays"
    if access.box.bike is None and now < opening.closes(access):
        return "grace"
    finish(access, now)
    return "ended"


def finish(access: Access, now: datetime) -> None:
    """The box is empty, as far as we know: nothing opens it any more, and others can have it."""
    with transaction.atomic():
        # Always the right before the booking's turn, so that no two wait for each other.
        if not Access.objects.select_for_update().filter(pk=access.pk, live=True).exists():
            return
        for one in chain(access):
            if one.state in ("booked", "arrived"):
                bookings.finish(one, min(now, one.ends))
        granting.close(access)
        left(access, now)
        changes.note(access.facility, source=access.booking.source,
                     booking=access.booking.public_id, state="ended")  # fmt: skip


def _stays(access: Access, now: datetime) -> None:
    """The bicycle is inside: keep others from renting the box, and remind its owner once."""
    troubles.block(access.box, "overdue", BLOCK)
    _rescue, new = Rescue.objects.get_or_create(
        booking=access.booking, defaults={"box": access.box, "since": access.ends, "reminded": now}
    )
    if new:
        with override(access.booking.language):
            mail.later(access, "overdue", access.ends.isoformat(), fee=fees.announced())
        changes.note(access.facility, source=access.booking.source,
                     booking=access.booking.public_id, state="overdue")  # fmt: skip


def _make_way(access: Access, now: datetime) -> None:
    """Who has the box next gets another one in good time, or the money back."""
    following = Access.objects.filter(
        box=access.box_id, live=True, begins__gte=access.ends, begins__lte=now + BEFORE
    ).exclude(pk=access.pk)
    for other in following.select_related("booking", "facility__place"):
        if moving.rehouse(other) is None:
            moving.pay_back(other, _("The box is still taken, and no other one is free."))


def _warn(now: datetime) -> int:
    """Say in time that the bicycle will be removed, and when."""
    due = Rescue.objects.filter(
        state="overdue", since__lte=now - timedelta(days=settings().warn_days)
    )
    done = 0
    for rescue in due.select_related("booking", "box__facility__place"):
        after = now + timedelta(days=settings().rescue_days)
        with transaction.atomic():
            rows = Rescue.objects.filter(pk=rescue.pk, state="overdue")
            if rows.update(state="warned", warned=now, remove_after=after):
                with override(rescue.booking.language):
                    mail.about(rescue.booking, "warned", until=after, fee=fees.also_removal())
                done += 1
    return done


def store(rescue: Rescue, who: Account, where: str, description: str) -> None:
    """The bicycle was taken out and stands in storage; the box is free again.

    Raises WrongState: nobody was warned, or the time to react is not over.
    """
    now = clock.now()
    if rescue.state != "warned" or rescue.remove_after is None or rescue.remove_after > now:
        raise WrongState(_("The bicycle can only be removed after the warning's deadline."))
    until = now + timedelta(days=settings().storage_days)
    with transaction.atomic():
        # The right before the rescue, as in `finish`, so that no two wait for each other.
        _close_rental(rescue, now)
        rows = Rescue.objects.filter(pk=rescue.pk, state="warned")
        if not rows.update(state="stored", stored=now, store_until=until, where=where,
                           description=description):  # fmt: skip
            raise WrongState()
        Box.objects.filter(pk=rescue.box_id).update(bike=False, bike_at=now)
        troubles.unblock(rescue.box, "overdue")
        mail.about(rescue.booking, "stored", until=until, where=where)
        fees.charge(Rescue.objects.select_related("booking").get(pk=rescue.pk), now)
        record(who, "bike_boxes.store", rescue, where=where)


def _close_rental(rescue: Rescue, now: datetime) -> None:
    rows = Access.objects.select_for_update(of=["self"]).select_related("booking", "facility")
    access = rows.filter(booking=rescue.booking_id, live=True).first()
    if access is not None:
        for one in chain(access):
            if one.state in ("booked", "arrived"):
                bookings.finish(one, min(now, one.ends))
        granting.close(access)
        changes.note(access.facility, state="free")


def hand_over(rescue: Rescue, who: Account, state: str) -> None:
    """Give it back to its owner, or hand it to the lost-property office after the storage time.

    Raises WrongState.
    """
    now = clock.now()
    early = rescue.store_until is not None and rescue.store_until > now
    if state == "disposed" and early:
        raise WrongState(_("The storage time is not over yet."))
    with transaction.atomic():
        rows = Rescue.objects.filter(pk=rescue.pk, state="stored")
        if not rows.update(state=state, closed=now):
            raise WrongState()
        record(who, f"bike_boxes.{state}", rescue)
