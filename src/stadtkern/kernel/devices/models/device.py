"""Devices in the field."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models.network import Network
from stadtkern.kernel.devices.models.profile import Profile
from stadtkern.kernel.devices.watch import patience
from stadtkern.kernel.devices.watch.frames import ALL
from stadtkern.kernel.things.models import Thing


class DeviceQuerySet(models.QuerySet["Device"]):
    """Questions about devices."""

    def watched(self) -> Self:
        """With `expected` (their interval), `late_from` and `silent_from` (instants)."""
        return self.annotate(
            expected=patience.expected(),
            late_from=patience.late_from(),
            silent_from=patience.silent_from(),
        )

    def silent(self) -> Self:
        """Devices in service that were quiet for longer than they ever should, since `silent_from`.

        What a device never heard may take is counted from when it was made.
        """
        return self.watched().filter(resting=False, silent_from__lt=clock.now())


class Device(models.Model):
    """One device in the field, known by its DevEUI; the thing it feeds may change.

    Devices of other networks than LoRaWAN have their own name there in `dev_eui`. With a `network`,
    only messages that came by it count; `there` is what that network calls the device, where it
    has more names than one (`{"application": .., "device": ..}`). `keys` are its LoRaWAN keys,
    sealed JSON. What ingest learns of it stands from `last_seen` on: `every` and `patience` are its
    rhythm and how long it may be quiet, `gaps` its last intervals in seconds, `f_window` which of
    the last frames came (see `watch.frames`), `loss` the share lost in seven days, and
    `clock_offset` the seconds by which its clock is behind ours (negative: ahead of it).
    """

    dev_eui = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="devices")
    thing = models.ForeignKey(
        Thing, null=True, blank=True, on_delete=models.SET_NULL, related_name="devices"
    )
    network = models.ForeignKey(
        Network, null=True, blank=True, on_delete=models.PROTECT, related_name="devices"
    )
    there = models.JSONField(default=dict, blank=True, editable=False)
    join_eui = models.CharField(max_length=16, blank=True)
    keys = models.BinaryField(null=True, blank=True, editable=False)
    labels = models.JSONField(default=list, blank=True)
    note = models.TextField(max_length=2000, blank=True, db_default="")
    # Out of service: its messages are kept and noted, but give no observations and no alerts.
    resting = models.BooleanField(default=False, db_default=False)
    last_seen = models.DateTimeField(null=True, blank=True, editable=False)
    battery = models.FloatField(null=True, blank=True, editable=False)
    rssi = models.FloatField(null=True, blank=True, editable=False)
    snr = models.FloatField(null=True, blank=True, editable=False)
    problem = models.CharField(max_length=300, blank=True, editable=False)
    last_uplink = models.DateTimeField(null=True, blank=True, editable=False)
    f_cnt = models.BigIntegerField(null=True, editable=False)
    f_window = models.BigIntegerField(default=ALL, db_default=ALL, editable=False)
    frames = models.BigIntegerField(default=0, db_default=0, editable=False)
    lost = models.BigIntegerField(default=0, db_default=0, editable=False)
    loss = models.FloatField(null=True, editable=False)
    spreading_factor = models.PositiveSmallIntegerField(null=True, editable=False)
    frequency = models.PositiveIntegerField(null=True, editable=False)  # Hz
    gateway = models.CharField(max_length=40, blank=True, db_default="", editable=False)
    battery_at = models.DateTimeField(null=True, editable=False)
    battery_until = models.DateField(null=True, editable=False)
    gaps = ArrayField(models.FloatField(), default=list, db_default=[], editable=False)
    every = models.DurationField(null=True, editable=False)
    patience = models.DurationField(null=True, editable=False)
    clock_offset = models.FloatField(null=True, editable=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[DeviceQuerySet] = DeviceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(dev_eui__regex=r"^[0-9a-z][0-9a-z_.:-]{0,63}$"),
                name="devices_device_dev_eui_is_plain",
            ),
        ]

    def __str__(self) -> str:
        return self.name
