"""Rules: what is watched of whom, and who hears of it."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.alerts.models.webhook import Webhook
from stadtkern.kernel.devices.models import Device, Network, Profile
from stadtkern.kernel.people.models import Account, Role
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Project


class Severity(models.TextChoices):
    """How bad it is."""

    INFO = "info", _("notice")
    WARNING = "warning", _("warning")
    CRITICAL = "critical", _("critical")


class About(models.TextChoices):
    """What a rule watches."""

    DEVICE = "device", _("devices")
    GATEWAY = "gateway", _("gateways")
    DATASTREAM = "datastream", _("measured values")


class Digest(models.TextChoices):
    """How often messages of a rule are gathered into one."""

    NONE = "none", _("at once")
    HOURLY = "hourly", _("once an hour")
    DAILY = "daily", _("once a day, at 7 in the morning")


class Rule(models.Model):
    """One rule. Its subjects are those of its `about` that fit all its selectors.

    `condition` are the fields of the class that `kind` names in `alerts.conditions`. `slug` is that
    of a rule that every new city starts with. `seen` is when it last looked; what it looked at for
    certain are the observations with ids up to `done` (empty: none since it was changed).
    """

    slug = models.SlugField(max_length=40, unique=True, null=True, blank=True, editable=False)
    title = models.CharField(max_length=200)
    on = models.BooleanField(default=True, db_default=True)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.WARNING)
    about = models.CharField(max_length=10, choices=About)
    kind = models.CharField(max_length=12)
    condition = models.JSONField(default=dict)
    advice = models.TextField(blank=True)

    profile = models.ForeignKey(
        Profile, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    network = models.ForeignKey(
        Network, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    label = models.CharField(max_length=80, blank=True)
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    observed_property = models.ForeignKey(
        ObservedProperty, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    thing_kind = models.CharField(max_length=80, blank=True)
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    datastream = models.ForeignKey(
        Datastream, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )

    roles = models.ManyToManyField(Role, blank=True, related_name="+")
    people = models.ManyToManyField(Account, blank=True, related_name="+")
    addresses = ArrayField(models.EmailField(), default=list, blank=True, size=50)
    webhooks = models.ManyToManyField(Webhook, blank=True, related_name="rules")
    digest = models.CharField(max_length=6, choices=Digest, default=Digest.NONE)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    per_hour = models.PositiveSmallIntegerField(default=20, db_default=20)
    tell_resolved = models.BooleanField(default=True, db_default=True)
    escalate_after = models.DurationField(null=True, blank=True)
    escalate_roles = models.ManyToManyField(Role, blank=True, related_name="+")
    escalate_addresses = ArrayField(models.EmailField(), default=list, blank=True, size=50)

    created = models.DateTimeField(default=clock.now, editable=False)
    seen = models.DateTimeField(null=True, blank=True, editable=False)
    done = models.BigIntegerField(null=True, editable=False)
    problem = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ("title", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(about="datastream", device=None, profile=None, network=None, label="")
                & ~Q(observed_property=None, thing_kind="", project=None, datastream=None)
                | Q(
                    about="device",
                    observed_property=None, thing_kind="", project=None, datastream=None,
                )
                | Q(
                    about="gateway", device=None, profile=None, network=None, label="",
                    observed_property=None, thing_kind="", project=None, datastream=None,
                ),
                name="alerts_rule_selects_what_it_is_about",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_to=None)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False)
                & ~Q(quiet_from=models.F("quiet_to")),
                name="alerts_rule_quiet_hours_have_two_ends",
            ),
            models.CheckConstraint(
                condition=Q(escalate_after=None) | Q(escalate_after__gte=timedelta(minutes=1)),
                name="alerts_rule_escalates_later",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="alerts_rule_has_a_title"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title
