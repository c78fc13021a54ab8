"""Brings a file's dimensions, items and areas into step with a table's own."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from stadtkern.systems.statistics.models import Area, Dimension, Item, Table
from stadtkern.systems.statistics.reading import parts
from stadtkern.systems.statistics.reading.extract import Codes, Extract, Found, Problem, letter
from stadtkern.systems.statistics.reading.words import Label

LEVELS = {2: "state", 3: "region", 5: "district", 8: "municipality"}
COUNTRY = ("DG", "D", "00")
# The kind of a city says nothing to who looks for it by name.
SORT = re.compile(r",\s*(kreisfreie stadt|krfr\. stadt|stadt)$", re.I)
Ids = list[dict[str, int]]


class StructureProblem(Exception):
    """The file does not fit the table; the message says what to do."""


def check(table: Table, extract: Extract) -> list[Problem]:
    """What keeps this file out of this table."""
    own = list(table.dimensions.all())
    if own and {one.slug for one in own} != {one.slug for one in extract.dims}:
        theirs = ", ".join(one.title for one in extract.dims)
        ours = ", ".join(one.title for one in own)
        said = _(
            "The table is divided by: %(ours)s. The file by: %(theirs)s. Name them alike, "
            "or make a new table."
        )
        return [Problem(text=said % {"ours": ours, "theirs": theirs})]
    if table.protection == Table.NONE:
        return []
    odd = [_no_count(cell) for cell in extract.cells.values() if _odd(cell.value)][:20]
    return [*odd, *_loose_totals(extract)]


def _loose_totals(extract: Extract) -> list[Problem]:
    """Sums that the program does not know of are sums that it cannot protect against."""
    numbers = {key: cell.value for key, cell in extract.cells.items()}
    said = _(
        "In “%(title)s” nothing adds up to the total. If it is a sum, say of what under "
        "“Parts and wholes” before you publish."
    )
    return [
        Problem(text=said % {"title": dim.title}, grave=False)
        for place, (dim, labels) in enumerate(zip(extract.dims, extract.labels, strict=True))
        if "total" in labels
        and "total" not in parts.wholes(place, dim.kind, labels, numbers).values()
    ]


def _odd(value: Decimal | None) -> bool:
    return value is not None and (value != int(value) or value < 0)


def _no_count(cell: Found) -> Problem:
    said = _("This table protects counts, and a count is a whole number from 0 on.")
    return Problem(text=said, row=cell.row + 1, column=letter(cell.column))


def order(table: Table, extract: Extract) -> tuple[list[Dimension], list[int]]:
    """The table's dimensions, made where it has none, and where each stands in the file's keys."""
    own = list(table.dimensions.order_by("position"))
    if not own:
        own = Dimension.objects.bulk_create(
            Dimension(table=table, slug=one.slug, title=one.title, kind=one.kind, position=i)
            for i, one in enumerate(extract.dims)
        )
    places = {one.slug: i for i, one in enumerate(extract.dims)}
    return own, [places[one.slug] for one in own]


def items(dims: Sequence[Dimension], labels: Sequence[Mapping[str, Label]]) -> Ids:
    """The id of each item by code; items that are new are made."""
    return [_items(dim, dict(given)) for dim, given in zip(dims, labels, strict=True)]


def _items(dim: Dimension, labels: dict[str, Label]) -> dict[str, int]:
    known = set(dim.items.values_list("code", flat=True))
    areas = _areas(dim, labels)
    new = [label for code, label in labels.items() if code not in known]
    start = len(known)
    Item.objects.bulk_create(
        Item(
            dimension=dim, code=one.code, title=_shown(dim, one), title_en=one.title_en,
            position=start + i, date=one.day, low=one.low, high=one.high, note=one.note,
            area=areas.get(one.code),
        )
        for i, one in enumerate(new)
    )  # fmt: skip
    if dim.kind == "time":
        _in_time(dim)
    return dict(dim.items.values_list("code", "pk"))


def _shown(dim: Dimension, label: Label) -> str:
    return SORT.sub("", label.title)[:300] if dim.kind == "area" else label.title[:300]


def _in_time(dim: Dimension) -> None:
    """Years stand in their order, whichever file brought them."""
    listed = list(dim.items.order_by("date", "code"))
    for i, item in enumerate(listed):
        item.position = i
    Item.objects.bulk_update(listed, ["position"])


def _areas(dim: Dimension, labels: Mapping[str, Label]) -> dict[str, Area]:
    """The area of each code; official keys that are new become areas."""
    if dim.kind != "area":
        return {}
    keys = [code for code in labels if code in COUNTRY or re.fullmatch(r"\d{2,12}", code)]
    Area.objects.bulk_create(
        [
            Area(key=key, name=SORT.sub("", labels[key].title)[:200], level=_level(key))
            for key in keys
        ],
        ignore_conflicts=True,
    )
    _parents(keys)
    found = {one.key: one for one in Area.objects.filter(key__in=keys)}
    names = [label.title for label in labels.values()]
    by_name = {one.name: one for one in Area.objects.filter(name__in=names)}
    return {c: a for c, label in labels.items() if (a := found.get(c) or by_name.get(label.title))}


def _level(key: str) -> str:
    return "country" if key in COUNTRY else LEVELS.get(len(key), "quarter")


def _parents(keys: Sequence[str]) -> None:
    known = {one.key: one for one in Area.objects.all()}
    changed = []
    for key in keys:
        area = known[key]
        above = (known.get(key[:n]) for n in range(len(key) - 1, 1, -1))
        parent = next((one for one in above if one), None)
        if parent and area.parent_id is None:
            area.parent = parent
            changed.append(area)
    Area.objects.bulk_update(changed, ["parent"])


def relate(dims: Sequence[Dimension], ids: Ids, numbers: Mapping[Codes, Decimal | None]) -> None:
    """Note what is a part of what, as the numbers of the whole edition bear it out.

    What was noted before stays: people may have corrected it.
    """
    if not dims or not dims[0].table.adds:
        return
    for place, dim in enumerate(dims):
        rows = list(dim.items.order_by("position"))
        if dim.kind == "time":
            continue
        labels = {one.code: Label(code=one.code, title=one.title) for one in rows}
        wholes = parts.wholes(place, dim.kind, labels, numbers)
        for one in rows:
            whole = wholes.get(one.code)
            if whole and one.whole_id is None:
                one.whole_id = ids[place][whole]
        Item.objects.bulk_update(rows, ["whole"])
