"""How one gets into a car park, and what it costs."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.systems.parking.models.site import Site

WAYS = {
    "entrance": _("entry"),
    "exit": _("exit"),
    "both": _("entry and exit"),
    "foot": _("entry on foot"),
}


class Entrance(models.Model):
    """A way in or out, in WGS 84; the height where it is lower than the site's."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="entrances")
    kind = models.CharField(max_length=10, choices=list(WAYS.items()), default="both")
    name = models.CharField(max_length=120, blank=True)
    lon = models.FloatField()
    lat = models.FloatField()
    max_height_cm = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("entrance")
        verbose_name_plural = _("entrances")
        ordering = ("site", "kind", "id")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(WAYS)), name="parking_entrance_kind"),
            models.CheckConstraint(
                condition=Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
                name="parking_entrance_lies_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(WAYS[self.kind])


class Price(models.Model):
    """One line of a price list: `cents` for `minutes`; without minutes for one whole stay."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="prices")
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80, blank=True)
    cents = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField(null=True, blank=True)
    weight = models.SmallIntegerField(default=50)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ("site", "weight", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gt=0), name="parking_price_minutes"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def words(self) -> str:
        """What it is for, in the reader's language."""
        return self.title_en if self.title_en and get_language() == "en" else self.title
