"""What officers looked up, never changed afterwards, and fines with the data that they stand on."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import Account, ApiKey
from stadtkern.systems.parking_tickets.models.zone import Zone

RESULTS = {
    "valid": _("valid"),
    "permit": _("by permit"),
    "disc": _("parking disc"),
    "grace": _("just ended, within grace"),
    "ended": _("just ended"),
    "elsewhere": _("valid in another zone"),
    "none": _("nothing found"),
}
# With these the car may stand there; what just ended within grace is let go by.
ALLOWED = ("valid", "permit", "disc", "grace")
FINE_REASONS = {
    "no_right": _("no valid ticket"),
    "ended": _("ticket had ended"),
    "elsewhere": _("ticket for another zone"),
    "disc": _("parking disc missing or over"),
    "other": _("other reason"),
}
FINE_STATES = {
    "issued": _("issued"),
    "contested": _("contested"),
    "upheld": _("upheld"),
    "withdrawn": _("withdrawn"),
    "closed": _("closed"),
}


class Check(models.Model):
    """One look at a plate: append-only, the plate and the coarse position go first.

    `at` is the instant that was asked about, `told` when we heard of it: later for checks that
    were made offline. `matched` names what was found, without the plate. `public_id` is made by
    whoever checks, so that a check sent twice is one.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    officer = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    program = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(db_index=True)
    told = models.DateTimeField(default=clock.now)
    offline = models.BooleanField(default=False)
    plate_sealed = models.BinaryField(null=True)
    plate_key = models.BigIntegerField(null=True)
    zone = models.ForeignKey(
        Zone, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    result = models.CharField(max_length=9, choices=list(RESULTS.items()))
    until = models.DateTimeField(null=True)
    matched = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("check of a plate")
        verbose_name_plural = _("checks of plates")
        ordering = ("-at", "-id")
        indexes = [
            models.Index(fields=["officer", "-at"], name="parking_tickets_check_officer"),
            models.Index(
                fields=["plate_key"], condition=Q(plate_key__isnull=False),
                name="parking_tickets_check_plate",
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=list(RESULTS)), name="parking_tickets_check_result"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def allowed(self) -> bool:
        """Whether the car was found to be in the right."""
        return self.result in ALLOWED


class Fine(models.Model):
    """A fine, with its own copy of plate and evidence, kept as long as the fine needs it.

    `evidence` is what was known when it was issued, without the plate (`logic/replay`);
    `reference` is the number that the fines office gives it.
    """

    number = models.CharField(max_length=20, unique=True)
    reference = models.CharField(max_length=60, blank=True)
    plate_sealed = models.BinaryField()
    plate_key = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()
    zone = models.ForeignKey(
        Zone, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    where = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=9, choices=list(FINE_REASONS.items()))
    state = models.CharField(max_length=9, choices=list(FINE_STATES.items()), default="issued")
    note = models.TextField(blank=True)
    check_made = models.ForeignKey(
        Check, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    evidence = models.JSONField(default=dict)
    by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)
    closed = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("parking fine")
        verbose_name_plural = _("parking fines")
        ordering = ("-at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=list(FINE_STATES)), name="parking_tickets_fine_state"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=list(FINE_REASONS)), name="parking_tickets_fine_reason"
            ),
            models.UniqueConstraint(
                fields=["check_made"], name="parking_tickets_one_fine_of_a_check"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["issued", "contested"], closed__isnull=True)
                | Q(state__in=["upheld", "withdrawn", "closed"], closed__isnull=False),
                name="parking_tickets_fine_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.number
