"""Messages as they came in."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.devices.models.device import Device


class Outcome(models.TextChoices):
    """What became of an uplink."""

    STORED = "stored", _("stored")
    NOTED = "noted", _("noted, nothing to store")
    BROKEN = "broken", _("message not understood")
    UNKNOWN = "unknown", _("device not known")
    FAILED = "failed", _("codec failed")


class UplinkQuerySet(models.QuerySet["Uplink"]):
    """Questions about uplinks."""

    def in_trouble(self) -> Self:
        """Uplinks that gave no observation and should have."""
        return self.filter(outcome__in=(Outcome.BROKEN, Outcome.UNKNOWN, Outcome.FAILED))


class Uplink(models.Model):
    """One message as it came in, kept so that a corrected codec can decode history again."""

    source = models.CharField(max_length=40)  # the slug of its network
    key = models.CharField(max_length=80)
    event = models.CharField(max_length=12, blank=True, db_default="up")
    topic = models.CharField(max_length=300)
    received = models.DateTimeField()
    time = models.DateTimeField()
    dev_eui = models.CharField(max_length=64, blank=True)
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.SET_NULL, related_name="uplinks"
    )
    f_port = models.PositiveSmallIntegerField(null=True)
    f_cnt = models.BigIntegerField(null=True)
    payload = models.BinaryField(null=True)
    raw = models.BinaryField()
    rssi = models.FloatField(null=True)
    snr = models.FloatField(null=True)
    gateway = models.CharField(max_length=40, blank=True)
    spreading_factor = models.PositiveSmallIntegerField(null=True)
    frequency = models.PositiveIntegerField(null=True)  # Hz
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=500, blank=True)
    codec_version = models.PositiveIntegerField(null=True)

    objects: ClassVar[UplinkQuerySet] = UplinkQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("uplink")
        verbose_name_plural = _("uplinks")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["device", "-time"], name="devices_uplink_device_time"),
            models.Index(fields=["received"], name="devices_uplink_received"),
            models.Index(
                fields=["dev_eui", "time"],
                name="devices_uplink_strangers",
                condition=Q(device=None),
            ),
            models.Index(
                fields=["-id"],
                name="devices_uplink_trouble",
                condition=Q(outcome__in=["broken", "unknown", "failed"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="devices_uplink_once"),
        ]

    def __str__(self) -> str:
        return f"{self.dev_eui} {self.time:%Y-%m-%d %H:%M:%S}"
