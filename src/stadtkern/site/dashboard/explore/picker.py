"""Finding a series: a search over places and properties that needs no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, TextField, Value
from django.db.models.functions import Coalesce, Concat
from django.http import QueryDict

from stadtkern.kernel import registry
from stadtkern.kernel.things.models import Datastream, DatastreamQuerySet
from stadtkern.site.dashboard import readings, words
from stadtkern.site.dashboard.explore.view import View, seen
from stadtkern.site.dashboard.search import Folded

PER_PAGE = 12
LONGEST = 100
SEARCHED = ("thing__place__name", "thing__place__name_en", "thing__name", "observed_property__name")


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A series that can be added; `query` is the address with it."""

    stream: Datastream
    title: str
    place: str
    query: str


@dataclass(frozen=True, kw_only=True)
class Picker:
    """What was searched for, a page of what was found, and what there is to search for.

    Groups are properties with the number of their series and the address of the search for them.
    """

    typed: str
    page: "Page[Datastream]"
    groups: Sequence[tuple[str, int, str]]
    offers: Sequence[Offer]


def picker(query: QueryDict, view: View) -> Picker:
    """Series that carry all words, without those that are chosen; at most three queries."""
    typed = query.get("q", "").strip()[:LONGEST]
    found = numeric().exclude(pk__in=[one.pk for one in view.streams])
    found = search(found, words.terms(typed))
    page = Paginator(found, PER_PAGE).get_page(query.get("page"))
    offers = [_offer(one, view) for one in page]
    groups = [] if typed else _groups(view)
    return Picker(typed=typed, page=page, offers=offers, groups=groups)


def _groups(view: View) -> list[tuple[str, int, str]]:
    slug, name = "observed_property__slug", "observed_property__name"
    rows = numeric().order_by().values_list(slug, name).annotate(count=Count("pk"))
    found = [(readings.property_title(slug, name), count) for slug, name, count in rows]
    query = view.query()
    return [
        (title, count, f"{query}&{urlencode({'q': title})}".lstrip("&"))
        for title, count in sorted(found, key=lambda pair: words.sort_key(pair[0]))
    ]


def numeric() -> DatastreamQuerySet:
    """Series of numbers that have at least one value."""
    found = seen().filter(latest__value__isnull=False)
    return found.order_by("observed_property__slug", "thing__place__name", "thing__name", "pk")


def search(found: DatastreamQuerySet, typed: Sequence[str]) -> DatastreamQuerySet:
    """Those whose place, thing or property carries all these words."""
    text = Concat(*_spaced(), output_field=TextField())
    found = found.annotate(folded=Folded(text)) if typed else found
    for term in typed:
        called = [slug for slug, one in registry.observed().items()
                  if words.matches([term], one.title)]  # fmt: skip
        carries = Q(folded__contains=words.fold(term)) | Q(observed_property__slug__in=called)
        found = found.filter(carries)
    return found


def _spaced() -> list[object]:
    parts = (Coalesce(F(field), Value(""), output_field=TextField()) for field in SEARCHED)
    return [one for part in parts for one in (part, Value(" "))]


def _offer(stream: Datastream, view: View) -> Offer:
    return Offer(stream=stream, title=readings.title(stream), place=place_of(stream),
                 query=view.plus(stream.pk))  # fmt: skip


def place_of(stream: Datastream) -> str:
    """Where it is measured, in words."""
    place = stream.thing.place
    if place is None:
        return stream.thing.name
    return f"{place.title}, {place.parent.title}" if place.parent else place.title
