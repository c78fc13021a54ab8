"""How many people live where: what rates per 1,000 inhabitants are made of."""

from decimal import Decimal

from django.utils.translation import gettext as _

from stadtkern.systems.statistics.logic.cube import Cube
from stadtkern.systems.statistics.logic.editions import current
from stadtkern.systems.statistics.models import Table

People = dict[tuple[str, int], Decimal]


def base() -> Cube | None:
    """The table that counts inhabitants, as it is published."""
    table = Table.objects.filter(inhabitants=True).first()
    edition = current(table) if table else None
    return Cube(edition) if edition else None


def of(cube: Cube) -> tuple[People, str]:
    """Inhabitants by area key and year, and in words where they come from."""
    known = base()
    if known is None:
        return {}, _("There is no table of inhabitants, so there are no rates.")
    area, time = known.of_kind("area"), known.of_kind("time")
    if area is None or time is None:
        return {}, _("The table of inhabitants has no areas or no dates, so there are no rates.")
    found = _totals(known, area.slug, time.slug)
    words = _("Inhabitants: “%(title)s”, edition %(number)d, of the same year.")
    return found, words % {"title": known.table.name, "number": known.edition.number}


def _totals(known: Cube, area: str, time: str) -> People:
    """All areas and dates; of every other dimension its whole, or all its items together."""
    picked = {dim.slug: known.items[dim.slug] for dim in known.dims}
    for dim in known.dims:
        if dim.slug not in (area, time) and (whole := known.whole(dim)):
            picked[dim.slug] = [whole]
    places = {dim.slug: dim.position for dim in known.dims}
    found: People = {}
    gaps = set()
    asked = {slug: [one.pk for one in items] for slug, items in picked.items()}
    for key, cell in known.cells(asked).items():
        where, when = known.by_id[key[places[area]]], known.by_id[key[places[time]]].date
        if when is None:
            continue
        spot = where.code, when.year
        found[spot] = found.get(spot, Decimal(0)) + (cell.value or 0)
        if cell.value is None:
            gaps.add(spot)
    return {spot: people for spot, people in found.items() if people and spot not in gaps}
