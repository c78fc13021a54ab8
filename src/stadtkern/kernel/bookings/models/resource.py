"""What can be occupied: a resource is so many units, each of which one booking has at a time."""

from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models.calendar import Calendar
from stadtkern.kernel.places.models import Place


class BookableQuerySet(models.QuerySet["Resource"]):
    """Questions about resources."""

    def of_kind(self, *kinds: str) -> Self:
        """Resources of these kinds, `<system>.<kind>`."""
        return self.filter(kind__in=kinds)

    def open(self) -> Self:
        """Those that take bookings."""
        return self.filter(active=True)


class Resource(models.Model):
    """Whatever can be occupied: an office's counters, a bike box, a room, an event's seats.

    Capacity n is n units. Without a calendar it can be had at any time.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=80, db_index=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    place = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    calendar = models.ForeignKey(
        Calendar, null=True, blank=True, on_delete=models.PROTECT, related_name="resources"
    )
    active = models.BooleanField(default=True)
    properties = models.JSONField(default=dict, blank=True)
    invented = models.BooleanField(default=False)
    created = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[BookableQuerySet] = BookableQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and get_language() == "en" else self.name


class Unit(models.Model):
    """One of a resource's equals: a counter, a box, a seat. `skills` says what it is fit for."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="units")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80, blank=True)
    skills = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("resource", "number")
        constraints = [
            models.UniqueConstraint(fields=["resource", "number"], name="bookings_unit_number"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.number)
