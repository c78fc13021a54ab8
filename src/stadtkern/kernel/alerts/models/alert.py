"""Alerts, from the first sign to the end."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.alerts.models.incident import Incident
from stadtkern.kernel.alerts.models.rule import Rule, Severity
from stadtkern.kernel.devices.models import Device, Gateway
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.things.models import Datastream


class State(models.TextChoices):
    """How far an alert has come. A subject without an open alert is well."""

    PENDING = "pending", _("not yet long enough")
    FIRING = "firing", _("open")
    RESOLVED = "resolved", _("over")


class AlertQuerySet(models.QuerySet["Alert"]):
    """Questions about alerts."""

    def firing(self) -> Self:
        """Those that are open."""
        return self.filter(state=State.FIRING)

    def waiting(self) -> Self:
        """Those that nobody has taken on, and nobody put off."""
        return self.firing().filter(acknowledged=None).exclude(snoozed_until__gt=clock.now())

    def to_show(self) -> Self:
        """With everything a list shows, in one query."""
        return self.select_related(
            "rule", "incident", "assigned", "device__thing__place", "gateway__thing__place",
            "datastream__thing__place", "datastream__observed_property",
        )  # fmt: skip


class Alert(models.Model):
    """What a rule found of one subject. `since`, `fired` and `ended` are the data's own times.

    `raised` is when we knew. `found` is what raised it: `{value, at, ...}`, by its condition. One
    that a person resolved is not raised again until its condition was seen to end (`until_clear`).
    `told` and `told_over` are when the messages about its beginning and its end were made.
    """

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="alerts")
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.CASCADE, related_name="alerts"
    )
    gateway = models.ForeignKey(
        Gateway, null=True, blank=True, on_delete=models.CASCADE, related_name="alerts"
    )
    datastream = models.ForeignKey(
        Datastream, null=True, blank=True, on_delete=models.CASCADE, related_name="alerts"
    )
    severity = models.CharField(max_length=8, choices=Severity)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    since = models.DateTimeField()
    fired = models.DateTimeField(null=True, blank=True)
    raised = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    resolved = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=12, blank=True)
    until_clear = models.BooleanField(default=False, db_default=False)
    found = models.JSONField(default=dict)
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.SET_NULL, related_name="alerts"
    )
    acknowledged = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    assigned = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    snoozed_until = models.DateTimeField(null=True, blank=True)
    escalated = models.DateTimeField(null=True, blank=True)
    told = models.DateTimeField(null=True, blank=True)
    told_over = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AlertQuerySet] = AlertQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("-raised", "-id")
        indexes = [
            models.Index(fields=["rule", "-since"], name="alerts_alert_rule"),
            models.Index(fields=["-raised", "-id"], name="alerts_alert_raised"),
            models.Index(
                fields=["rule"], name="alerts_alert_open",
                condition=Q(state__in=["pending", "firing"]) | Q(until_clear=True),
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(device__isnull=False, gateway=None, datastream=None)
                | Q(device=None, gateway__isnull=False, datastream=None)
                | Q(device=None, gateway=None, datastream__isnull=False),
                name="alerts_alert_has_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", fired=None, raised=None, ended=None, resolved=None)
                | Q(state="firing", fired__isnull=False, raised__isnull=False, resolved=None)
                | Q(state="resolved", fired__isnull=False, raised__isnull=False,
                    resolved__isnull=False),
                name="alerts_alert_times_fit_its_state",
            ),
            models.UniqueConstraint(
                fields=["rule", "device", "gateway", "datastream"],
                condition=Q(state__in=["pending", "firing"]),
                nulls_distinct=False,
                name="alerts_alert_open_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.subject_id} {self.state}"

    @property
    def subject_id(self) -> int:
        """The id of its device, gateway or datastream."""
        return int(self.device_id or self.gateway_id or self.datastream_id or 0)


class Note(models.Model):
    """What happened to an alert: raised, acknowledged, put off, a comment."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    verb = models.CharField(max_length=20)
    text = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.alert_id} {self.verb}"
