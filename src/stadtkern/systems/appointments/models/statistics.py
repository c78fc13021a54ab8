"""Estimates beside the truth, and figures of past days: no row bears a person."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.systems.appointments.models.office import Office, Service
from stadtkern.systems.appointments.models.queue import SOURCES, QueueEntry


class Estimate(models.Model):
    """What we told somebody of their waiting when they came, and how long it really was.

    All in minutes from `at`; half of all waits should lie in low50..high50, nine of ten in
    low90..high90. `truth` is empty until they are called.
    """

    entry = models.OneToOneField(
        QueueEntry, on_delete=models.CASCADE, related_name="estimate", primary_key=True
    )
    at = models.DateTimeField(default=clock.now)
    middle = models.FloatField()
    low50 = models.FloatField()
    high50 = models.FloatField()
    low90 = models.FloatField()
    high90 = models.FloatField()
    counters = models.PositiveSmallIntegerField()
    ahead = models.PositiveSmallIntegerField()
    truth = models.FloatField(null=True, blank=True)

    class Meta:
        verbose_name = _("estimate")
        verbose_name_plural = _("estimates")
        constraints = [
            models.CheckConstraint(
                condition=Q(low90__lte=F("low50"), low50__lte=F("middle"),
                            middle__lte=F("high50"), high50__lte=F("high90"), low90__gte=0),
                name="appointments_estimate_order",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.middle:.0f}"


class Figures(models.Model):
    """One day, office, service, hour of arrival and source, as counts.

    Written anew each night from what happened. Waiting and handling are tallies by whole minutes
    (`{"4": 7}`: seven of them took 4 minutes), so that percentiles of any sum are right. `counters`
    are those that served: where there are too few of them, no page shows how long they took.
    """

    day = models.DateField()
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    hour = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=12, choices=list(SOURCES.items()))
    came = models.PositiveIntegerField(default=0)
    served = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    booked = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    no_shows = models.PositiveIntegerField(default=0)
    waits = models.JSONField(default=dict)
    handling = models.JSONField(default=dict)
    # Days from booking to appointment.
    leads = models.JSONField(default=dict)
    counters = ArrayField(models.IntegerField(), default=list)
    estimates = models.PositiveIntegerField(default=0)
    within50 = models.PositiveIntegerField(default=0)
    within90 = models.PositiveIntegerField(default=0)
    error = models.FloatField(default=0)
    invented = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("figures")
        verbose_name_plural = _("figures")
        ordering = ("day", "office", "hour", "id")
        indexes = [models.Index(fields=["office", "day"], name="appointments_figures_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "office", "service", "hour", "source"], nulls_distinct=False,
                name="appointments_figures_once",
            ),
            models.CheckConstraint(
                condition=Q(hour__lte=23), name="appointments_figures_hour"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.day} {self.hour}"


class OpenHours(models.Model):
    """How long the counters of an office were open and busy in an hour of a day, in minutes."""

    day = models.DateField()
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    hour = models.PositiveSmallIntegerField()
    counters = ArrayField(models.IntegerField(), default=list)
    open_minutes = models.FloatField(default=0)
    busy_minutes = models.FloatField(default=0)
    invented = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("open hours")
        verbose_name_plural = _("open hours")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "office", "hour"], name="appointments_open_hours_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.hour}"
