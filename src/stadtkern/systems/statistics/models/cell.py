"""The numbers: as the file gave them, and as everybody may read them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from stadtkern.systems.statistics.models.edition import Edition
from stadtkern.systems.statistics.signs import BESIDE, INSTEAD, MISSING, SECRET


class Cell(models.Model):
    """One number of an edition. `key` holds one item for each dimension, in their order.

    `raw` is the file's number and never leaves the house; `value` is what may be read. A trigger
    checks that a key's items belong to the table's dimensions. `since` is the edition in which
    the file's number came in.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="cells")
    key = ArrayField(models.BigIntegerField())
    raw = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    raw_sign = models.CharField(max_length=3, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    sign = models.CharField(max_length=3, blank=True, default=MISSING)
    note = models.CharField(max_length=20, blank=True)
    since = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "key"], name="statistics_cell_once_a_key"),
            models.CheckConstraint(
                condition=Q(value__isnull=True, sign__in=INSTEAD)
                | Q(value__isnull=False, sign__in=BESIDE),
                name="statistics_cell_sign_fits_value",
            ),
            models.CheckConstraint(
                condition=Q(raw__isnull=True, raw_sign__in=INSTEAD)
                | Q(raw__isnull=False, raw_sign__in=BESIDE),
                name="statistics_cell_sign_fits_raw",
            ),
        ]

    def __str__(self) -> str:
        return SECRET if self.value is None else str(self.value)
