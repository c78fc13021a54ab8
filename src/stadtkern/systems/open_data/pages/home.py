"""The first page of the portal, and what the data may be used for."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.find import search as finder
from stadtkern.kernel.catalogue.find.asked import Asked
from stadtkern.kernel.catalogue.find.facets import Count as FacetCount
from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.people.access import public
from stadtkern.systems.open_data.models import Letter
from stadtkern.systems.open_data.pages.labels import label_of

NEWEST = 5
EXAMPLES = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A way into the catalogue: what it is called, how many there are, where it leads."""

    key: str
    title: str
    count: int
    url: str


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Themes, what is new and used most, high-value data, how to use it."""
    found = finder.find(Asked(), per_page=NEWEST)
    published = Dataset.objects.published().select_related("publisher", "entry")
    published = published.defer("entry__words")
    return render(request, "open_data/home.html", {
        "total": found.total,
        "themes": cards("theme", found.counts),
        "valuable": cards("hvd", found.counts),
        "has": cards("has", found.counts),
        "newest": found.datasets,
        "used": list(
            published.filter(entry__used__gt=0).order_by("-entry__used", "title")[:NEWEST]
        ),
        "examples": examples(published),
        "licence": vocabulary.LICENCES[vocabulary.DEFAULT_LICENCE],
        "showcases": list(Letter.objects.showcases()[:3]),
        "wishes": list(
            Letter.objects.wishes().exclude(state__in=(Letter.DONE, Letter.REFUSED))
            .order_by("-supports", "-created")[:3]
        ),
    })  # fmt: skip


@public
@require_safe
def disclaimer(request: HttpRequest) -> HttpResponse:
    """What the data are for, and who answers for what."""
    return render(request, "open_data/disclaimer.html", {
        "licence": vocabulary.LICENCES[vocabulary.DEFAULT_LICENCE],
        "contact": registry.city().city.contact,
    })  # fmt: skip


def cards(facet: str, counts: Sequence[FacetCount]) -> list[Card]:
    """The values of a facet that there are, the most frequent first."""
    found = [
        Card(key=one.value, title=label_of(facet, one.value), count=one.count,
             url=f"{reverse('open_data:search')}?{facet}={one.value}")
        for one in counts if one.facet == facet
    ]  # fmt: skip
    return sorted(found, key=lambda card: (-card.count, card.title))


def examples(published: QuerySet[Dataset]) -> list[str]:
    """Keywords that several datasets have, to begin with."""
    rows = published.order_by().values_list("keywords").annotate(n=Count("id"))
    told: dict[str, int] = {}
    for keywords, n in rows:
        for word in keywords:
            told[word] = told.get(word, 0) + n
    return sorted(told, key=lambda word: (-told[word], word))[:EXAMPLES]
