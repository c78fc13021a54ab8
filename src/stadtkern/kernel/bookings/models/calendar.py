"""When something is open: weekly rules, closures, extra hours, absences of single units."""

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Calendar(models.Model):
    """The opening times that resources share. Times are those of the zone's wall clocks."""

    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=60, default="Europe/Berlin")
    # Slots begin at multiples of it, counted from each rule's beginning.
    step_minutes = models.PositiveSmallIntegerField(default=15)
    # How soon at the earliest, and how far ahead, the public may book.
    notice_minutes = models.PositiveIntegerField(default=0)
    ahead_days = models.PositiveSmallIntegerField(default=60)
    # Bookings ahead of it are released at this time of day (wall clock), against hoarding.
    released_at = models.TimeField(null=True, blank=True)
    on_holidays = models.BooleanField(default=False)
    properties = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(step_minutes__gte=5, step_minutes__lte=1440),
                name="bookings_calendar_step",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Rule(models.Model):
    """Open on these weekdays between two wall-clock times, from a date until another.

    `weekdays` are ISO numbers (1 Monday .. 7 Sunday). `every_weeks` counts from the week of
    `valid_from`; `week_of_month` 1..5, 5 the last. `capacity` bounds how many units may be taken
    at once (None: all), `public_capacity` how many of them by the public, `phone_capacity` by
    telephone. `units` names the numbers of the units that work then (empty: all).
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="rules")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), size=7)
    begins = models.TimeField()
    # 00:00 is the end of the day.
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    every_weeks = models.PositiveSmallIntegerField(default=1)
    week_of_month = models.PositiveSmallIntegerField(null=True, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    public_capacity = models.PositiveIntegerField(null=True, blank=True)
    phone_capacity = models.PositiveIntegerField(null=True, blank=True)
    units = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("opening rule")
        verbose_name_plural = _("opening rules")
        ordering = ("calendar", "valid_from", "begins", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("begins")) | Q(ends="00:00"), name="bookings_rule_times"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="bookings_rule_dates",
            ),
            models.CheckConstraint(
                condition=Q(every_weeks__gte=1, every_weeks__lte=52), name="bookings_rule_weeks"
            ),
            models.CheckConstraint(
                condition=Q(week_of_month=None) | Q(week_of_month__gte=1, week_of_month__lte=5),
                name="bookings_rule_week_of_month",
            ),
            models.CheckConstraint(
                condition=Q(capacity=None)
                | Q(public_capacity=None)
                | Q(public_capacity__lte=F("capacity")),
                name="bookings_rule_public_within_capacity",
            ),
            models.CheckConstraint(
                condition=Q(capacity=None)
                | Q(phone_capacity=None)
                | Q(phone_capacity__lte=F("capacity")),
                name="bookings_rule_phone_within_capacity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


class Closure(models.Model):
    """Shut during a span, whatever the rules say; or open in addition where `opens`."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="closures")
    during = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True)
    reason_en = models.CharField(max_length=200, blank=True)
    opens = models.BooleanField(default=False)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    public_capacity = models.PositiveIntegerField(null=True, blank=True)
    phone_capacity = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("closure or extra opening")
        verbose_name_plural = _("closures and extra openings")
        ordering = ("calendar", "during")
        constraints = [
            models.CheckConstraint(
                condition=Q(during__isempty=False), name="bookings_closure_has_a_span"
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class Absence(models.Model):
    """A unit that does not work for a span: a clerk on leave, a broken box. The reason is ours.

    `source` names where it came from (`ics:<uid>` for one read from a calendar). With
    `only_outside` the unit is kept from the public, and staff can book it.
    """

    unit = models.ForeignKey("bookings.Unit", on_delete=models.CASCADE, related_name="absences")
    during = DateTimeRangeField()
    only_outside = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ("unit", "during")
        constraints = [
            models.CheckConstraint(
                condition=Q(during__isempty=False), name="bookings_absence_has_a_span"
            ),
            models.UniqueConstraint(
                fields=["unit", "source"],
                condition=~Q(source=""),
                name="bookings_absence_source",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
