"""Waiting areas, the queues of offices in them, and who waits: a number and no name."""

import secrets
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.systems.appointments.models.office import Office, Service

STATES = {
    "waiting": _("waiting"),
    "forwarded": _("forwarded, waiting"),
    "called": _("called"),
    "serving": _("at the counter"),
    "parked": _("parked"),
    "finished": _("finished"),
    "missed": _("did not come"),
    "left": _("left"),
}
# Those that a counter can call next.
IN_LINE = ("waiting", "forwarded")
AT_COUNTER = ("called", "serving")
OPEN = (*IN_LINE, *AT_COUNTER, "parked")
SOURCES = {"appointment": _("with appointment"), "walk_in": _("without appointment")}
PRIORITIES = {1: _("first"), 2: _("with appointment"), 3: _("in order of coming")}


def new_token() -> str:
    """22 characters that nobody guesses."""
    return secrets.token_urlsafe(16)


class Hall(models.Model):
    """A waiting area with a display and a kiosk; offices share it, and an office can have several.

    `token` opens the display, `kiosk_token` the page that gives out numbers. Whoever comes up to
    `early_minutes` before an appointment is let in, and up to `late_minutes` after it has its
    turn. A number that was called `most_calls` times counts as missed.
    """

    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    token = models.CharField(max_length=40, unique=True, default=new_token)
    kiosk_token = models.CharField(max_length=40, unique=True, default=new_token)
    early_minutes = models.PositiveSmallIntegerField(default=60)
    late_minutes = models.PositiveSmallIntegerField(default=15)
    most_calls = models.PositiveSmallIntegerField(default=3)
    invented = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("waiting area")
        verbose_name_plural = _("waiting areas")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and get_language() == "en" else self.name


class Queue(models.Model):
    """An office's line in a hall. Its numbers begin with `letter`; `daily_limit` walk-ins a day."""

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="queues")
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="queues")
    letter = models.CharField(max_length=1)
    walk_ins = models.BooleanField(default=True)
    daily_limit = models.PositiveIntegerField(default=100)

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        ordering = ("hall", "letter")
        constraints = [
            models.UniqueConstraint(fields=["hall", "letter"], name="appointments_queue_letter"),
            models.UniqueConstraint(fields=["hall", "office"], name="appointments_queue_office"),
            models.CheckConstraint(
                condition=Q(letter__regex=r"^[A-Z]$"), name="appointments_queue_letter_is_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.hall}"


class Numbers(models.Model):
    """How many numbers a queue has given out on a day: the row that is locked to give the next.

    The database itself refuses more walk-ins than the day's contingent.
    """

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)
    walk_ins = models.PositiveIntegerField(default=0)
    walk_in_limit = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("numbers of a day")
        verbose_name_plural = _("numbers of days")
        constraints = [
            models.UniqueConstraint(fields=["queue", "day"], name="appointments_numbers_day"),
            models.CheckConstraint(
                condition=Q(walk_ins__lte=F("walk_in_limit")), name="appointments_contingent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue_id} {self.day}"


class EntryQuerySet(models.QuerySet["QueueEntry"]):
    """Questions about who waits."""

    def open(self) -> Self:
        """Those that are not done."""
        return self.filter(state__in=OPEN)

    def in_line(self) -> Self:
        """Those that wait to be called, in the order in which they are."""
        return self.filter(state__in=IN_LINE).in_order()

    def in_order(self) -> Self:
        """By priority, the time they are due, arrival, number."""
        return self.order_by("priority", "due", "arrived", "number", "id")


class QueueEntry(models.Model):
    """Somebody who waits, as a number of the day in a hall. It bears no name.

    `due` is the appointment's time, or that of arrival; `minutes` what is planned for it, `skills`
    what a counter needs for it. `target` is the counter it was forwarded to; until `not_before` a
    skipped one is not called again.
    """

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="entries")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="entries")
    day = models.DateField()
    letter = models.CharField(max_length=1)
    number = models.PositiveIntegerField()
    token = models.CharField(max_length=40, unique=True, default=new_token)
    # The kiosk's own key for a request that it may have to send twice.
    key = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=12, choices=list(SOURCES.items()))
    booking = models.ForeignKey(
        "bookings.Booking", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    persons = models.PositiveSmallIntegerField(default=1)
    minutes = models.PositiveSmallIntegerField(default=10)
    skills = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    language = models.CharField(max_length=5, default="de")
    priority = models.PositiveSmallIntegerField(default=3, choices=list(PRIORITIES.items()))
    state = models.CharField(max_length=10, choices=list(STATES.items()), default="waiting")
    target = models.ForeignKey(
        "bookings.Unit", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    calls = models.PositiveSmallIntegerField(default=0)
    arrived = models.DateTimeField(default=clock.now)
    due = models.DateTimeField()
    not_before = models.DateTimeField(null=True, blank=True)
    called = models.DateTimeField(null=True, blank=True)
    served = models.DateTimeField(null=True, blank=True)
    parked = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    invented = models.BooleanField(default=False)

    objects: ClassVar[EntryQuerySet] = EntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("queue entry")
        verbose_name_plural = _("queue entries")
        ordering = ("day", "letter", "number")
        indexes = [
            models.Index(
                fields=["queue", "priority", "due", "arrived", "number"],
                condition=Q(state__in=IN_LINE),
                name="appointments_line",
            ),
            models.Index(fields=["hall", "day"], name="appointments_entry_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "day", "letter", "number"], name="appointments_number_once"
            ),
            models.UniqueConstraint(
                fields=["booking"], condition=Q(booking__isnull=False),
                name="appointments_one_check_in",
            ),
            models.UniqueConstraint(
                fields=["hall", "key"], condition=~Q(key=""), name="appointments_entry_key"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(STATES)), name="appointments_entry_state"
            ),
            models.CheckConstraint(
                condition=Q(source__in=list(SOURCES)), name="appointments_entry_source"
            ),
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=3), name="appointments_entry_priority"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended=None)
                | (~Q(state__in=OPEN) & Q(ended__isnull=False)),
                name="appointments_entry_ended",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The number as display and ticket show it, such as `E 047`."""
        return f"{self.letter} {self.number:03d}"

    @property
    def state_text(self) -> str:
        """The state in the reader's words."""
        return str(STATES[self.state])
