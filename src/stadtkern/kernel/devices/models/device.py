"""Devices in the field."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models.network import Network
from stadtkern.kernel.devices.models.profile import Profile
from stadtkern.kernel.things.models import Thing


class DeviceQuerySet(models.QuerySet["Device"]):
    """Questions about devices."""

    def silent(self) -> Self:
        """Devices that missed three uplinks in a row, or never sent one."""
        late = clock.now() - models.F("profile__uplink_every") * 3
        return self.filter(Q(last_seen=None) | Q(last_seen__lt=late))


class Device(models.Model):
    """One device in the field, known by its DevEUI; the thing it feeds may change.

    Devices of other networks than LoRaWAN have their own name there in `dev_eui`. With a `network`,
    only messages that came by it count; `there` is what that network calls the device, where it
    has more names than one (`{"application": .., "device": ..}`). `keys` are its LoRaWAN keys,
    sealed JSON.
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
    # Out of service: its messages are kept and noted, but give no observations and no alerts.
    resting = models.BooleanField(default=False, db_default=False)
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
                condition=Q(dev_eui__regex=r"^[0-9a-z][0-9a-z_.:-]{0,63}$"),
                name="devices_device_dev_eui_is_plain",
            ),
        ]

    def __str__(self) -> str:
        return self.name
