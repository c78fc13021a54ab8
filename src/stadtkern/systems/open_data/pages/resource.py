"""The page of one table, file or link: rows to filter and sort, map, chart, columns, doors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.doors.door import patience
from stadtkern.kernel.catalogue.models import Resource, Version
from stadtkern.kernel.catalogue.tables.read import Page
from stadtkern.kernel.people.access import public
from stadtkern.systems.open_data import cells, charts, doors, drawing, facts, preview
from stadtkern.systems.open_data.preview import SPLIT, Wanted

OWN = ("c", "o", "v")
PATIENCE = 5  # seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """A column's heading: its present order for `aria-sort`, and the order a click brings."""

    field: Field
    title: str
    order: str
    to: str
    num: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """A condition and the address without it."""

    words: str
    query: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A column in words, with what its values are like."""

    field: Field
    title: str
    about: str
    kind: str | Promise
    facts: facts.Facts | None
    least: str
    most: str
    share: float | None


@public
@require_safe
def resource(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """One part of a dataset; a filter that was just chosen becomes part of the address."""
    one = found(slug, part)
    newest = newest_of(one)
    version = newest if newest and newest.fields else None
    if version is None:
        return render(request, "open_data/file.html", {
            "resource": one, "dataset": one.dataset,
            "doors": doors.doors_of(one, address.base(request), version=newest),
        })  # fmt: skip
    if request.GET.get("c"):
        return HttpResponseRedirect(with_condition(request.GET))
    wanted = preview.wanted(request.GET, version.columns)
    return render(request, "open_data/resource.html", {
        "resource": one, "dataset": one.dataset, "version": version,
        "doors": doors.doors_of(one, address.base(request), wanted, version),
        **rows(request, version, wanted), **pictured(request.GET, version),
        **mapped(request, one, version),
    })  # fmt: skip


def found(slug: str, part: str) -> Resource:
    """A part of a published dataset; Http404."""
    rows = Resource.objects.published().select_related("dataset__publisher")
    one = rows.filter(dataset__slug=slug, slug=part).first()
    if one is None:
        raise Http404
    return one


def newest_of(one: Resource) -> Version | None:
    """The version that everybody gets, with its file but not what is in it; None of a link."""
    versions = one.versions.filter(current=True).select_related("file")
    return versions.defer("report", "file__content").first()


def current(one: Resource) -> Version | None:
    """The version whose rows everybody reads; None of a file, a link, an empty table."""
    version = newest_of(one)
    return version if version and version.fields else None


def rows(request: HttpRequest, version: Version, wanted: Wanted) -> dict[str, Any]:
    """The table: heads, rows, filters, pages."""
    page, wanted = within_patience(version, wanted)
    listed = Paginator(range(min(page.total, preview.LAST_ROW)), preview.PER_PAGE)
    return {
        "wanted": wanted,
        "total": page.total,
        "estimated": page.estimated,
        "heads": [_head(one, wanted.sort) for one in version.columns],
        "rows": preview.rows_of(version, page),
        "page": listed.get_page(wanted.page),
        "chips": [
            Chip(words=one.words, query=without(request.GET, one.said)) for one in wanted.conditions
        ],
        "columns": [
            (one.slug, cells.title_of(one)) for one in version.columns if one.kind != "geometry"
        ],
        "operators": [(key, word) for key, (_operator, word) in preview.OPERATORS.items()],
    }


def within_patience(version: Version, wanted: Wanted) -> tuple[Page, Wanted]:
    """The rows; in a huge table a filter may take too long, and then the page says so."""
    try:
        with patience(PATIENCE):
            return preview.page_of(version, wanted), wanted
    except OperationalError:
        said = _("This takes too long. Ask for less, for example with another filter.")
        return Page(columns=()), replace(wanted, problems=(*wanted.problems, said))


def pictured(query: QueryDict, version: Version) -> dict[str, Any]:
    """The chart, the map, and the columns with their facts."""
    known = facts.facts_of(version)
    choice = charts.chosen(query, version.columns, known)
    drawn = charts.draw(version, choice) if choice else None
    along, numbers = charts.options(version.columns)
    line = drawn and drawn.choice.kind == "line"
    return {
        "told": told(version, known),
        "choice": choice,
        "shows": cells.title_of(choice.y) if choice and choice.y else "",
        "by": cells.title_of(choice.x) if choice else "",
        "drawn": drawn,
        "line": drawing.line(drawn) if drawn and line else None,
        "bars": drawing.bars(drawn) if drawn and not line else [],
        "points": drawing.rows(drawn) if drawn and line else [],
        "splits": named(charts.splits(version.columns, known)),
        "canvas": drawing,
        "along": named(along),
        "numbers": named(numbers),
        "sums": [(key, word) for key, (_sql, word) in charts.SUMS.items()],
    }  # fmt: skip


def named(fields: Sequence[Field]) -> list[tuple[str, str]]:
    """Columns to choose from."""
    return [(one.slug, cells.title_of(one)) for one in fields]


def mapped(request: HttpRequest, one: Resource, version: Version) -> dict[str, Any]:
    """Where the map is and what it loads; the table's filters hold there too."""
    query = urlencode([("w", said) for said in request.GET.getlist("w")])
    end = f"?{query}" if query else ""
    names = [one.dataset.slug, one.slug]
    kinds = set(version.statistics.get("geometry", ()))
    return {
        "bounds": bounds_of(version),
        "layers_url": reverse("open_data:layers", args=names) + end,
        "areas_url": reverse("open_data:areas", args=names) + end if kinds - {"Point"} else "",
    }


def told(version: Version, known: Sequence[facts.Facts]) -> list[Told]:
    """The columns in words."""
    by_slug = {one.slug: one for one in known}
    return [_told(version, one, by_slug.get(one.slug)) for one in version.columns]


def _told(version: Version, one: Field, about: facts.Facts | None) -> Told:
    return Told(
        field=one,
        title=cells.title_of(one),
        about=cells.about_of(one),
        kind=cells.KINDS[one.kind],
        facts=about,
        least=cells.measured(one, about.least) if about and about.least is not None else "",
        most=cells.measured(one, about.most) if about and about.most is not None else "",
        share=about.known / version.rows if about and version.rows else None,
    )


def bounds_of(version: Version) -> list[float] | None:
    """What the map shows: all rows with some room; None without geometries."""
    box = version.statistics.get("box")
    if not box:
        return None
    west, south, east, north = box
    wide, high = max(0.004, (east - west) * 0.08), max(0.003, (north - south) * 0.08)
    return [west - wide, south - high, east + wide, north + high]


def with_condition(query: QueryDict) -> str:
    """The address with the filter that was just filled in; the form's own fields are gone."""
    changed = query.copy()
    said = SPLIT.join(query.get(key, "") for key in OWN)
    for key in (*OWN, "page"):
        changed.pop(key, None)
    if said not in changed.getlist("w"):
        changed.appendlist("w", said)
    return f"?{changed.urlencode()}#rows"


def without(query: QueryDict, said: str) -> str:
    """The address without a condition."""
    changed = query.copy()
    field, word, text = said.split(SPLIT, 2)
    kept = [one for one in changed.getlist("w")
            if [part.strip() for part in one.split(SPLIT, 2)] != [field, word, text]]  # fmt: skip
    changed.setlist("w", kept)
    changed.pop("page", None)
    return f"?{changed.urlencode()}#rows"


def _head(one: Field, sort: str) -> Head:
    falling = sort == f"-{one.slug}"
    rising = sort == one.slug
    return Head(
        field=one,
        title=cells.title_of(one),
        order="descending" if falling else "ascending" if rising else "",
        to="" if one.kind == "geometry" else f"-{one.slug}" if rising else one.slug,
        num=one.kind in ("integer", "number"),
    )
