"""Devices on their way into the field, and where devices served before."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models.device import Device
from stadtkern.kernel.things.models import Thing


class Draft(models.Model):
    """What a person has said so far about a device that is being made; nobody else sees it.

    `said` holds the answers of the steps; LoRaWAN keys are sealed at once, in `keys`. With `device`
    it has been made.
    """

    author = models.CharField(max_length=200)
    dev_eui = models.CharField(max_length=64)
    said = models.JSONField(default=dict)
    keys = models.BinaryField(null=True, editable=False)
    device = models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, related_name="+")
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("device being made")
        verbose_name_plural = _("devices being made")
        ordering = ("-changed",)
        constraints = [
            # Who begins anew goes on where they were.
            models.UniqueConstraint(
                fields=["author", "dev_eui"],
                condition=Q(device=None),
                name="devices_draft_once_an_author",
            ),
        ]

    def __str__(self) -> str:
        return self.dev_eui

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.changed = clock.now()
        super().save(*args, **kwargs)


class Deployment(models.Model):
    """Until when a device fed a thing that it no longer feeds.

    Messages from that time belong to that thing, also when they are decoded again.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="past")
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="past_devices")
    until = models.DateTimeField()
    successor = models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("former deployment")
        verbose_name_plural = _("former deployments")
        ordering = ("device", "until")

    def __str__(self) -> str:
        return f"{self.device_id} -> {self.thing_id}"


class DeviceImport(models.Model):
    """An uploaded list of devices: kept, sealed, from its dry run until it is done or forgotten.

    `report` is what was found, row by row; `done` says when its devices were made.
    """

    author = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    content = models.BinaryField(null=True, editable=False)
    report = models.JSONField(default=dict)
    created = models.DateTimeField(default=clock.now)
    done = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("list of devices")
        verbose_name_plural = _("lists of devices")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name
