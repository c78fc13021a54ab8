"""The tile of statistics: how many people live here, and when that was counted."""

from datetime import UTC, datetime, time, timedelta

from django.urls import reverse

from stadtkern.kernel import clock, registry
from stadtkern.kernel.contract import Reading
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.statistics.logic import inhabitants

# Counts come once a year, some months later.
FRESH = timedelta(days=3 * 365)


def inhabitants_tile() -> Reading | None:
    """The newest count of the city itself; None where no table has one."""
    cube = inhabitants.base()
    area = cube.of_kind("area") if cube else None
    if cube is None or area is None:
        return None
    home = cube.item(area.slug, registry.settings_of("statistics").area)
    if home is None:
        return None
    items = [home if dim == area else cube.usual(dim) for dim in cube.dims]
    cell = cube.cells({d.slug: [i.pk] for d, i in zip(cube.dims, items, strict=True)}).get(
        tuple(one.pk for one in items)
    )
    day = next((one.date for one in items if one.date), None)
    at = datetime.combine(day, time(12), UTC) if day else None
    if cell is None or cell.value is None or at is None:
        return None
    return Reading(
        value=figure(cell.value), unit="", source=cube.table.source, at=at,
        stale=clock.age(at) > FRESH, url=reverse("statistics:table", args=[cube.table.slug]),
    )  # fmt: skip
