"""A right to park, bought in an app, at a machine or here: its changes and what it costs."""

from uuid import uuid4

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.payments.models import Charge
from stadtkern.systems.parking_tickets.models.operator import Operator
from stadtkern.systems.parking_tickets.models.settlement import Settlement
from stadtkern.systems.parking_tickets.models.zone import Int8Range, Machine, Tariff, Zone

SOURCES = {
    "app": _("app"),
    "machine": _("ticket machine"),
    "web": _("this site"),
}
STATES = {
    "held": _("waiting for payment"),
    "active": _("running"),
    "ended": _("ended"),
    "cancelled": _("cancelled"),
}
CHANGES = {
    "start": _("started"),
    "extend": _("extended"),
    "shorten": _("shortened"),
    "stop": _("stopped"),
    "plate": _("plate corrected"),
    "cancel": _("cancelled"),
}


class Session(models.Model):
    """A right to park for one plate in one zone.

    `during` is what holds now: from the start to the planned or real end. Where the end is open
    (`open_ended`) it is the latest end that the tariff allows, so `during` is always bounded; such
    a right has no price before it is stopped. The plate is sealed; `plate_key` (64 bits of a keyed
    digest) finds it, and both are emptied on schedule. `cents` is the gross price now, the sum of
    its price lines. `foreign` is the operator's own id. A ticket of a machine may have no plate.

    `before_seconds` is what the same plate used up in this zone before (free minutes, steps and
    longest stay count on from there), fixed at the start; `used_seconds` is what this right uses.
    A `held` right waits for its payment: it is worth nothing yet, and keeps nobody out.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    source = models.CharField(max_length=8, choices=list(SOURCES.items()))
    operator = models.ForeignKey(
        Operator, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    foreign = models.CharField(max_length=120, blank=True)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="sessions")
    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="+")
    plate_sealed = models.BinaryField(null=True)
    plate_key = models.BigIntegerField(null=True, db_index=True)
    plate_forgotten = models.DateTimeField(null=True, blank=True)
    vehicle = models.CharField(max_length=12, default="car")
    during = DateTimeRangeField()
    open_ended = models.BooleanField(default=False)
    before_seconds = models.PositiveIntegerField(default=0)
    used_seconds = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=9, choices=list(STATES.items()), default="active")
    cents = models.PositiveIntegerField(default=0)
    charge = models.ForeignKey(
        Charge, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    email = models.BinaryField(null=True)
    language = models.CharField(max_length=2, default="de")
    remind = models.BooleanField(default=False)
    reminded = models.DateTimeField(null=True, blank=True)
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("right to park")
        verbose_name_plural = _("rights to park")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["zone", "state"], name="parking_tickets_by_zone"),
            models.Index(fields=["operator", "created"], name="parking_tickets_by_operator"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=list(SOURCES)), name="parking_tickets_source"
            ),
            models.CheckConstraint(
                condition=Q(during__isempty=False, during__lower_inf=False)
                & Q(during__upper_inf=False),
                name="parking_tickets_bounded",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(STATES)), name="parking_tickets_state"
            ),
            models.CheckConstraint(
                condition=Q(source="app", operator__isnull=False)
                | Q(~Q(source="app"), operator__isnull=True),
                name="parking_tickets_app_has_operator",
            ),
            models.CheckConstraint(
                condition=Q(plate_forgotten__isnull=True)
                | Q(plate_sealed__isnull=True, plate_key__isnull=True),
                name="parking_tickets_forgotten_is_gone",
            ),
            models.UniqueConstraint(
                fields=["operator", "foreign"], condition=~Q(foreign=""),
                name="parking_tickets_operators_own_id",
            ),
            # At most one charged right for a plate in a zone at any instant.
            ExclusionConstraint(
                name="parking_tickets_one_right_at_a_time",
                expressions=[
                    (Int8Range("plate_key"), RangeOperators.OVERLAPS),
                    (Int8Range("zone_id"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(plate_key__isnull=False) & Q(state__in=("active", "ended")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.public_id)


class Change(models.Model):
    """What was asked of a right, in order: the state is the fold over these; never changed.

    `key` makes a repeated request the same one. `until` is the planned end after it; `cents` the
    gross price after it and `delta_cents` the difference to the row before: what is charged, or
    given back where it is negative. `settlement` is the closed month that counts it.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="changes")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=list(CHANGES.items()))
    requested = models.DateTimeField(default=clock.now)
    effective = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    cents = models.PositiveIntegerField()
    delta_cents = models.IntegerField()
    settlement = models.ForeignKey(
        Settlement, null=True, blank=True, on_delete=models.PROTECT, related_name="changes"
    )
    actor = models.CharField(max_length=80)
    key = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("change of a right to park")
        verbose_name_plural = _("changes of rights to park")
        ordering = ("session", "number")
        indexes = [
            models.Index(
                fields=["requested"], condition=Q(settlement=None),
                name="parking_tickets_not_settled",
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["session", "number"], name="parking_tickets_change_number"
            ),
            models.UniqueConstraint(
                fields=["actor", "key"], condition=~Q(key=""), name="parking_tickets_change_key"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(CHANGES)), name="parking_tickets_change_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.number}"


class PriceLine(models.Model):
    """A part of the time and what it costs; a right's lines together are its price.

    `milli` is in thousandths of a cent, unrounded; the right's `cents` is rounded once.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField()
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    rule = models.CharField(max_length=40)
    seconds = models.PositiveIntegerField()
    milli = models.BigIntegerField()

    class Meta:
        verbose_name = _("line of a price")
        verbose_name_plural = _("lines of a price")
        ordering = ("session", "number")
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="parking_tickets_line"),
            models.CheckConstraint(
                condition=Q(ends__gte=F("begins")), name="parking_tickets_line_runs_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.number}"


class CoinTicket(models.Model):
    """What a machine sold for coins: the right, the machine's own number, what was thrown in."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="coin_ticket")
    machine = models.ForeignKey(Machine, on_delete=models.PROTECT, related_name="tickets")
    number = models.CharField(max_length=40)
    paid_cents = models.PositiveIntegerField()
    told = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("ticket of a machine")
        verbose_name_plural = _("tickets of machines")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["machine", "number"], name="parking_tickets_coin_ticket_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine} {self.number}"
