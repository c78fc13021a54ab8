"""How many vehicles arrived at a car park on a day, and how full it was when they did."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.systems.parking.models.site import Site


class Arrived(models.Model):
    """One day of one car park: net arrivals by occupancy in percent, `{"85": 12.0}`.

    Net: in a quarter of an hour in which as many leave as arrive nobody is seen to arrive. `known`
    is the share of the day's quarters that were counted.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    arrivals = models.JSONField(default=dict)
    known = models.FloatField()

    class Meta:
        verbose_name = _("arrivals of a day")
        verbose_name_plural = _("arrivals of days")
        ordering = ("day", "site")
        constraints = [
            models.UniqueConstraint(fields=["site", "day"], name="parking_arrived_once"),
            models.CheckConstraint(
                condition=Q(known__gte=0, known__lte=1), name="parking_arrived_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.day}"
