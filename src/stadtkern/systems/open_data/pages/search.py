"""Search: words, facets, the map; the whole state stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.find import search as finder
from stadtkern.kernel.catalogue.find.asked import FACETS, Asked, asked
from stadtkern.kernel.catalogue.find.search import PER_PAGE, Found
from stadtkern.kernel.catalogue.find.words import terms
from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.people.access import public
from stadtkern.kernel.places.models import Area
from stadtkern.systems.open_data.pages.labels import TITLES, label_of, publisher_names

SORTS: tuple[tuple[str, str | Promise], ...] = (
    ("relevance", _("best match")),
    ("newest", _("newest")),
    ("used", _("most used")),
    ("title", _("title")),
)
OPEN = ("theme", "has", "format")
MOST_AREAS = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A value of a facet: a link that chooses it, or lets it go."""

    label: str
    count: int
    chosen: bool
    query: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A facet with its values."""

    key: str
    title: str | Promise
    choices: list[Choice]
    open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A link to the same search with something changed."""

    label: str | Promise
    query: str
    current: bool = False


@public
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was found, with everything it can be narrowed by."""
    return render(request, "open_data/search.html", answer(request))


@public
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """The list alone: what the map page fetches when the map is moved."""
    response = render(request, "open_data/results.html", {**answer(request), "on_map": True})
    response["X-Robots-Tag"] = "noindex"
    return response


@public
@require_safe
def on_map(request: HttpRequest) -> HttpResponse:
    """Datasets about the part of the city that the map shows; areas by name are its twin."""
    said = answer(request)
    city = registry.city().city.bounds
    return render(request, "open_data/map.html", {
        **said, "on_map": True, "bounds": said["asked"].box or city, "areas": areas(request.GET),
    })  # fmt: skip


@public
@require_safe
@cache_control(max_age=60)
def words(request: HttpRequest) -> JsonResponse:
    """How the word that is being typed may go on."""
    return JsonResponse({"words": finder.suggest(request.GET.get("q", "")[:200])})


def answer(request: HttpRequest) -> dict[str, Any]:
    """All that the templates need of one search."""
    wanted = asked(request.GET)
    found = finder.find(wanted)
    names = publisher_names()
    query = request.GET
    return {
        "asked": wanted,
        "found": found,
        "page": page_of(found, wanted),
        "boxes": boxes(found, wanted, query, names),
        "chosen": chosen(wanted, query, names),
        "sorts": [
            Way(label=label, query=with_(query, sort=key), current=wanted.order == key)
            for key, label in SORTS if key != "relevance" or wanted.text
        ],
        "single": single(wanted, query) if not found.total else [],
    }  # fmt: skip


def boxes(found: Found, wanted: Asked, query: QueryDict, names: Mapping[str, str]) -> list[Box]:
    """Facets that still have something to choose."""
    made = []
    for key in FACETS:
        counts = {one.value: one.count for one in found.counts if one.facet == key}
        taken = wanted.chosen.get(key, ())
        counts.update({value: 0 for value in taken if value not in counts})
        order = sorted(counts, key=lambda value: (-counts[value], label_of(key, value, names)))
        if len(order) > 1 or taken:
            made.append(
                Box(key=key, title=TITLES[key], open=key in OPEN or bool(taken), choices=[
                    Choice(label=label_of(key, value, names), count=counts[value],
                           chosen=value in taken, query=toggled(query, key, value))
                    for value in order
                ])
            )  # fmt: skip
    return made


def chosen(wanted: Asked, query: QueryDict, names: Mapping[str, str]) -> list[Way]:
    """What narrows the search now, each with the address that lets it go."""
    ways = [
        Way(label=label_of(key, value, names), query=toggled(query, key, value))
        for key, values in wanted.chosen.items() for value in values
    ]  # fmt: skip
    if wanted.box:
        ways.append(Way(label=_("part of the map"), query=with_(query, box=None)))
    return ways


def single(wanted: Asked, query: QueryDict) -> list[Way]:
    """Where nothing has all the words: each of them alone."""
    said = terms(wanted.text)
    return [Way(label=word, query=with_(query, q=word)) for word in said] if len(said) > 1 else []


def areas(query: QueryDict) -> list[Way]:
    """Areas by name, each leading to the datasets that touch it."""
    known = Area.objects.exclude(west=None).exclude(kind="neighbour").order_by("kind", "name")
    rows = known.values_list("name", "west", "south", "east", "north")[:MOST_AREAS]
    return [
        Way(label=name, query=with_(query, box=",".join(f"{edge:.4f}" for edge in edges)))
        for name, *edges in rows
    ]  # fmt: skip


def page_of(found: Found, wanted: Asked) -> "Page[Dataset]":
    """For the pager: the datasets of this page out of all."""
    pages = Paginator(range(found.total), PER_PAGE)
    page: Page[Any] = pages.get_page(wanted.page)
    return page


def toggled(query: QueryDict, key: str, value: str) -> str:
    """The address with this value chosen, or no longer."""
    changed = query.copy()
    values = changed.getlist(key)
    values = [one for one in values if one != value] if value in values else [*values, value]
    changed.setlist(key, values)
    changed.pop("page", None)
    return f"?{changed.urlencode()}"


def with_(query: QueryDict, **changes: str | None) -> str:
    """The address with these changes, on its first page."""
    changed = query.copy()
    for key, value in {**changes, "page": None}.items():
        changed.pop(key, None)
        if value:
            changed[key] = value
    return f"?{changed.urlencode()}"
