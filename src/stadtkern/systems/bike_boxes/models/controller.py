"""What controllers are told to do, and what they tell of doors."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking
from stadtkern.systems.bike_boxes.models.box import Box, Facility

EVENTS = {
    "opened": _("opened"),
    "closed": _("closed"),
    "forced": _("forced open"),
    "denied": _("refused"),
    "left_open": _("left open"),
    "jammed": _("door jammed"),
    "occupied": _("bicycle inside"),
    "vacant": _("empty"),
    "power_lost": _("power lost"),
    "power_back": _("power is back"),
    "started": _("controller started"),
}
COMMAND_STATES = {
    "waiting": _("on its way"),
    "sent": _("with the controller"),
    "done": _("done"),
    "failed": _("failed"),
    "expired": _("not reached in time"),
}


class Command(models.Model):
    """Open a box: sent until the controller answers, or until it is too late to be meant."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="commands")
    booking = models.ForeignKey(
        Booking, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # `renter`, or who of the staff: their account.
    by = models.CharField(max_length=200)
    reason = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=list(COMMAND_STATES.items()), default="waiting")
    problem = models.CharField(max_length=80, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    expires = models.DateTimeField()
    sent = models.DateTimeField(null=True, blank=True)
    done = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("command to a box")
        verbose_name_plural = _("commands to boxes")
        ordering = ("-created", "-id")
        indexes = [
            models.Index(
                fields=["box"],
                condition=Q(state__in=["waiting", "sent"]),
                name="bike_boxes_open_commands",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=list(COMMAND_STATES)), name="bike_boxes_command_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.box} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether an answer may still come."""
        return self.state in ("waiting", "sent")


class DoorEvent(models.Model):
    """What a controller told, once: `(boot, sequence)` counts its messages since it started.

    `means` is how the door was opened: pin, card, offline, remote, key. Who it was is only known
    through `booking`, and that is emptied when the retention is over.
    """

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="events")
    box = models.ForeignKey(
        Box, null=True, blank=True, on_delete=models.CASCADE, related_name="events"
    )
    kind = models.CharField(max_length=12, choices=list(EVENTS.items()))
    means = models.CharField(max_length=10, blank=True)
    detail = models.CharField(max_length=120, blank=True)
    booking = models.ForeignKey(
        Booking, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    boot = models.CharField(max_length=40)
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    received = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("event of a door")
        verbose_name_plural = _("events of doors")
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=["box", "-at"], name="bike_boxes_events_by_box")]
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "boot", "sequence"], name="bike_boxes_event_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(EVENTS)), name="bike_boxes_event_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
