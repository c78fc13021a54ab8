"""Where one can charge: a location, its EVSEs (what one car charges at), their connectors."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place
from stadtkern.systems.charging.models.tariff import Tariff

# OCPI 2.2.1, 8.4.22.
STATUSES = {
    "AVAILABLE": _("free"),
    "BLOCKED": _("blocked by another car"),
    "CHARGING": _("in use"),
    "INOPERATIVE": _("not in service"),
    "OUTOFORDER": _("out of order"),
    "PLANNED": _("planned"),
    "REMOVED": _("removed"),
    "RESERVED": _("reserved"),
    "UNKNOWN": _("not known"),
}


class Location(models.Model):
    """A place with charging; `uid` is its id in OCPI. `site_limit_w` is what the grid gives it.

    `kept` names the fields that staff have set by hand.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="+")
    uid = models.CharField(max_length=36, unique=True)
    operator = models.CharField(max_length=200, blank=True)
    opening_hours = models.CharField(max_length=250, default="24/7")
    public = models.BooleanField(default=True)
    renewable = models.BooleanField(null=True, blank=True)
    accessible = models.BooleanField(null=True, blank=True)
    site_limit_w = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=250, blank=True)
    commissioned = models.DateField(null=True, blank=True)
    # What staff have set by hand: an import of the register leaves these alone.
    kept = models.JSONField(default=list, blank=True)
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("charging location")
        verbose_name_plural = _("charging locations")
        ordering = ("uid",)

    def __str__(self) -> str:
        return self.uid


class Evse(models.Model):
    """What one car charges at (a Ladepunkt). `evse_id` is official and never invented.

    `told` is when its status was last told by a charge point; without one it is never live.
    """

    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="evses")
    uid = models.CharField(max_length=36, unique=True)
    evse_id = models.CharField(max_length=48, blank=True)
    number = models.PositiveSmallIntegerField(default=1)
    reference = models.CharField(max_length=16, blank=True)
    status = models.CharField(max_length=12, choices=list(STATUSES.items()), default="UNKNOWN")
    status_at = models.DateTimeField(null=True, blank=True)
    told = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=120, blank=True)
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("charging point")
        verbose_name_plural = _("charging points")
        ordering = ("location", "number")
        constraints = [
            models.UniqueConstraint(fields=["location", "number"], name="charging_evse_number"),
            models.UniqueConstraint(
                fields=["evse_id"], condition=~Q(evse_id=""), name="charging_evse_id_once"
            ),
            models.CheckConstraint(condition=Q(status__in=list(STATUSES)), name="charging_status"),
        ]

    def __str__(self) -> str:
        return self.uid


class Connector(models.Model):
    """A plug or socket in the words of OCPI; volt and ampere per phase, watt in all."""

    evse = models.ForeignKey(Evse, on_delete=models.CASCADE, related_name="connectors")
    number = models.PositiveSmallIntegerField(default=1)
    standard = models.CharField(max_length=24)
    format = models.CharField(max_length=6, default="SOCKET")
    power_type = models.CharField(max_length=12, default="AC_3_PHASE")
    max_voltage = models.PositiveSmallIntegerField()
    max_amperage = models.PositiveSmallIntegerField()
    max_watt = models.PositiveIntegerField()
    tariff = models.ForeignKey(
        Tariff, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("connector")
        verbose_name_plural = _("connectors")
        ordering = ("evse", "number")
        constraints = [
            models.UniqueConstraint(fields=["evse", "number"], name="charging_connector_number"),
            models.CheckConstraint(
                condition=Q(format__in=["SOCKET", "CABLE"]), name="charging_connector_format"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evse} {self.number}"
