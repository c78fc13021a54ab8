"""A published table in memory, as a page looks at it: dimensions, items, and the cells it needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import F, Func

from stadtkern.kernel import registry
from stadtkern.systems.statistics.models import Dimension, Edition, Item, Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What stands in a cell: a number, or a sign in its place; `since` is an edition."""

    value: Decimal | None
    sign: str
    note: str = ""
    since: int = 0


class Cube:
    """One edition of a table. Cells are read when they are asked for, only those that are."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.table: Table = edition.table
        self.dims: list[Dimension] = list(self.table.dimensions.order_by("position"))
        # A table's items grow with later editions; this edition has only those of its own cells.
        keys = edition.cells.annotate(item=Func(F("key"), function="unnest"))
        rows = Item.objects.filter(pk__in=keys.values("item").distinct()).select_related("area")
        self.all_items: list[Item] = list(rows.order_by("dimension__position", "position", "id"))

    @cached_property
    def items(self) -> Mapping[str, list[Item]]:
        """The items of each dimension in their order."""
        return {
            dim.slug: [one for one in self.all_items if one.dimension_id == dim.pk]
            for dim in self.dims
        }

    @cached_property
    def by_id(self) -> Mapping[int, Item]:
        """Every item by its number."""
        return {one.pk: one for one in self.all_items}

    def dim(self, slug: str) -> Dimension | None:
        """The dimension with this slug."""
        return next((one for one in self.dims if one.slug == slug), None)

    def of_kind(self, kind: str) -> Dimension | None:
        """The first dimension of this kind."""
        return next((one for one in self.dims if one.kind == kind), None)

    def item(self, slug: str, code: str) -> Item | None:
        """The item of a dimension with this code."""
        return next((one for one in self.items.get(slug, ()) if one.code == code), None)

    def usual(self, dim: Dimension) -> Item:
        """The item to begin with: the city itself, the newest date, the whole."""
        listed = self.items[dim.slug]
        home = getattr(registry.settings_of("statistics"), "area", "")
        if dim.kind == "area" and (found := self.item(dim.slug, home)):
            return found
        if dim.kind == "time":
            return listed[-1]
        return self.whole(dim) or listed[0]

    @cached_property
    def wholes(self) -> set[int]:
        """The ids of all items that others are parts of."""
        return {one.whole_id for one in self.all_items if one.whole_id}

    def whole(self, dim: Dimension) -> Item | None:
        """What all other items of a dimension are parts of; None where there is no such item."""
        listed = self.items[dim.slug]
        top = [one for one in listed if one.pk in self.wholes and one.whole_id is None]
        return next(iter(top), None) or self.item(dim.slug, "total")

    def cells(self, picked: Mapping[str, Sequence[int]]) -> dict[tuple[int, ...], Shown]:
        """The cells of these items, by the ids of their items in the order of the dimensions."""
        conditions = {
            f"key__{dim.position}__in": list(picked[dim.slug])
            for dim in self.dims
            if dim.slug in picked
        }
        rows = self.edition.cells.filter(**conditions)
        listed = rows.values_list("key", "value", "sign", "note", "since__number")
        return {
            tuple(key): Shown(value=value, sign=sign, note=note, since=since)
            for key, value, sign, note, since in listed
        }
