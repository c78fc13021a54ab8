"""The list of all datasets: filter, search, order, pages, and the list as a file."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.models import Dataset, Resource, Upload, Version
from stadtkern.kernel.people.access import staff
from stadtkern.systems.open_data.publishing import words
from stadtkern.systems.open_data.publishing.answer import page

PER_PAGE: Final = 50
PROBLEMS: Final = {
    "failed": _("could not be renewed"),
    "empty": _("without data"),
    "waiting": _("upload not finished"),
}
# A spreadsheet runs a cell that begins like this.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the list and the fields it sorts by."""

    title: str | Promise
    key: str = ""
    sort: tuple[str, ...] = ()
    num: bool = False


COLUMNS: Final = (
    Column(title=_("Title"), key="title", sort=("title",)),
    Column(title=_("State"), key="state", sort=("state", "title")),
    Column(title=_("Origin"), key="origin", sort=("origin", "system", "title")),
    Column(title=_("Rows"), key="rows", sort=("rows",), num=True),
    Column(title=_("Last change"), key="modified", sort=("modified",)),
    Column(title=_("Problems")),
)


class Filters(forms.Form):
    """By words, state, origin and problem; what makes no sense is left out."""

    q = forms.CharField(
        label=_("Words"), required=False, widget=forms.TextInput({"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("all")), *((key, title) for key, (_s, title) in words.STATES.items())],
    )  # fmt: skip
    origin = forms.ChoiceField(
        label=_("Origin"), required=False, choices=[("", _("all")), *words.ORIGINS.items()]
    )
    problem = forms.ChoiceField(
        label=_("Problems"), required=False,
        choices=[("", _("all")), ("any", _("any problem")), *PROBLEMS.items()],
    )  # fmt: skip

    def apply(self, rows: QuerySet[Dataset]) -> QuerySet[Dataset]:
        """The rows that pass."""
        said = self.cleaned_data
        for word in (said.get("q") or "").split():
            rows = rows.filter(
                Q(title__icontains=word) | Q(slug__icontains=word) | Q(about__icontains=word)
                | Q(keywords__icontains=word)
            )  # fmt: skip
        if state := said.get("state"):
            rows = rows.filter(state=state)
        if origin := said.get("origin"):
            rows = rows.filter(origin=origin)
        problem = said.get("problem")
        if problem == "any":
            return rows.filter(Q(failed=True) | Q(empty=True) | Q(waiting=True))
        return rows.filter(**{problem: True}) if problem else rows


@staff("datasets.see")
def datasets(request: HttpRequest) -> HttpResponse:
    """The datasets that the address asks for; a fixed number of queries for any number of them."""
    filters = Filters(request.GET)
    filters.is_valid()
    rows = filters.apply(with_facts(Dataset.objects.all()))
    sort = _sort(request.GET.get("sort", ""))
    rows = rows.order_by(*_order(sort), "pk")
    if request.GET.get("format") == "csv":
        return _csv(rows)
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "datasets", filters=filters, listed=listed, rows=[_row(d) for d in listed],
                heads=[_head(one, sort) for one in COLUMNS], sort=sort)  # fmt: skip


def with_facts(rows: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """With `rows`, `checked_at`, and which problems a dataset has."""
    parts = Resource.objects.filter(dataset=OuterRef("pk"))
    current = Version.objects.filter(resource__dataset=OuterRef("pk"), current=True)
    total = current.order_by().values("resource__dataset").annotate(n=Sum("rows")).values("n")
    checked = parts.order_by().values("dataset").annotate(at=Max("checked")).values("at")
    links = parts.exclude(url="")
    waiting = Upload.objects.filter(dataset=OuterRef("pk")).exclude(state=Upload.TAKEN)
    return rows.annotate(
        rows=Subquery(total),
        checked_at=Subquery(checked),
        failed=Exists(parts.exclude(problem="")),
        empty=~Exists(current) & ~Exists(links),
        waiting=Exists(waiting),
    )


def _sort(said: str) -> str:
    known = {column.key for column in COLUMNS if column.key}
    return said if said.removeprefix("-") in known else "-modified"


def _order(sort: str) -> list[Any]:
    column = next(one for one in COLUMNS if one.key == sort.removeprefix("-"))
    falling = sort.startswith("-")
    return [
        F(one).desc(nulls_last=True) if falling else F(one).asc(nulls_last=True)
        for one in column.sort
    ]


def _head(column: Column, sort: str) -> dict[str, Any]:
    if not column.key or column.key != sort.removeprefix("-"):
        return {"column": column, "order": "", "to": column.key}
    falling = sort.startswith("-")
    to = column.key if falling else f"-{column.key}"
    return {"column": column, "order": "descending" if falling else "ascending", "to": to}


def _row(one: Any) -> dict[str, Any]:
    sign, state = words.STATES[one.state]
    found = [title for key, title in PROBLEMS.items() if getattr(one, key)]
    return {"dataset": one, "sign": sign, "state": state, "origin": origin_of(one),
            "problems": found}  # fmt: skip


def origin_of(one: Dataset) -> str:
    """Where it comes from; of a declared one the system's name."""
    if one.origin == Dataset.DECLARED:
        named = {system.slug: system.title for system in registry.installed()}
        return str(named.get(one.system, one.system))
    return str(words.ORIGINS[one.origin])


def _csv(rows: Iterable[Any]) -> HttpResponse:
    """UTF-8 with a mark and semicolons, which German spreadsheets open as a table."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([str(one.title) for one in COLUMNS] + [str(_("Licence")), str(_("Address"))])
    for row in map(_row, rows):
        one = row["dataset"]
        writer.writerow([_cell(value) for value in (
            one.title, row["state"], row["origin"], one.rows,
            timezone.localtime(one.modified).isoformat(timespec="minutes"),
            ", ".join(map(str, row["problems"])), one.licence, one.slug,
        )])  # fmt: skip
    answer = HttpResponse(f"\N{BOM}{text.getvalue()}", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="datasets.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
