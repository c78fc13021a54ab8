"""The job of each minute: holds that run out, offers, reminders, no-shows. Bears repetition."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from django.db import transaction

from stadtkern.kernel import clock, registry
from stadtkern.kernel.bookings import changes, letters, offering
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Booking, Wish

log = structlog.get_logger("bookings")
# In one run; the next minute goes on.
MOST = 500


def run() -> str:
    """What is due, in one line of figures."""
    over, asked, reminded = expire(), offer(), remind()
    missed, finished = settle()
    return (
        f"{over} holds over, {asked} offers, {reminded} reminders,"
        f" {missed} missed, {finished} finished"
    )


def expire() -> int:
    """Mark holds whose time is over; what they held is offered to who waits."""
    rows = Booking.objects.run_out(clock.now()).order_by("hold_until", "id")
    return _each(rows[:MOST], changes.expire)


def offer() -> int:
    """Offer what is free to those who wait; who waited for what is past waits no more."""
    now = clock.now()
    Wish.objects.filter(state="waiting", latest__lte=now).update(state="over")
    wanted = Wish.resources.through.objects.filter(wish__state="waiting")
    resources = list(wanted.values_list("resource", flat=True).distinct().order_by("resource"))
    return offering.offer_free(resources, now, now + offering.AHEAD) if resources else 0


def remind() -> int:
    """Remind of what begins soon; who booked later than that needs no reminder."""
    done = 0
    for name, kind in registry.booking_kinds().items():
        if kind.remind_before is not None:
            done += _remind(name, kind.remind_before)
    return done


def _remind(kind: str, before: timedelta) -> int:
    now, done = clock.now(), 0
    rows = Booking.objects.of_kind(kind).filter(
        state="booked", reminded=None, begins__gt=now, begins__lte=now + before
    )
    for number in list(rows.order_by("begins").values_list("pk", flat=True)[:MOST]):
        with transaction.atomic():
            locked = rows.select_for_update(of=("self",), skip_locked=True)
            one = locked.select_related("resource__calendar", "resource__place").filter(pk=number)
            booking = one.first()
            if booking is None:
                continue
            if booking.changed <= booking.begins - before:
                done += letters.reminder(booking)
            booking.reminded = now
            booking.save(update_fields=["reminded"])
    return done


def settle() -> tuple[int, int]:
    """Nobody came, or it is over: as the kinds say."""
    now, missed, finished = clock.now(), 0, 0
    for name, kind in registry.booking_kinds().items():
        rows = Booking.objects.of_kind(name).order_by("begins")
        if kind.missed_after is not None:
            late = rows.filter(state="booked", begins__lte=now - kind.missed_after)
            missed += _each(late[:MOST], _miss)
        if kind.finished_after is not None:
            done = rows.filter(state__in=("booked", "arrived"), ends__lte=now - kind.finished_after)
            finished += _each(done[:MOST], _finish)
    return missed, finished


def _miss(booking: Booking) -> bool:
    return changes.miss(booking).state == "missed"


def _finish(booking: Booking) -> bool:
    return changes.finish(booking, at=booking.ends).state == "finished"


def _each(rows: Iterable[Booking], work: Callable[[Booking], bool]) -> int:
    """How many of these it was done to; one that fails does not keep the others waiting."""
    done = 0
    for one in rows:
        try:
            done += work(one)
        except Refused:
            # Somebody else did something to it meanwhile.
            continue
        except Exception:
            log.exception("a booking could not be settled", booking=one.pk)
    return done
