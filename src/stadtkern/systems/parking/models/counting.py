"""What a count rests on: counters at the lanes, counts by hand, faults, bays out of service."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import Thing
from stadtkern.systems.parking.models.site import Site

DIRECTIONS = {"in": _("in"), "out": _("out"), "both": _("in and out")}
SOURCES = {
    "manual": _("counted by hand"),
    "night": _("corrected from the night's count"),
}
FAULTS = {
    "stuck": _("does not change any more"),
    "flapping": _("changes too often"),
    "silent": _("sends nothing"),
    "battery": _("low battery"),
    "below_zero": _("more vehicles than spaces"),
    "above_capacity": _("more free than there are"),
    "jump": _("counter jumped"),
}


class Lane(models.Model):
    """A counter at a lane. Its thing has two running totals, counters A and B.

    `direction` says which way the cars of counter A go; at `both` A counts in and B counts out.
    A total that reached `wraps_at` begins again at zero.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="lanes")
    thing = models.OneToOneField(Thing, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    direction = models.CharField(max_length=4, choices=list(DIRECTIONS.items()), default="both")
    wraps_at = models.BigIntegerField(default=2**32)

    class Meta:
        verbose_name = _("lane")
        verbose_name_plural = _("lanes")
        ordering = ("site", "name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(direction__in=list(DIRECTIONS)), name="parking_lane_direction"
            ),
            models.CheckConstraint(condition=Q(wraps_at__gt=0), name="parking_lane_wraps"),
        ]

    def __str__(self) -> str:
        return self.name


class Calibration(models.Model):
    """From `at` on there were `occupied` vehicles inside, `delta` more than counted until then.

    `passed` is how many vehicles had passed since the calibration before. Of a night, `lowest` is
    what was inside at least, corrected, and `low` to `high` what the nights before had.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="calibrations")
    at = models.DateTimeField()
    occupied = models.IntegerField()
    delta = models.IntegerField(default=0)
    source = models.CharField(max_length=8, choices=list(SOURCES.items()), default="manual")
    lowest = models.IntegerField(null=True, blank=True)
    low = models.IntegerField(null=True, blank=True)
    high = models.IntegerField(null=True, blank=True)
    passed = models.IntegerField(default=0)
    by = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=200, blank=True)
    made = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("calibration")
        verbose_name_plural = _("calibrations")
        ordering = ("-at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["site", "at"], name="parking_calibration_instant"),
            models.CheckConstraint(condition=Q(occupied__gte=0), name="parking_calibration_count"),
            models.CheckConstraint(
                condition=Q(source__in=list(SOURCES)), name="parking_calibration_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.at:%Y-%m-%d %H:%M} {self.occupied}"


class Fault(models.Model):
    """Something about a bay, a lane or a whole site that cannot be right.

    `place` is the bay or the site, `thing` the counter of a lane. `evidence` are the figures that
    show it. Whoever looked at it and found it right is `checked_by`; it then counts no more.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    thing = models.ForeignKey(
        Thing, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=16, choices=list(FAULTS.items()))
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    evidence = models.JSONField(default=dict, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("fault")
        verbose_name_plural = _("faults")
        ordering = ("-since", "-id")
        indexes = [models.Index(fields=["until", "-since"], name="parking_fault_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "thing", "kind"], condition=Q(until=None),
                name="parking_fault_once", nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(kind__in=list(FAULTS)), name="parking_fault_kind"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("since")),
                name="parking_fault_ends_after_it_began",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.place_id}"


class Closure(models.Model):
    """A bay that staff took out of service: nobody may park there, so it is no space."""

    bay = models.OneToOneField(Place, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("closed bay")
        verbose_name_plural = _("closed bays")
        ordering = ("bay",)
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("since")),
                name="parking_closure_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bay_id} {self.why}"
