"""How people get their number: with an appointment, or without within the day's contingent."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, registry
from stadtkern.kernel.bell import ring
from stadtkern.kernel.bookings import changes
from stadtkern.kernel.bookings.models import Booking
from stadtkern.systems.appointments.logic import queue_visit, waiting_now
from stadtkern.systems.appointments.logic.queue_refused import (
    NoNumbersLeft,
    NoSuchCode,
    NotHere,
    NotThisDay,
    NotYet,
)
from stadtkern.systems.appointments.logic.queue_visit import Visit
from stadtkern.systems.appointments.models import Hall, Numbers, Queue, QueueEntry, Service

# A booking that is in one of these states can be waited for.
COMING = ("booked", "arrived", "missed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """A number, and whether its owner came too late to have the appointment's turn."""

    entry: QueueEntry
    late: bool = False
    again: bool = False


def topic(hall: int) -> str:
    """What rings for the open pages of a hall."""
    return f"appointments.hall.{hall}"


def today() -> date:
    """The city's day."""
    return clock.now().astimezone(ZoneInfo(registry.city().city.time_zone)).date()


def by_code(code: str) -> Booking:
    """The appointment with this code, or this link of its QR code. Raises NoSuchCode."""
    typed = code.strip().rstrip("/").rpartition("/")[2]
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())
    found = Booking.objects.filter(code=plain, kind__startswith="appointments.")
    one = found.select_related("resource").first()
    if one is None or one.state not in COMING:
        raise NoSuchCode
    return one


def check_in(booking: Booking, hall: Hall | None = None) -> Given:
    """Who has an appointment is here; again gives the same number.

    Raises NotHere, NotThisDay, NotYet, and WrongState where it was cancelled meanwhile.
    """
    known = QueueEntry.objects.filter(booking=booking).select_related("hall", "queue").first()
    if known:
        return Given(entry=known, again=True)
    queue = _queue_of(booking, hall)
    late = _is_late(booking, queue.hall)
    with transaction.atomic():
        if booking.state != "missed":
            changes.arrive(booking)
        visit = queue_visit.visit_of(booking)
        due = clock.now() if late else booking.begins
        entry = _entered(queue, visit, booking=booking, due=due, priority=3 if late else 2)
    waiting_now.note(entry)
    return Given(entry=entry, late=late)


def _queue_of(booking: Booking, hall: Hall | None) -> Queue:
    rows = Queue.objects.filter(office__resource=booking.resource_id).select_related("hall")
    found = rows.filter(hall=hall) if hall else rows.order_by("id")
    one = found.first()
    if one is None:
        raise NotHere
    return one


def _is_late(booking: Booking, hall: Hall) -> bool:
    """Whether it is too late for the appointment's turn. Raises NotThisDay, NotYet."""
    now = clock.now()
    begins = timezone.localtime(booking.begins)
    if begins.date() != timezone.localtime(now).date():
        said = {"day": formats.date_format(begins, "j. F"), "time": f"{begins:%H:%M}"}
        raise NotThisDay(_("Your appointment is on %(day)s at %(time)s.") % said)
    opens = begins - timedelta(minutes=hall.early_minutes)
    if now < opens:
        said = {"time": f"{begins:%H:%M}", "opens": f"{timezone.localtime(opens):%H:%M}"}
        raise NotYet(
            _("Your appointment is at %(time)s. Please come back from %(opens)s on.") % said
        )
    return now > booking.begins + timedelta(minutes=hall.late_minutes)


def walk_in(
    queue: Queue, service: Service | None, *, persons: int = 1, language: str = "de",
    key: str = "", priority: int = 3,
) -> Given:  # fmt: skip
    """A number for somebody without an appointment; the same `key` gives the same number.

    Raises NoNumbersLeft.
    """
    if not queue.walk_ins:
        raise NoNumbersLeft
    visit = queue_visit.visit_to(queue, service, persons, language)
    with transaction.atomic():
        entry = _entered(queue, visit, due=clock.now(), key=key, priority=priority)
    waiting_now.note(entry)
    return Given(entry=entry)


def _entered(
    queue: Queue, visit: Visit, *, due: datetime, priority: int,
    booking: Booking | None = None, key: str = "",
) -> QueueEntry:  # fmt: skip
    """The day's row is locked first, so whoever sends the same twice finds what was made."""
    day = today()
    numbers = _locked(queue, day)
    same = QueueEntry.objects.filter(hall=queue.hall_id)
    if booking and (known := QueueEntry.objects.filter(booking=booking).first()):
        return known
    if key and (known := same.filter(key=key).first()):
        return known
    entry = QueueEntry.objects.create(
        hall_id=queue.hall_id, queue=queue, day=day, letter=queue.letter,
        number=_next(numbers, walk_in=booking is None), key=key, booking=booking,
        arrived=clock.now(), due=due,
        source="appointment" if booking else "walk_in", priority=priority,
        service=visit.service, persons=visit.persons, minutes=visit.minutes,
        skills=list(visit.skills), language=visit.language,
    )  # fmt: skip
    ring(topic(queue.hall_id))
    return entry


def renumber(entry: QueueEntry, queue: Queue) -> None:
    """A number of this queue for somebody who was sent there; the caller saves the entry."""
    numbers = _locked(queue, today())
    entry.hall_id, entry.letter = queue.hall_id, queue.letter
    entry.number = _next(numbers, walk_in=False)


def _locked(queue: Queue, day: date) -> Numbers:
    row = Numbers(queue=queue, day=day, walk_in_limit=queue.daily_limit)
    Numbers.objects.bulk_create([row], ignore_conflicts=True)
    return Numbers.objects.select_for_update().get(queue=queue, day=day)


def _next(numbers: Numbers, *, walk_in: bool) -> int:
    """The contingent is looked at under the lock: two at once cannot exceed it."""
    if walk_in and numbers.walk_ins >= numbers.walk_in_limit:
        raise NoNumbersLeft
    numbers.last += 1
    numbers.walk_ins += 1 if walk_in else 0
    numbers.save(update_fields=["last", "walk_ins"])
    return numbers.last


def leave(entry: QueueEntry) -> bool:
    """Somebody gives their place up; False where they were called already or are done."""
    changed = QueueEntry.objects.filter(pk=entry.pk, state__in=("waiting", "forwarded", "parked"))
    with transaction.atomic():
        done = bool(changed.update(state="left", ended=clock.now()))
        if done:
            ring(topic(entry.hall_id))
    return done
