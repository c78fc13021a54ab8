"""A car park: how it is counted, when it is open, what it costs, when it is called full."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place

# `type` of ParkAPI v3.
KINDS = {
    "OFF_STREET_PARKING_GROUND": _("parking ground"),
    "CAR_PARK": _("multi-storey car park"),
    "UNDERGROUND": _("underground car park"),
    "ON_STREET": _("in the street"),
}
COUNTINGS = {
    "bays": _("a sensor in every bay"),
    "lanes": _("counters at the entries and exits"),
    "reported": _("told by the operator"),
    "none": _("not counted"),
}
STATES = [(one, one) for one in ("good", "tight", "bad")]
TRENDS = [("rising", _("filling")), ("falling", _("emptying")), ("steady", _("steady"))]


class Site(models.Model):
    """The facts of one car park; its name and position are its place's.

    `capacity` is for those without bays. The four thresholds are shares of free spaces: called
    almost full at `low_below` when it fills and no more from `low_above` when it empties, full at
    `full_below` and no more from `full_above` (DATEX II `overrideParkingThresholds`).
    `closed_until` with `closed_why` closes it now; `opening_hours` is in OSM's syntax.
    `state` is what it was last called, since a name that was given is kept within the thresholds;
    `trend` is that of the vehicles inside, as DATEX II has it: rising is filling.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    place = models.OneToOneField(Place, on_delete=models.CASCADE, related_name="+")
    uid = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(
        max_length=30, choices=list(KINDS.items()), default="OFF_STREET_PARKING_GROUND"
    )
    counting = models.CharField(max_length=10, choices=list(COUNTINGS.items()), default="bays")
    capacity = models.PositiveIntegerField(default=0)
    operator = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    url = models.URLField(blank=True)
    opening_hours = models.CharField(max_length=250, default="24/7")
    closed_until = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField(max_length=200, blank=True)
    max_height_cm = models.PositiveSmallIntegerField(null=True, blank=True)
    max_stay_minutes = models.PositiveIntegerField(null=True, blank=True)
    park_and_ride = models.JSONField(default=list, blank=True)
    covered = models.BooleanField(null=True, blank=True)
    has_fee = models.BooleanField(null=True, blank=True)
    low_below = models.FloatField(default=0.15)
    low_above = models.FloatField(default=0.20)
    full_below = models.FloatField(default=0.02)
    full_above = models.FloatField(default=0.05)
    state = models.CharField(max_length=5, choices=STATES, blank=True, editable=False)
    trend = models.CharField(max_length=7, choices=TRENDS, blank=True, editable=False)
    # Names in other registers: {"osm": "way/1", "dhid": "de:05916:1"}.
    outside_ids = models.JSONField(default=dict, blank=True)
    source = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=120, blank=True)
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("car park")
        verbose_name_plural = _("car parks")
        ordering = ("uid",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="parking_site_kind"),
            models.CheckConstraint(
                condition=Q(counting__in=list(COUNTINGS)), name="parking_site_counting"
            ),
            models.CheckConstraint(
                condition=Q(full_below__gte=0)
                & Q(full_above__gte=F("full_below"))
                & Q(low_below__gte=F("full_above"))
                & Q(low_above__gte=F("low_below"))
                & Q(low_above__lte=1),
                name="parking_site_thresholds_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.uid
