"""Incidents: many alerts with one cause."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.people.models import Account


class Cause(models.TextChoices):
    """What the silent have in common."""

    ALL = "all", _("everything")
    NETWORK = "network", _("network")
    GATEWAY = "gateway", _("gateway")
    PLACE = "place", _("place")


class Incident(models.Model):
    """Alerts that most likely have one cause: they make one message, and are worked on together.

    `which` is what the cause is called in the database (the gateway's EUI, the id of the network or
    place; empty for everything), `title` what people call it.
    """

    cause = models.CharField(max_length=8, choices=Cause)
    which = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200)
    since = models.DateTimeField()
    opened = models.DateTimeField()
    closed = models.DateTimeField(null=True, blank=True)
    acknowledged = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    told = models.DateTimeField(null=True, blank=True)
    told_over = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ("-opened", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["cause", "which"],
                condition=Q(closed=None),
                name="alerts_incident_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title
