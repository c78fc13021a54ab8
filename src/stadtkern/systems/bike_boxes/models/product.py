"""What can be rented, for how long and how much."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

KINDS = {
    "day": _("day"),
    "week": _("week"),
    "month": _("month"),
    "year": _("year"),
}
REFUNDS = {
    "none": _("none after the beginning"),
    "months": _("for each whole month that is not used"),
}
LONG = ("month", "year")


class Product(models.Model):
    """A price. `kind` says how the end is reckoned; a booking keeps a copy of what it was."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    cents = models.PositiveIntegerField()
    # Per mille, within the price.
    tax_rate = models.PositiveSmallIntegerField(default=190)
    refund = models.CharField(max_length=10, choices=list(REFUNDS.items()), default="none")
    budget = models.CharField(max_length=80, blank=True)
    active = models.BooleanField(default=True)
    weight = models.SmallIntegerField(default=50)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ("weight", "slug")
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="bike_boxes_price_is_money"),
            models.CheckConstraint(
                condition=Q(kind__in=list(KINDS)), name="bike_boxes_product_kind"
            ),
            models.CheckConstraint(
                condition=Q(tax_rate__lte=1000), name="bike_boxes_tax_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and get_language() == "en" else self.name

    @property
    def long_term(self) -> bool:
        """Whether boxes that are kept for long rentals can be had with it."""
        return self.kind in LONG
