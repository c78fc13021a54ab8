"""What charging points told of their status, and what people told of them."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.systems.charging.models.location import STATUSES, Evse, Location

FAULTS = {
    "no_power": _("It does not charge"),
    "plug": _("The plug or the cable is damaged"),
    "payment": _("Paying or starting does not work"),
    "display": _("The display is dark or broken"),
    "blocked": _("A car stands there without charging"),
    "access": _("The way to it is blocked"),
    "other": _("Something else"),
}


class StatusEvent(models.Model):
    """A status that a point told; `at` is its time, `told` ours. Late ones are kept too."""

    id = models.BigAutoField(primary_key=True)
    evse = models.ForeignKey(Evse, on_delete=models.CASCADE, related_name="events")
    status = models.CharField(max_length=12, choices=list(STATUSES.items()))
    at = models.DateTimeField()
    told = models.DateTimeField(default=clock.now)
    error = models.CharField(max_length=120, blank=True)
    late = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("status of a charging point")
        verbose_name_plural = _("statuses of charging points")
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=["told"], name="charging_event_told")]
        constraints = [
            models.UniqueConstraint(
                fields=["evse", "at", "status"], name="charging_event_told_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=list(STATUSES)), name="charging_event_status"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evse_id} {self.status} {self.at:%H:%M:%S}"


class FaultReport(models.Model):
    """A fault that somebody saw. Nobody is asked for a name; `mark` stands for the address."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+")
    evse = models.ForeignKey(
        Evse, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=list(FAULTS.items()))
    text = models.TextField(blank=True, max_length=1000)
    mark = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=clock.now)
    closed = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("fault report of a charging point")
        verbose_name_plural = _("fault reports of charging points")
        ordering = ("-at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(FAULTS)), name="charging_fault_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.location_id} {self.kind}"
