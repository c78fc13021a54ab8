"""What others' GBFS feeds last said: stations with vehicles, and vehicles that stand free."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.systems.mobility_hubs.models.source import Source


class Dock(models.Model):
    """A station (GBFS `station_information` and `station_status`); None where it is not told."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="docks")
    uid = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    lon = models.FloatField()
    lat = models.FloatField()
    capacity = models.PositiveIntegerField(null=True)
    vehicles = models.PositiveIntegerField(null=True)
    free_docks = models.PositiveIntegerField(null=True)
    renting = models.BooleanField(default=True)
    returning = models.BooleanField(default=True)
    at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("sharing station")
        verbose_name_plural = _("sharing stations")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["source", "uid"], name="mobility_hubs_dock_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Vehicle(models.Model):
    """A vehicle that stands outside of stations, nobody's at present (`vehicle_status`)."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="vehicles")
    uid = models.CharField(max_length=120)
    kind = models.CharField(max_length=80, blank=True)
    lon = models.FloatField()
    lat = models.FloatField()
    at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("shared vehicle")
        verbose_name_plural = _("shared vehicles")
        ordering = ("source", "uid")
        constraints = [
            models.UniqueConstraint(fields=["source", "uid"], name="mobility_hubs_vehicle_once"),
        ]

    def __str__(self) -> str:
        return self.uid
