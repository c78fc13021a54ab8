"""How many electric cars and charging points a district had on a day, and who says so."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock

# What a source counts as an electric car. Many do not say it.
CARS = {
    "bev": _("battery-electric cars only"),
    "bev_phev": _("battery-electric cars and plug-in hybrids"),
    "unsaid": _("electric cars, the source does not say which"),
}
POINTS = {
    "points": _("public charging points"),
    "stations": _("public charging stations (often with two points)"),
    "all": _("charging points, private ones too"),
    "unsaid": _("charging points, the source does not say which"),
}


class FleetCount(models.Model):
    """A number of cars with its definition; `cars_day` and `points_day` are what it is as of.

    `points` is None where only the cars are known: a ratio needs both.
    """

    area = models.CharField(max_length=100)
    area_key = models.CharField(max_length=12, blank=True)
    cars = models.PositiveIntegerField()
    cars_rule = models.CharField(max_length=10, choices=list(CARS.items()))
    cars_day = models.DateField(null=True, blank=True)
    cars_source = models.CharField(max_length=300)
    points = models.PositiveIntegerField(null=True, blank=True)
    points_rule = models.CharField(max_length=10, choices=list(POINTS.items()), default="points")
    points_day = models.DateField(null=True, blank=True)
    points_source = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=400, blank=True)
    invented = models.BooleanField(default=False)
    entered = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("count of electric cars")
        verbose_name_plural = _("counts of electric cars")
        ordering = ("-cars_day", "area", "pk")
        constraints = [
            models.CheckConstraint(condition=~Q(cars_source=""), name="charging_count_has_source"),
            models.CheckConstraint(
                condition=Q(points=None) | (Q(points__gt=0) & ~Q(points_source="")),
                name="charging_points_have_source",
            ),
            models.CheckConstraint(
                condition=Q(cars_rule__in=list(CARS), points_rule__in=list(POINTS)),
                name="charging_count_rules",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.cars_day}"
