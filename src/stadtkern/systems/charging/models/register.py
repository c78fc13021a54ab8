"""Rows of the federal register of charging stations, edition by edition."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.systems.charging.models.location import Location

SOURCE = "Bundesnetzagentur.de"
LICENCE = "CC BY 4.0"
# What became of a row: found by itself, decided by staff, or still to be decided.
STATES = {
    "matched": _("belongs to a location"),
    "doubtful": _("could belong to a location"),
    "outside": _("lies outside the city"),
    "conflict": _("differs from what staff have set"),
    "ignored": _("is left out"),
}
OPEN = ("doubtful", "outside", "conflict")


class Edition(models.Model):
    """One file of the register; `day` is what it is as of, `digest` of its bytes."""

    day = models.DateField()
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    layout = models.CharField(max_length=40, blank=True)
    rows = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=200, default=SOURCE)
    licence = models.CharField(max_length=60, default=LICENCE)
    taken = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("edition of the register")
        verbose_name_plural = _("editions of the register")
        ordering = ("-day", "-pk")

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class RegisterRecord(models.Model):
    """One charging station as the register has it.

    `plugs` is a list of {"types": [..], "kw": number or null, "evse_id": text} for each point.
    `score` (0 to 1) is how well `location` fits; `reasons` are its parts.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="records")
    line = models.PositiveIntegerField()
    register_id = models.CharField(max_length=40, blank=True)
    operator = models.CharField(max_length=200)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    town = models.CharField(max_length=100, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    commissioned = models.DateField(null=True, blank=True)
    fast = models.BooleanField(default=False)
    points = models.PositiveSmallIntegerField(default=1)
    kw = models.FloatField(null=True, blank=True)
    hours = models.CharField(max_length=250, blank=True)
    plugs = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=list(STATES.items()))
    location = models.ForeignKey(
        Location, null=True, blank=True, on_delete=models.SET_NULL, related_name="records"
    )
    score = models.FloatField(null=True, blank=True)
    reasons = models.JSONField(default=dict, blank=True)
    decided = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("row of the register")
        verbose_name_plural = _("rows of the register")
        ordering = ("edition", "line")
        constraints = [
            models.UniqueConstraint(fields=["edition", "line"], name="charging_record_line"),
            models.CheckConstraint(
                condition=Q(state__in=list(STATES)), name="charging_record_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator}, {self.street}"
