"""Entities of OGC SensorThings 1.1 (18-088, clause 8). Observations live in the store, not here."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import Role
from stadtkern.kernel.places.models import Located, Place
from stadtkern.kernel.things import visibility
from stadtkern.kernel.things.quality.models import Check as Check
from stadtkern.kernel.things.quality.models import Mark as Mark

_TYPES = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
MEASUREMENT = f"{_TYPES}OM_Measurement"
COMPLEX = f"{_TYPES}OM_ComplexObservation"


class Project(models.Model):
    """Things that belong together, with rules of their own about who may see them."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    public = models.BooleanField(default=True)
    roles = models.ManyToManyField(Role, blank=True, related_name="projects")

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class Thing(models.Model):
    """Whatever measures. It stands at one place; its Location is that place's geometry."""

    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="things"
    )
    # Protected: without its project, what was not public would be.
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="things"
    )
    kind = models.CharField(max_length=80, blank=True, db_index=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    properties = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("thing")
        verbose_name_plural = _("things")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Representation(models.Model):
    """Where a thing stands, told once more in another encoding (18-088, 8.2.2)."""

    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="representations")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["thing", "place"], name="things_representation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.thing_id} = {self.place_id}"


class Sensor(models.Model):
    """The procedure: a device model or a method."""

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    encoding = models.CharField(max_length=120, default="text/html")
    metadata = models.JSONField(default=str, blank=True)
    properties = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("sensor")
        verbose_name_plural = _("sensors")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class ObservedProperty(models.Model):
    """What is measured. `slug` ties it to a system's declaration; others have none."""

    slug = models.CharField(max_length=80, null=True, blank=True, unique=True)
    name = models.CharField(max_length=200)
    definition = models.TextField(blank=True)
    description = models.TextField(blank=True)
    properties = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("observed property")
        verbose_name_plural = _("observed properties")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class DatastreamQuerySet(models.QuerySet["Datastream"]):
    """Questions about datastreams."""

    def visible_to(self, viewer: visibility.Viewer) -> Self:
        """Datastreams that this viewer may see."""
        return self.filter(visibility.datastreams(viewer))

    def public(self) -> Self:
        """Datastreams that everybody may see: what public pages show."""
        return self.visible_to(visibility.PUBLIC)

    def at_place(self, place: Place) -> Self:
        """Datastreams of the things that stand at this place."""
        return self.filter(thing__place=place)

    def to_show(self) -> Self:
        """With everything a page shows, in one query."""
        return self.select_related("thing__place", "observed_property", "sensor", "latest")


_Datastreams = models.Manager.from_queryset(DatastreamQuerySet)


class Plain(_Datastreams["Datastream"]):
    """Datastreams whose results are single values: what pages, rules and systems work with."""

    def get_queryset(self) -> DatastreamQuerySet:
        """Without MultiDatastreams."""
        return super().get_queryset().filter(multi=False)  # type: ignore[return-value]


class Multi(_Datastreams["Datastream"]):
    """MultiDatastreams."""

    def get_queryset(self) -> DatastreamQuerySet:
        """MultiDatastreams alone."""
        return super().get_queryset().filter(multi=True)  # type: ignore[return-value]


class Datastream(models.Model):
    """A series of observations of one property by one thing, in one unit (UCUM).

    A `multi` one is a MultiDatastream (18-088, MultiDatastream extension): its results are lists,
    one value for each of its components; its own property is that of the first. `objects`, and
    thus what hangs on a thing, leaves these out; `everything` has both.
    """

    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="datastreams")
    sensor = models.ForeignKey(Sensor, on_delete=models.PROTECT, related_name="datastreams")
    observed_property = models.ForeignKey(
        ObservedProperty, on_delete=models.PROTECT, related_name="datastreams"
    )
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    observation_type = models.CharField(max_length=120, default=MEASUREMENT)
    unit_name = models.CharField(max_length=120, blank=True, null=True)
    unit_symbol = models.CharField(max_length=40, blank=True, null=True)
    unit_definition = models.CharField(max_length=200, blank=True, null=True)
    decimals = models.PositiveSmallIntegerField(default=1)
    stale_after = models.DurationField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    one_per_instant = models.BooleanField(default=False)
    public = models.BooleanField(default=True, db_default=True)
    multi = models.BooleanField(default=False, db_default=False, editable=False)
    area = models.JSONField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=120, blank=True)
    properties = models.JSONField(default=dict, blank=True)

    objects: ClassVar[DatastreamQuerySet] = Plain()  # type: ignore[assignment]
    everything: ClassVar[DatastreamQuerySet] = DatastreamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("datastream")
        verbose_name_plural = _("datastreams")
        ordering = ("id",)
        indexes = [
            models.Index(fields=["id"], condition=Q(multi=True), name="things_datastream_multi"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=models.F("high")),
                name="things_datastream_low_below_high",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MultiDatastream(Datastream):
    """A datastream of the MultiDatastream extension, as a model of its own."""

    objects: ClassVar[DatastreamQuerySet] = Multi()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = "MultiDatastream"
        verbose_name_plural = "MultiDatastreams"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.multi, self.observation_type = True, COMPLEX
        super().save(*args, **kwargs)


class Component(models.Model):
    """One of the values of a MultiDatastream: its property, unit and type, in their order."""

    datastream = models.ForeignKey(Datastream, on_delete=models.CASCADE, related_name="components")
    position = models.PositiveSmallIntegerField()
    observed_property = models.ForeignKey(
        ObservedProperty, on_delete=models.PROTECT, related_name="+"
    )
    observation_type = models.CharField(max_length=120, default=MEASUREMENT)
    unit_name = models.CharField(max_length=120, blank=True, null=True)
    unit_symbol = models.CharField(max_length=40, blank=True, null=True)
    unit_definition = models.CharField(max_length=200, blank=True, null=True)

    class Meta:
        ordering = ("datastream", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["datastream", "position"], name="things_component_once_a_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.datastream_id}[{self.position}]"


class FeatureOfInterest(Located):
    """What is observed. Made from the thing's place where an observation names none."""

    place = models.OneToOneField(
        Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    encoding = models.CharField(max_length=120, default="application/geo+json")
    properties = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class HistoricalLocation(models.Model):
    """Since when a thing stands at a place."""

    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="historical_locations")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    also = models.ManyToManyField(Place, blank=True, related_name="+")
    time = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["thing", "-time"], name="things_histloc_thing_time")]

    def __str__(self) -> str:
        return f"{self.thing_id} @ {self.place_id}"


class Latest(models.Model):
    """The newest observation of a datastream and its totals; written by the store alone.

    `until` is the last end of a phenomenonTime that is an interval; the box is that of the
    features that observations name.
    """

    datastream = models.OneToOneField(
        Datastream, primary_key=True, on_delete=models.CASCADE, related_name="latest"
    )
    at = models.DateTimeField()
    first_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    result_first = models.DateTimeField(null=True)
    result_last = models.DateTimeField(null=True)
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)
    observation_id = models.BigIntegerField()
    value = models.FloatField(null=True)
    other = models.JSONField(null=True)
    quality = models.PositiveSmallIntegerField()
    received = models.DateTimeField()
    n = models.BigIntegerField()

    class Meta:
        db_table = "things_latest"

    def __str__(self) -> str:
        return f"{self.datastream_id}: {self.value}"
