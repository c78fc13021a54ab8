"""Visits: who is here, who waits, how it ended; and what is counted of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings import changes
from stadtkern.kernel.bookings.errors import Refused as NotBooked
from stadtkern.kernel.bookings.models import Booking, Resource
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.digital_forum.logic import DEVICE, HELPERS, SESSION
from stadtkern.systems.digital_forum.models import REASONS, ScreenCount, Visit
from stadtkern.systems.digital_forum.models.visit import DIGITAL, STOPPED


class Refused(Exception):
    """It cannot be done; the text says why and what to do."""


def span_of(day: date) -> tuple[datetime, datetime]:
    """A day of the city."""
    begin = datetime.combine(day, datetime.min.time(), city_zone())
    return begin, begin + timedelta(days=1)


def bookings_of(day: date) -> list[Booking]:
    """Everything that is booked on a day, in order of time, also what was missed."""
    begins, ends = span_of(day)
    rows = Booking.objects.of_kind(SESSION, DEVICE).filter(begins__gte=begins, begins__lt=ends)
    return list(rows.exclude(state__in=("cancelled", "expired", "held")).select_related("resource")
                .prefetch_related("occupancies__unit").order_by("begins", "id"))  # fmt: skip


def visits_of(day: date) -> list[Visit]:
    """Everybody who came on a day."""
    begins, ends = span_of(day)
    rows = Visit.objects.filter(arrived__gte=begins, arrived__lt=ends)
    return list(rows.select_related("booking", "resource"))


@transaction.atomic
def arrive(booking: Booking, *, by: Account) -> Visit:
    """Somebody with a booking is here; a second time changes nothing. Raises Refused."""
    known = Visit.objects.filter(booking=booking).first()
    if known:
        return known
    try:
        changes.arrive(booking)
    except NotBooked as problem:
        raise Refused(str(problem)) from None
    reason = booking.properties.get("reason", "other")
    made = Visit.objects.create(
        resource=booking.resource, booking=booking, name=booking.name[:60],
        reason=reason if reason in REASONS else "other", invented=booking.resource.invented,
    )  # fmt: skip
    record(by, "digital_forum.arrive", made)
    return made


@transaction.atomic
def walk_in(name: str, reason: str, *, by: Account) -> Visit:
    """Somebody without a booking goes onto the list. Raises Refused: there is no forum."""
    resource = Resource.objects.of_kind(HELPERS).open().order_by("id").first()
    if resource is None:
        raise Refused(_("There is no forum yet. Enter its helpers as a resource first."))
    made = Visit.objects.create(
        resource=resource, name=name[:60], reason=reason, arrived=clock.now()
    )
    record(by, "digital_forum.walk_in", made)
    return made


@transaction.atomic
def begin(number: int, *, by: Account) -> Visit:
    """It is their turn. Raises Refused: it has ended."""
    one = Visit.objects.select_for_update().get(pk=number)
    if one.state not in ("waiting", "here"):
        raise Refused(_("This visit has ended already."))
    if one.state == "waiting":
        one.state, one.begun = "here", clock.now()
        one.save(update_fields=["state", "begun"])
        record(by, "digital_forum.begin", one)
    return one


@transaction.atomic
def finish(number: int, digital: str, stopped: str, *, by: Account) -> Visit:
    """How it ended, and where it stopped if not wholly online. Raises Refused."""
    one = Visit.objects.select_for_update(of=("self",)).select_related("booking").get(pk=number)
    if digital not in DIGITAL or (stopped and stopped not in STOPPED):
        raise Refused(_("Please say whether it worked out online."))
    if digital != "yes" and not stopped:
        raise Refused(_("Please say where it stopped. It helps to make the services better."))
    one.state, one.digital, one.ended = "done", digital, clock.now()
    one.stopped = "" if digital == "yes" else stopped
    one.begun = one.begun or one.arrived
    one.save(update_fields=["state", "digital", "ended", "stopped", "begun"])
    _free(one)
    record(by, "digital_forum.finish", one, digital=digital, stopped=one.stopped)
    return one


@transaction.atomic
def leave(number: int, *, by: Account) -> Visit:
    """Somebody went without being helped."""
    one = Visit.objects.select_for_update(of=("self",)).select_related("booking").get(pk=number)
    if one.state in ("waiting", "here"):
        one.state, one.ended = "left", clock.now()
        one.save(update_fields=["state", "ended"])
        _free(one)
        record(by, "digital_forum.leave", one)
    return one


def _free(one: Visit) -> None:
    if one.booking is not None and one.booking.state in ("booked", "arrived"):
        changes.finish(one.booking)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """A span of days: visits by reason, how they ended, where they stopped, screens by outcome."""

    visits: int
    done: int
    digital: int
    reasons: dict[str, int]
    stopped: dict[str, int]
    screens: Sequence[Mapping[str, Any]]
    pages: Sequence[Mapping[str, Any]]
    # Whether visits or screens of the demo are among them.
    invented: bool

    @property
    def share(self) -> float | None:
        """Of the visits that ended, those that were finished online."""
        return self.digital / self.done if self.done else None


def figures(since: date) -> Figures:
    """Counted from a day on; six statements."""
    begins, _end = span_of(since)
    rows = Visit.objects.filter(arrived__gte=begins)
    whole = rows.aggregate(
        n=Count("pk"),
        done=Count("pk", filter=Q(state="done")),
        digital=Count("pk", filter=Q(digital="yes")),
        invented=Count("pk", filter=Q(invented=True)),
    )
    counts = ScreenCount.objects.filter(day__gte=since)
    outcomes = counts.values("topic", "outcome").annotate(n=Sum("times")).order_by("topic")
    left = counts.exclude(outcome__in=("begun", "yes")).exclude(page="")
    pages = left.values("page").annotate(n=Sum("times")).order_by("-n", "page")
    return Figures(
        visits=whole["n"],
        done=whole["done"],
        digital=whole["digital"],
        reasons=_tally(rows, "reason"),
        stopped=_tally(rows.exclude(stopped=""), "stopped"),
        screens=[dict(row) for row in outcomes],
        pages=[dict(row) for row in pages[:20]],
        invented=bool(whole["invented"]) or counts.filter(screen__invented=True).exists(),
    )


def _tally(rows: Any, name: str) -> dict[str, int]:
    return dict(rows.values_list(name).annotate(n=Count("pk")).order_by("-n", name))


def today() -> date:
    """The day in the city."""
    return timezone.localdate(clock.now())
