"""Messages to devices, from the wish to the device's own word."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models.device import Device


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


class Downlink(models.Model):
    """One message to a device. Of the same `topic`, a newer one supersedes what has not left."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="downlinks")
    topic = models.CharField(max_length=40, blank=True)
    f_port = models.PositiveSmallIntegerField()
    payload = models.BinaryField()
    data = models.JSONField(null=True, blank=True)  # what the codec's encoder made it of
    confirmed = models.BooleanField(default=False)
    priority = models.SmallIntegerField(default=0)
    expires = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    remote = models.CharField(max_length=80, blank=True)  # its id at the network
    author = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)
    changed = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("downlink")
        verbose_name_plural = _("downlinks")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["device", "-id"], name="devices_downlink_device"),
            models.Index(
                fields=["-priority", "id"],
                name="devices_downlink_open",
                condition=Q(state__in=["waiting", "queued", "sent"]),
            ),
            models.Index(fields=["remote"], name="devices_downlink_remote"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(f_port__gte=1, f_port__lte=223), name="devices_downlink_port"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.state}"
