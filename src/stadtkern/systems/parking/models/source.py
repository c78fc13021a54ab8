"""Where car parks of other operators are read from, and what each of them is called there."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.systems.parking.models.site import Site

FORMATS = {
    "parkapi-v1": "ParkAPI v1 (JSON)",
    "parkapi-v3": "ParkAPI v3 (JSON)",
    "datex2-v2": "DATEX II v2 (XML)",
    "datex2-v3": "DATEX II v3 (XML)",
    "siri-fm": "SIRI-FM (XML)",
}
OFFERS = {
    "taken": _("shown as a car park"),
    "asked": _("waits for a decision"),
    "left": _("not taken"),
}


class Source(models.Model):
    """A feed of another operator, asked every few minutes.

    `address` gives the free spaces, `static_address` the car parks themselves where they come
    apart (DATEX II, SIRI-FM). `key` is sealed and sent in the header `key_header`. `etag` and
    `last_modified` are what the other side said last. `refused` are rows that could not be read:
    `[{"row", "field", "reason"}]`. One that was removed keeps its car parks and is asked no more.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    format = models.CharField(max_length=12, choices=list(FORMATS.items()))
    address = models.CharField(max_length=500)
    static_address = models.CharField(max_length=500, blank=True)
    static_format = models.CharField(max_length=12, choices=list(FORMATS.items()), blank=True)
    key = models.BinaryField(null=True, blank=True, editable=False)
    key_header = models.CharField(max_length=60, default="Authorization", blank=True)
    every_minutes = models.PositiveSmallIntegerField(default=5)
    licence = models.CharField(max_length=120)
    credit = models.CharField(max_length=300)
    invented = models.BooleanField(default=False)
    paused = models.BooleanField(default=False)
    removed = models.DateTimeField(null=True, blank=True)
    made_by = models.CharField(max_length=200, blank=True)
    made = models.DateTimeField(default=clock.now, editable=False)

    tried = models.DateTimeField(null=True, blank=True)
    read = models.DateTimeField(null=True, blank=True)
    failed_since = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=500, blank=True)
    rows = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list, blank=True)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("source of car parks")
        verbose_name_plural = _("sources of car parks")
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(format__in=list(FORMATS)), name="parking_source_format"
            ),
            models.CheckConstraint(
                condition=Q(every_minutes__gte=1, every_minutes__lte=1440),
                name="parking_source_rhythm",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Offer(models.Model):
    """One car park of a source. `site` is what it is shown as; `like` one of ours it may be.

    `told_free` and `told_capacity` are what the source said, however odd; `notice` says what of it
    was not believed. `measured` is the source's own time.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="offers")
    uid = models.CharField(max_length=256)
    name = models.CharField(max_length=200)
    lon = models.FloatField()
    lat = models.FloatField()
    state = models.CharField(max_length=5, choices=list(OFFERS.items()))
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    like = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    distance_m = models.PositiveIntegerField(null=True, blank=True)
    told_free = models.IntegerField(null=True, blank=True)
    told_capacity = models.IntegerField(null=True, blank=True)
    measured = models.DateTimeField(null=True, blank=True)
    notice = models.CharField(max_length=200, blank=True)
    # Everything the source said of it that a car park of ours keeps.
    facts = models.JSONField(default=dict, blank=True)
    seen = models.DateTimeField(default=clock.now)
    decided_by = models.CharField(max_length=200, blank=True)
    decided = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("car park of a source")
        verbose_name_plural = _("car parks of a source")
        ordering = ("source", "name", "id")
        constraints = [
            models.UniqueConstraint(fields=["source", "uid"], name="parking_offer_once"),
            models.UniqueConstraint(
                fields=["site"], condition=Q(state="taken"), name="parking_offer_fills_one_site"
            ),
            models.CheckConstraint(condition=Q(state__in=list(OFFERS)), name="parking_offer_state"),
        ]

    def __str__(self) -> str:
        return self.name
