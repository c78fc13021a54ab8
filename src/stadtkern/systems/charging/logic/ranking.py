"""Electric cars per charging point: a number that means nothing without its definition."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic import reading
from stadtkern.systems.charging.models import CARS, POINTS, FleetCount


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratio:
    """Cars per point (or station), with both definitions, days and sources beside it."""

    count: FleetCount
    cars: int
    points: int
    points_rule: str
    points_day: date | None
    points_source: str
    today: bool = False

    @property
    def value(self) -> float:
        """Cars for each."""
        return self.cars / self.points

    @property
    def cars_words(self) -> Any:
        """What was counted as a car."""
        return CARS[self.count.cars_rule]

    @property
    def points_words(self) -> Any:
        """What was counted as a point."""
        return POINTS[self.points_rule]

    @property
    def doubts(self) -> list[str]:
        """What keeps the number from being compared with others."""
        found = []
        if self.count.cars_rule == "unsaid":
            found.append(_("It is not said whether plug-in hybrids are counted."))
        if self.points_rule == "unsaid":
            found.append(_("It is not said whether points or stations are counted, and whether"
                           " private ones are."))  # fmt: skip
        if self.count.cars_day is None or self.points_day is None:
            found.append(_("The day is not known."))
        elif abs((self.count.cars_day - self.points_day).days) > 92:
            found.append(_("Cars and points are of days that lie more than three months apart."))
        return found

    @property
    def definition(self) -> tuple[str, str]:
        """Two ratios can be compared if these are the same and said."""
        return self.count.cars_rule, self.points_rule


def stored() -> list[Ratio]:
    """All ratios as their sources have both numbers, the newest first."""
    rows = FleetCount.objects.exclude(points=None)
    return [
        Ratio(count=one, cars=one.cars, points=one.points, points_rule=one.points_rule,
              points_day=one.points_day, points_source=one.points_source)
        for one in rows if one.points
    ]  # fmt: skip


def today(area_key: str) -> list[Ratio]:
    """The newest counts of the city's cars by each definition over the points of our register.

    Twice each: by point and by station, since both are called "charging points" in the press.
    """
    points, stations = public_points()
    if not points or not stations:
        return []
    now, source = clock.now().date(), _("Register of this site, public points only")
    newest: dict[str, FleetCount] = {}
    for one in FleetCount.objects.filter(area_key=area_key).exclude(cars_day=None):
        newest.setdefault(one.cars_rule, one)
    return [
        Ratio(count=one, cars=one.cars, points=number, points_rule=rule, points_day=now,
              points_source=source, today=True)
        for one in newest.values()
        for rule, number in (("points", points), ("stations", stations))
    ]  # fmt: skip


def public_points() -> tuple[int, int]:
    """Public charging points of the city and the locations they stand at."""
    found = [one for one in reading.stations(reading.public()) if one.points]
    return sum(one.all for one in found), len(found)


def rows() -> list[dict[str, Any]]:
    """All counts for the file."""
    return [
        {
            "area": one.area, "cars": one.cars, "counted_as_cars": one.cars_rule,
            "cars_day": one.cars_day, "cars_source": one.cars_source, "points": one.points,
            "counted_as_points": one.points_rule if one.points else "",
            "points_day": one.points_day, "points_source": one.points_source,
            "cars_per_point": round(one.cars / one.points, 2) if one.points else None,
            "note": one.note, "invented": one.invented,
        }
        for one in FleetCount.objects.all()
    ]  # fmt: skip
