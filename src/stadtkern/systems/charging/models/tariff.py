"""What charging costs, in the words of OCPI."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock


class Tariff(models.Model):
    """A tariff: `elements` as in OCPI 2.2.1, 11.3.1, amounts in euro without tax.

    `past` are its earlier terms, the oldest first, each with the instant `until` which it held.
    """

    uid = models.CharField(max_length=36, unique=True)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    elements = models.JSONField()
    vat_per_mille = models.PositiveSmallIntegerField(default=190)
    active = models.BooleanField(default=True)
    invented = models.BooleanField(default=False)
    past = models.JSONField(default=list, blank=True)
    changed = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("charging tariff")
        verbose_name_plural = _("charging tariffs")
        ordering = ("uid",)

    def __str__(self) -> str:
        return self.title

    def terms(self, at: datetime | None = None) -> dict[str, Any]:
        """What holds, or held at an instant: sessions of a point without a line are told late."""
        for one in self.past:
            if at is not None and at < datetime.fromisoformat(one["until"]):
                return {name: value for name, value in one.items() if name != "until"}
        return {"uid": self.uid, "title": self.title, "elements": self.elements,
                "vat_per_mille": self.vat_per_mille}  # fmt: skip
