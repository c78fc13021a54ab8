"""Messages about alerts on their way out."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.alerts.models.alert import Alert
from stadtkern.kernel.alerts.models.incident import Incident
from stadtkern.kernel.alerts.models.rule import Rule
from stadtkern.kernel.alerts.models.webhook import Webhook


class Sending(models.TextChoices):
    """How far a message has come."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("given up")


class Event(models.TextChoices):
    """What a message is about."""

    RAISED = "raised", _("raised")
    ESCALATED = "escalated", _("nobody took it on")
    RESOLVED = "resolved", _("over")
    FLOOD = "flood", _("many more")


class Delivery(models.Model):
    """One message to one mailbox or webhook. `key` names it for ever, so that it is made once.

    A message leaves at `due`. Who sends it moves `due` first, so that no second worker sends it,
    and one that died in between has it sent again.
    """

    key = models.CharField(max_length=200, unique=True)
    event = models.CharField(max_length=9, choices=Event)
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="+")
    alert = models.ForeignKey(
        Alert, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    webhook = models.ForeignKey(
        Webhook, null=True, blank=True, on_delete=models.CASCADE, related_name="deliveries"
    )
    address = models.EmailField(blank=True)
    language = models.CharField(max_length=5, default="de")
    gather = models.BooleanField(default=False)
    state = models.CharField(max_length=7, choices=Sending, default=Sending.WAITING)
    created = models.DateTimeField(default=clock.now)
    due = models.DateTimeField(default=clock.now)
    sent = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["due"], name="alerts_delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["rule", "-created"], name="alerts_delivery_rule"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(webhook=None) & ~Q(address="") | Q(webhook__isnull=False, address=""),
                name="alerts_delivery_goes_to_one",
            ),
        ]

    def __str__(self) -> str:
        return self.key
