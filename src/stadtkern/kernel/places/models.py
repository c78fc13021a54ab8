"""Places and areas: geometry is GeoJSON, with a point and a box for the database to search by."""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from shapely.geometry import shape

from stadtkern.kernel import clock


class Located(models.Model):
    """A GeoJSON geometry in WGS 84 with its bounding box, kept in step on save.

    `described` is a location that came in another encoding: kept as it is, not understood.
    """

    geometry = models.JSONField(null=True, blank=True)
    described = models.JSONField(null=True, blank=True, editable=False)
    west = models.FloatField(null=True, editable=False)
    south = models.FloatField(null=True, editable=False)
    east = models.FloatField(null=True, editable=False)
    north = models.FloatField(null=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.west, self.south, self.east, self.north = box_of(self.geometry)
        super().save(*args, **kwargs)


def box_of(geometry: Any) -> tuple[float | None, float | None, float | None, float | None]:
    """West, south, east, north of a GeoJSON geometry; four None where there is none."""
    if not geometry:
        return (None, None, None, None)
    if geometry.get("type") == "Point":
        lon, lat = geometry["coordinates"][:2]
        return (lon, lat, lon, lat)
    west, south, east, north = shape(geometry).bounds
    return (west, south, east, north)


def point(lon: float, lat: float) -> dict[str, Any]:
    """A GeoJSON point."""
    return {"type": "Point", "coordinates": [lon, lat]}


class PlaceQuerySet(models.QuerySet["Place"]):
    """Questions about places."""

    def of_kind(self, *kinds: str) -> Self:
        """Places of these kinds, `<system>.<kind>`."""
        return self.filter(kind__in=kinds)

    def within(self, west: float, south: float, east: float, north: float) -> Self:
        """Places whose box touches this one."""
        return self.filter(west__lte=east, east__gte=west, south__lte=north, north__gte=south)


class Place(Located):
    """Whatever stands somewhere: a station, a car park, one bay, a tree, a house."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=80, blank=True, db_index=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    about = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    encoding = models.CharField(max_length=120, default="application/geo+json", editable=False)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    town = models.CharField(max_length=100, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    source = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=120, blank=True)
    invented = models.BooleanField(default=False)
    properties = models.JSONField(default=dict, blank=True)
    created = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[PlaceQuerySet] = PlaceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ("name", "id")
        indexes = [models.Index(fields=["west", "south"], name="places_place_corner")]
        constraints = [
            models.CheckConstraint(
                condition=Q(west=None)
                | Q(west__gte=-180, east__lte=180, south__gte=-90, north__lte=90),
                name="places_place_lies_on_earth",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")), name="places_place_is_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and get_language() == "en" else self.name

    @property
    def description(self) -> str:
        """What it is, in the reader's language."""
        return self.about_en if self.about_en and get_language() == "en" else self.about

    @property
    def lon(self) -> float | None:
        """Longitude of the middle of the box."""
        return None if self.west is None or self.east is None else (self.west + self.east) / 2

    @property
    def lat(self) -> float | None:
        """Latitude of the middle of the box."""
        return None if self.south is None or self.north is None else (self.south + self.north) / 2


class Area(Located):
    """A shape that comes by import: the city, its neighbours, districts. Never drawn by hand."""

    kind = models.CharField(max_length=40, db_index=True)
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    licence = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ("kind", "name")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="places_area_kind_key"),
        ]

    def __str__(self) -> str:
        return self.name


class Landmark(models.Model):
    """A named point of the basemap: a stop or a station, from open data."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    lon = models.FloatField()
    lat = models.FloatField()
    source = models.CharField(max_length=300)
    licence = models.CharField(max_length=120)

    class Meta:
        ordering = ("kind", "name")

    def __str__(self) -> str:
        return self.name
