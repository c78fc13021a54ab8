"""A booking, and the units it occupies: no two live ones have one unit at one instant."""

import secrets
from datetime import datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models.resource import Resource, Unit

STATES = {
    "held": _("held"),
    "booked": _("booked"),
    "arrived": _("in use"),
    "finished": pgettext_lazy("booking", "finished"),
    "missed": _("not come"),
    "cancelled": pgettext_lazy("booking", "cancelled"),
    "expired": _("expired"),
}
# States in which the units are taken.
LIVE = ("held", "booked", "arrived")
# No vowels and nothing that looks alike: a code is read aloud and typed from paper.
LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


def new_code() -> str:
    """Eight letters and digits, as a person reads a booking out: 2.8e11 of them."""
    return "".join(secrets.choice(LETTERS) for _place in range(8))


class BookingQuerySet(models.QuerySet["Booking"]):
    """Questions about bookings."""

    def of_kind(self, *kinds: str) -> Self:
        """Bookings of these kinds, `<system>.<kind>`."""
        return self.filter(kind__in=kinds)

    def live(self) -> Self:
        """Those that take their units; a hold whose time is over takes nothing."""
        return self.taking(clock.now())

    def taking(self, now: datetime) -> Self:
        """Those that take their units at this instant of asking."""
        return self.filter(state__in=LIVE).exclude(state="held", hold_until__lte=now)

    def run_out(self, now: datetime) -> Self:
        """Holds whose time is over, but which are not marked so yet."""
        return self.filter(state="held", hold_until__lte=now)

    def of_mailbox(self, email: str) -> Self:
        """Those of one e-mail address, however it is written."""
        return self.annotate(mailbox=Lower("email")).filter(mailbox=email.strip().lower())

    def touching(self, begins: datetime, ends: datetime) -> Self:
        """Those that share an instant with a span."""
        return self.filter(begins__lt=ends, ends__gt=begins)


class Booking(models.Model):
    """Somebody has `quantity` units of a resource from `begins` until `ends`.

    `audience` is who booked: public, phone, internal, partner. A hold ends by itself at
    `hold_until`. `key` makes a repeated request answer with the same booking, per `source`.
    Contact data is emptied when its retention is over (`erased`); the row stays for statistics.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=80)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="bookings")
    state = models.CharField(max_length=12, choices=list(STATES.items()), default="held")
    code = models.CharField(max_length=8, unique=True, default=new_code, editable=False)
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    quantity = models.PositiveIntegerField(default=1)
    # What each of its units must be fit for, also when it is moved.
    skills = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    hold_until = models.DateTimeField(null=True, blank=True)
    audience = models.CharField(max_length=12, default="public")
    source = models.CharField(max_length=60, default="web")
    key = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5, default="de")
    account = models.ForeignKey(
        "people.Account", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    subject = models.CharField(max_length=120, blank=True)
    properties = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now, editable=False)
    # How often it was changed: the SEQUENCE of its calendar entry (RFC 5545, 3.8.7.4).
    revision = models.PositiveIntegerField(default=0, editable=False)
    confirmed = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    reminded = models.DateTimeField(null=True, blank=True)
    erased = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[BookingQuerySet] = BookingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ("begins", "id")
        indexes = [
            models.Index(fields=["resource", "begins"], name="bookings_by_resource"),
            models.Index(fields=["kind", "begins"], name="bookings_by_kind"),
            models.Index(fields=["hold_until"], condition=Q(state="held"), name="bookings_holds"),
            models.Index(Lower("email"), name="bookings_by_email"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="bookings_has_a_span"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="bookings_quantity"),
            models.CheckConstraint(
                condition=Q(state__in=list(STATES)), name="bookings_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="held", hold_until__isnull=False)
                | (~Q(state="held") & Q(hold_until=None)),
                name="bookings_only_holds_run_out",
            ),
            models.UniqueConstraint(
                fields=["source", "key"], condition=~Q(key=""), name="bookings_once_per_key"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def state_text(self) -> str:
        """The state in the reader's words."""
        return str(STATES[self.state])


class Occupancy(models.Model):
    """A booking has a unit for a span. The database refuses two live ones that overlap."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="occupancies")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="occupancies", db_index=False
    )
    during = DateTimeRangeField()
    # Both are kept by the database: whether it takes its unit, and whose share of the capacity.
    live = models.BooleanField(default=True)
    side = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("occupancy")
        verbose_name_plural = _("occupancies")
        indexes = [
            # What is past is not live, so this stays as small as what is booked.
            models.Index(fields=["unit"], name="bookings_live", condition=Q(live=True)),
            models.Index(fields=["unit", "booking"], name="bookings_of_unit"),
        ]
        constraints = [
            ExclusionConstraint(
                name="bookings_one_at_a_time",
                expressions=[
                    (
                        Func(F("unit"), F("unit"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(live=True),
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False), name="bookings_occupancy_has_a_span"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.during}"
