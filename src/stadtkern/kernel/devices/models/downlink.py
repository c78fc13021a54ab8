"""Messages to devices, from the wish to the device's own word."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models.device import Device

LARGEST = 242  # bytes; the most that any data rate carries (LoRaWAN RP002-1.0.3, table 10)


class State(models.TextChoices):
    """How far a downlink has come."""

    WAITING = "waiting", _("waiting")
    QUEUED = "queued", _("with the network")
    SENT = "sent", _("sent")
    ACKNOWLEDGED = "acked", _("acknowledged")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")
    SUPERSEDED = "superseded", _("superseded")


class Step(models.IntegerChoices):
    """What is known of a downlink; of two steps the higher one is nearer to the truth.

    So the order in which networks tell of them does not matter: a cancelled downlink that went out
    all the same counts as sent, and a device's own word beats everything.
    """

    WAITING = 0, _("waiting")
    QUEUED = 10, _("with the network")
    EXPIRED = 20, _("expired")
    SUPERSEDED = 21, _("superseded")
    CANCELLED = 22, _("cancelled")
    REFUSED = 30, _("not sent")
    SENT = 40, _("sent")
    UNANSWERED = 50, _("not acknowledged")
    ACKNOWLEDGED = 60, _("acknowledged")


STATES: dict[Step, State] = {
    Step.WAITING: State.WAITING,
    Step.QUEUED: State.QUEUED,
    Step.EXPIRED: State.EXPIRED,
    Step.SUPERSEDED: State.SUPERSEDED,
    Step.CANCELLED: State.CANCELLED,
    Step.REFUSED: State.FAILED,
    Step.SENT: State.SENT,
    Step.UNANSWERED: State.FAILED,
    Step.ACKNOWLEDGED: State.ACKNOWLEDGED,
}


def _step_fits_state() -> Q:
    fits = Q()
    for step, state in STATES.items():
        fits |= Q(step=step.value, state=state.value)
    return fits


class Downlink(models.Model):
    """One message to a device. Of the same `topic`, a newer one supersedes what has not left.

    `remote` is our own id for it, under which the network knows it too. `handed` is when it first
    may have reached the network; from then on no other goes to this device until its network has
    told what became of it. `due` is when it is to be handed over, first or again; None: nothing is
    to be done. `recall` is the step it takes once the network has given it back. `history` holds
    each step with its time and reason: `{"40": {"at": .., "reason": ..}}`. `step` only rises: a
    trigger sees to it.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="downlinks")
    topic = models.CharField(max_length=40, blank=True)
    f_port = models.PositiveSmallIntegerField()
    payload = models.BinaryField()
    data = models.JSONField(null=True, blank=True)  # what the codec's encoder made it of
    confirmed = models.BooleanField(default=False)
    priority = models.SmallIntegerField(default=0)
    expires = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    step = models.SmallIntegerField(choices=Step, default=Step.WAITING, db_default=0)
    reason = models.CharField(max_length=300, blank=True)
    history = models.JSONField(default=dict, db_default={})
    tries = models.PositiveSmallIntegerField(default=0)
    remote = models.UUIDField(default=uuid4, unique=True, editable=False)
    handed = models.DateTimeField(null=True, blank=True, editable=False)
    due = models.DateTimeField(null=True, blank=True, default=clock.now, editable=False)
    recall = models.SmallIntegerField(null=True, blank=True, editable=False)
    author = models.CharField(max_length=200, blank=True)
    again = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # the failed one that this one repeats
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("downlink")
        verbose_name_plural = _("downlinks")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["device", "-id"], name="devices_downlink_device"),
            models.Index(
                fields=["device", "-priority", "id"],
                name="devices_downlink_open",
                condition=Q(state__in=["waiting", "queued", "sent"]),
            ),
            models.Index(fields=["due"], name="devices_downlink_due", condition=~Q(due=None)),
            models.Index(fields=["state", "-id"], name="devices_downlink_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(f_port__gte=1, f_port__lte=223), name="devices_downlink_port"
            ),
            models.CheckConstraint(
                condition=Q(LessThanOrEqual(Length("payload"), LARGEST))
                & Q(GreaterThanOrEqual(Length("payload"), 1)),
                name="devices_downlink_size",
            ),
            models.CheckConstraint(condition=_step_fits_state(), name="devices_downlink_step"),
            # Of one topic only the newest waits.
            models.UniqueConstraint(
                fields=["device", "topic"],
                name="devices_downlink_topic",
                condition=Q(state="waiting", handed=None) & ~Q(topic=""),
            ),
            # Only one of a device is with its network: what is still here can be taken back.
            models.UniqueConstraint(
                fields=["device"],
                name="devices_downlink_one_out",
                condition=Q(state__in=["waiting", "queued"], handed__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.state}"
