"""Areas that numbers belong to: states, districts, cities, quarters, by their official key."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Area(models.Model):
    """An area by its key (AGS, or the city's own); `geometry` is GeoJSON in WGS 84.

    Shapes come by import with their `credit`; where there is none, no map is drawn.
    """

    LEVELS = {
        "country": _("country"),
        "state": _("state"),
        "region": _("region"),
        "district": _("district or city"),
        "municipality": _("municipality"),
        "quarter": _("part of the city"),
    }

    key = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    level = models.CharField(max_length=20)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    geometry = models.JSONField(null=True, blank=True)
    credit = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("statistical area")
        verbose_name_plural = _("statistical areas")
        ordering = ("key",)
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    level__in=(
                        "country", "state", "region", "district", "municipality", "quarter",
                    )
                ),
                name="statistics_area_level_is_known",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="statistics_area_not_in_itself"
            ),
            models.CheckConstraint(
                condition=Q(geometry=None) | ~Q(credit=""), name="statistics_area_shape_has_credit"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
