"""Search over services, systems, pages, datasets and places; umlauts make no difference."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, F, Func, Q, TextField, Value, When
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.cases.catalogue import find as service_search
from stadtkern.kernel.cases.models import Service as CityService
from stadtkern.kernel.catalogue.find import search as data_search
from stadtkern.kernel.catalogue.find.asked import Asked
from stadtkern.kernel.contract import Page as SinglePage
from stadtkern.kernel.contract import System
from stadtkern.kernel.people.access import public
from stadtkern.kernel.places.models import Place, PlaceQuerySet
from stadtkern.kernel.things import visibility
from stadtkern.kernel.things.visibility import PUBLIC
from stadtkern.site.dashboard import words
from stadtkern.site.dashboard.home import Offer, offers

PER_PAGE = 20
DATASETS = 5
PORTAL = "open_data"
SERVICES = "service_portal"
SERVICE_PAGE = "service_portal:service"
CITY_SERVICES = 6
PAGES = 10
LONGEST = 200
SEARCHED = ("name", "name_en", "street", "town", "postcode")
READ = (*SEARCHED, "about", "about_en")


class Folded(Func):
    """`words.fold` in SQL."""

    template = (
        "replace(replace(replace(replace(translate(lower(%(expressions)s),"
        f" '{words.SQL_FROM}', '{words.SQL_TO}'), 'ß', 'ss'), 'ae', 'a'), 'oe', 'o'), 'ue', 'u')"
    )
    output_field = TextField()


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a query found, in groups."""

    catalogue: Sequence[CityService]
    services: Sequence[Offer]
    systems: Sequence[System]
    pages: Sequence[tuple[System, SinglePage, str]]
    data: data_search.Found
    places: "Page[Place]"

    @property
    def total(self) -> int:
        """How many in all."""
        few = len(self.catalogue) + len(self.services) + len(self.systems) + len(self.pages)
        return few + self.data.total + self.places.paginator.count


@public
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results by kind; without a query, where to begin."""
    query = request.GET.get("q", "").strip()[:LONGEST]
    typed = words.terms(query)
    found = find(typed, request.GET.get("page", "1")) if typed else None
    context: dict[str, Any] = {"query": query, "found": found, "offers": list(offers())[:6]}
    if found:
        kinds = _kinds()
        context["places"] = [(place, kinds.get(place.kind, "")) for place in found.places]
    return render(request, "site/search.html", context)


def find(typed: list[str], page: str = "1") -> Found:
    """Everything that carries all the words."""
    return Found(
        catalogue=city_services(typed),
        services=[
            offer for offer in offers()
            if words.matches(typed, offer.service.title, offer.service.summary, offer.service.words)
        ],
        systems=[one for one in registry.active() if words.matches(typed, one.title, one.summary)],
        pages=list(islice(pages(typed), PAGES)),
        data=datasets(typed),
        places=Paginator(places(typed), PER_PAGE).get_page(page),
    )  # fmt: skip


def city_services(typed: list[str]) -> Sequence[CityService]:
    """The services of the catalogue that are probably meant, while there is a portal."""
    if not registry.is_on(SERVICES):
        return ()
    return service_search.search(
        " ".join(typed), language=get_language() or "de", most=CITY_SERVICES
    )


def pages(typed: list[str]) -> Iterator[tuple[System, SinglePage, str]]:
    """Single pages of systems with their addresses, those with the words in their title first."""
    found = [
        (system, page) for system, page in registry.pages()
        # Services of the catalogue are found by themselves, and better.
        if page.to != SERVICE_PAGE
        and words.matches(typed, page.title, page.summary, page.words)
    ]  # fmt: skip
    for system, page in sorted(found, key=lambda one: not words.matches(typed, one[1].title)):
        yield system, page, reverse(page.to, args=page.args)


def datasets(typed: list[str]) -> data_search.Found:
    """The best few published datasets, while there is a portal that shows them."""
    nothing = data_search.Found(datasets=[], total=0, counts=[])
    if not registry.is_on(PORTAL):
        return nothing
    found = data_search.find(Asked(text=" ".join(typed)), per_page=DATASETS)
    # What was probably meant is for the portal's own search to say.
    return nothing if found.meant else found


def places(typed: list[str]) -> PlaceQuerySet:
    """Places of systems that are on, those with the words in their name first."""
    found = (
        Place.objects.filter(visible(), visibility.places(PUBLIC))
        .select_related("parent")
        .annotate(
            words=SearchVector(*READ, config="german"),
            folded=Folded(Concat(*_spaced(SEARCHED), output_field=TextField())),
            folded_name=Folded(F("name")),
        )
    )
    for term in typed:
        found = found.filter(_carries(term))
    starts = Q(folded_name__startswith=words.fold(" ".join(typed)))
    first = Case(When(starts, then=Value(value=True)), default=Value(value=False),
                 output_field=BooleanField())  # fmt: skip
    return found.annotate(first=first).order_by(
        "-first", F("parent").asc(nulls_first=True), "name", "id"
    )


def _spaced(fields: Sequence[str]) -> list[object]:
    return [part for field in fields for part in (F(field), Value(" "))]


def _carries(term: str) -> Q:
    """In full text by its stem or beginning, else as part of a word; or the kind is called so.

    A very short term has to be a word of its own.
    """
    folded = words.fold(term)
    if len(folded) <= words.SHORT:
        return Q(folded__regex=rf"\m{folded}\M") | Q(kind__in=_called(term))
    prefix = SearchQuery(f"{term}:*", search_type="raw", config="german")
    return Q(words=prefix) | Q(folded__contains=folded) | Q(kind__in=_called(term))


def _called(term: str) -> list[str]:
    kinds = registry.place_kinds().items()
    return [key for key, kind in kinds if words.matches([term], kind.title, kind.plural)]


def visible() -> Q:
    """Places that no system claims, and those of systems that are on."""
    shown = Q(kind="")
    for key in registry.place_kinds():
        if registry.is_on(key.partition(".")[0]):
            shown |= Q(kind=key)
    return shown


def _kinds() -> dict[str, str]:
    return {key: str(kind.title) for key, kind in registry.place_kinds().items()}
