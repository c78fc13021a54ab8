"""The part of a timetable (GTFS) that touches the city, and what changes in it today."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.systems.mobility_hubs.models.source import Source


class Stop(models.Model):
    """A stop or platform (`stops.txt`); `wheelchair` as there: 1 yes, 2 no, 0 not known."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="stops")
    uid = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    platform = models.CharField(max_length=40, blank=True)
    lon = models.FloatField()
    lat = models.FloatField()
    wheelchair = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        ordering = ("name", "platform")
        constraints = [
            models.UniqueConstraint(fields=["source", "uid"], name="mobility_hubs_stop_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> tuple[str, str]:
        """As `Member` names it: its standard, and `<source>:<stop_id>`."""
        return "stop", f"{self.source.slug}:{self.uid}"


class Line(models.Model):
    """A line (`routes.txt`); `kind` is its `route_type`."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="lines")
    uid = models.CharField(max_length=120)
    short = models.CharField(max_length=40, blank=True)
    long = models.CharField(max_length=200, blank=True)
    kind = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ("short",)
        constraints = [
            models.UniqueConstraint(fields=["source", "uid"], name="mobility_hubs_line_once"),
        ]

    def __str__(self) -> str:
        return self.short or self.long


class Run(models.Model):
    """A trip (`trips.txt`) of a line on the days of its service."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    uid = models.CharField(max_length=120)
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="runs")
    service = models.CharField(max_length=120)
    headsign = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("trip")
        verbose_name_plural = _("trips")
        ordering = ("source", "uid")
        constraints = [
            models.UniqueConstraint(fields=["source", "uid"], name="mobility_hubs_run_once"),
        ]

    def __str__(self) -> str:
        return self.uid


class Call(models.Model):
    """A departure (`stop_times.txt`), in seconds since noon minus twelve hours of the service day.

    Its last call of a trip, where nobody gets on, is not kept.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="calls")
    stop = models.ForeignKey(Stop, on_delete=models.CASCADE, related_name="calls")
    sequence = models.PositiveIntegerField()
    departs = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("departure")
        verbose_name_plural = _("departures")
        ordering = ("run", "sequence")
        indexes = [models.Index(fields=["stop", "departs"], name="mobility_hubs_departures")]
        constraints = [
            models.UniqueConstraint(fields=["run", "sequence"], name="mobility_hubs_call_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.sequence}"


class ServiceDay(models.Model):
    """A day on which a service runs: `calendar.txt` with `calendar_dates.txt` applied."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="days")
    service = models.CharField(max_length=120)
    day = models.DateField()

    class Meta:
        verbose_name = _("day of a service")
        verbose_name_plural = _("days of services")
        ordering = ("day", "service")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "service", "day"], name="mobility_hubs_service_day_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.day}"


class Change(models.Model):
    """What GTFS Realtime last said of a trip on a day: late by so many seconds, or cancelled.

    Holds from `sequence` on until the next one of the same trip (`StopTimeUpdate`); `skipped`
    holds for that stop alone. A cancelled trip has one row with the sequence 0. `at` is when the
    feed as a whole was made: one that stands still grows old although it answers.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="changes")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="changes")
    day = models.DateField()
    sequence = models.PositiveIntegerField()
    delay = models.IntegerField(null=True)
    skipped = models.BooleanField(default=False)
    cancelled = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("change of a trip")
        verbose_name_plural = _("changes of trips")
        ordering = ("run", "day", "sequence")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "day", "sequence"], name="mobility_hubs_change_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.day}"
