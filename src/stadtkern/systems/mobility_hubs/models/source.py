"""Feeds of transport companies and of those who share vehicles."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock

FORMATS = {
    "gtfs": _("timetable (GTFS)"),
    "gtfs-rt": _("delays (GTFS Realtime, trip updates)"),
    "gbfs": _("shared vehicles (GBFS 2 or 3)"),
}


class Source(models.Model):
    """A feed that is asked by the clock. `base` is the timetable that delays are of.

    `key` is sealed and sent in `key_header`. `failure` is why the last round failed, `failed_since`
    the first of the rounds that failed in a row. `refused` are rows that could not be used.
    """

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("Name"), max_length=120)
    format = models.CharField(_("Format"), max_length=8, choices=list(FORMATS.items()))
    address = models.CharField(_("Address"), max_length=500)
    base = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="delays",
        verbose_name=_("Timetable"),
    )  # fmt: skip
    key = models.BinaryField(null=True, blank=True, editable=False)
    key_header = models.CharField(max_length=60, default="Authorization", blank=True)
    every_minutes = models.PositiveSmallIntegerField(_("Asked every … minutes"), default=1)
    licence = models.CharField(_("Licence"), max_length=120)
    credit = models.CharField(_("Source to be named"), max_length=300)
    invented = models.BooleanField(default=False)
    paused = models.BooleanField(default=False)
    tried = models.DateTimeField(null=True, blank=True)
    read = models.DateTimeField(null=True, blank=True)
    failed_since = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=500, blank=True)
    rows = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list, blank=True)
    # What the feed says of itself: name and operator, kinds of vehicles, time zone, last day.
    facts = models.JSONField(default=dict, blank=True)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("feed of mobility")
        verbose_name_plural = _("feeds of mobility")
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(format__in=list(FORMATS)), name="mobility_hubs_source_format"
            ),
            models.CheckConstraint(
                condition=Q(every_minutes__gte=1, every_minutes__lte=10080),
                name="mobility_hubs_source_rhythm",
            ),
            models.CheckConstraint(
                condition=Q(format="gtfs-rt", base__isnull=False)
                | (~Q(format="gtfs-rt") & Q(base__isnull=True)),
                name="mobility_hubs_delays_have_a_timetable",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
