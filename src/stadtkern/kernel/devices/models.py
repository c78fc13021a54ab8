"""Device profiles, devices, and every uplink as it came in."""

import hashlib
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.things.models import Sensor, Thing


class Profile(models.Model):
    """A device model with its codec. A codec that the city edited is not overwritten by ours."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    vendor = models.CharField(max_length=120)
    model = models.CharField(max_length=120)
    codec = models.TextField()
    shipped = models.CharField(max_length=64, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    measures = models.JSONField(default=list)
    battery = models.CharField(max_length=80, blank=True)
    uplink_every = models.DurationField()
    thing_kind = models.CharField(max_length=80)
    sensor = models.ForeignKey(Sensor, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("device profile")
        verbose_name_plural = _("device profiles")
        ordering = ("slug",)
        constraints = [
            # 128 kB: the 95th percentile of public codecs is 46 kB.
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("codec"), 131072),
                name="devices_profile_codec_fits",
            ),
        ]

    def __str__(self) -> str:
        return self.title


def fingerprint(source: str) -> str:
    """SHA-256 of a codec's source, in hex."""
    return hashlib.sha256(source.encode()).hexdigest()


class DeviceQuerySet(models.QuerySet["Device"]):
    """Questions about devices."""

    def silent(self) -> Self:
        """Devices that missed three uplinks in a row, or never sent one."""
        late = clock.now() - models.F("profile__uplink_every") * 3
        return self.filter(Q(last_seen=None) | Q(last_seen__lt=late))


class Device(models.Model):
    """One device in the field, known by its DevEUI; the thing it feeds may change."""

    dev_eui = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=200)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="devices")
    thing = models.ForeignKey(
        Thing, null=True, blank=True, on_delete=models.SET_NULL, related_name="devices"
    )
    last_seen = models.DateTimeField(null=True, blank=True, editable=False)
    battery = models.FloatField(null=True, blank=True, editable=False)
    rssi = models.FloatField(null=True, blank=True, editable=False)
    snr = models.FloatField(null=True, blank=True, editable=False)
    problem = models.CharField(max_length=300, blank=True, editable=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[DeviceQuerySet] = DeviceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(dev_eui__regex=r"^[0-9a-f]{16}$"), name="devices_device_dev_eui_is_hex"
            ),
        ]

    def __str__(self) -> str:
        return self.name


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

    source = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    topic = models.CharField(max_length=300)
    received = models.DateTimeField()
    time = models.DateTimeField()
    dev_eui = models.CharField(max_length=16, blank=True)
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
