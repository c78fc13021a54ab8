"""Lists that filter, sort and page, and keep all three in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import F, OrderBy, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    Pages = Paginator[Any]
else:
    Pages = Paginator

PER_PAGE = 50
COUNTED = 10_000


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a list; `sort` names the database fields it sorts by."""

    title: str | Promise
    sort: tuple[str, ...] = ()
    num: bool = False

    @property
    def key(self) -> str:
        """How the address names this column."""
        return self.sort[0].partition("__")[0] if self.sort else ""


@dataclass(frozen=True, kw_only=True)
class Head:
    """A column's heading: its present order for `aria-sort`, and the order a click brings."""

    column: Column
    order: str
    to: str


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One page of a list, with its headings."""

    page: "Page[Any]"
    heads: list[Head]
    sort: str

    @property
    def count(self) -> str:
        """How many rows there are; large tables are counted only so far."""
        total = self.page.paginator.count
        return f"> {COUNTED}" if total > COUNTED else str(total)


class Bounded(Pages):
    """Counts and pages through at most COUNTED rows: nobody reads on, and counting is slow."""

    @cached_property
    def count(self) -> int:
        """The number of rows, or one more than COUNTED."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows[: COUNTED + 1].count()

    @property
    def num_pages(self) -> int:
        """Pages of the rows that were counted."""
        return max(1, -(-min(self.count, COUNTED) // self.per_page))


class Filters(forms.Form):
    """A filter form: what it does not understand, it leaves out and says so."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.GET)
        self.prepare()
        for field in self.fields.values():
            field.required = False
        self.is_valid()

    def prepare(self) -> None:
        """Fill in choices that come from the database."""

    def given(self, name: str) -> Any:
        """The value of a filter; None where it is empty or wrong."""
        return self.cleaned_data.get(name) or None


def listed(
    request: HttpRequest, rows: QuerySet[Any], columns: Sequence[Column], *, default: str = ""
) -> Listed:
    """The page of these rows that the address asks for, in the order it asks for."""
    sort = sort_of(request, columns, default)
    return Listed(
        page=Bounded(ordered(rows, columns, sort), PER_PAGE).get_page(request.GET.get("page")),
        heads=heads(columns, sort),
        sort=sort,
    )


def sort_of(request: HttpRequest, columns: Sequence[Column], default: str = "") -> str:
    """The order that the address asks for, where there is such a column."""
    sort = request.GET.get("sort", "")
    known = sort.removeprefix("-") in {column.key for column in columns if column.sort}
    return sort if known else default


def heads(columns: Sequence[Column], sort: str) -> list[Head]:
    """The headings of a list in this order."""
    return [_head(column, sort) for column in columns]


def ordered(rows: QuerySet[Any], columns: Sequence[Column], sort: str) -> QuerySet[Any]:
    """The rows by this column, unknown values last, and the newest first among equals."""
    falling = sort.startswith("-")
    column = next((c for c in columns if c.sort and c.key == sort.removeprefix("-")), None)
    if column is None:
        return rows
    return rows.order_by(*(_order(field, falling=falling) for field in column.sort), "-pk")


def _order(field: str, *, falling: bool) -> OrderBy:
    return F(field).desc(nulls_last=True) if falling else F(field).asc(nulls_last=True)


def _head(column: Column, sort: str) -> Head:
    if not column.sort or sort.removeprefix("-") != column.key:
        return Head(column=column, order="", to=column.key)
    falling = sort.startswith("-")
    return Head(
        column=column,
        order="descending" if falling else "ascending",
        to=column.key if falling else f"-{column.key}",
    )


def any_of(choices: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Choices of a filter, with the one that filters nothing first."""
    return [("", _("all")), *choices]
