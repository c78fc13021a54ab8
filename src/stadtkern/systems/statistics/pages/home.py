"""Where statistics begin: themes and tables with search; the signs; the editions of a table."""

from collections.abc import Sequence
from itertools import groupby

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.systems.statistics import signs
from stadtkern.systems.statistics.models import Edition, Table

LONGEST = 100
SEARCHED = ("title", "title_en", "about", "about_en", "keywords", "theme__title",
            "theme__title_en", "dimensions__title")  # fmt: skip


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All tables by theme, or those that a search finds."""
    query = request.GET.get("q", "").strip()[:LONGEST]
    theme = request.GET.get("theme", "")
    tables = _found(query)
    themes = list({one.theme_id: one.theme for one in tables}.values())
    if theme:
        tables = [one for one in tables if one.theme.slug == theme]
    shelves = [(one, list(rows)) for one, rows in groupby(tables, key=lambda table: table.theme)]
    return render(request, "statistics/home.html", {
        "shelves": shelves, "themes": themes, "theme": theme, "query": query, "count": len(tables),
    })  # fmt: skip


def _found(query: str) -> Sequence[Table]:
    """Published tables with the date of their newest edition."""
    tables = Table.objects.published().select_related("theme")
    for word in query.split():
        words = SearchVector(*SEARCHED, config="german")
        hits = Table.objects.annotate(text=words).filter(
            Q(text=SearchQuery(word, config="german")) | Q(title__icontains=word)
            | Q(title_en__icontains=word) | Q(keywords__icontains=word)
        )  # fmt: skip
        tables = tables.filter(pk__in=hits.values("pk"))
    dated = tables.annotate(
        newest=Max("editions__published", filter=Q(editions__state=Edition.PUBLISHED))
    )
    return list(dated.order_by("theme__position", "theme__title", "theme_id", "invented", "title"))


@public
@require_safe
def signs_page(request: HttpRequest) -> HttpResponse:
    """What the signs in the tables say, and how small numbers are protected."""
    return render(request, "statistics/signs.html", {"signs": signs.MEANINGS})


@public
@require_safe
def editions(request: HttpRequest, slug: str) -> HttpResponse:
    """All editions that were ever public, with what changed."""
    found = Edition.objects.filter(table__slug=slug, published__isnull=False)
    listed = list(
        found.select_related("table", "file").defer("file__content").order_by(F("number").desc())
    )
    if not any(one.state == Edition.PUBLISHED for one in listed):
        raise Http404
    return render(request, "statistics/editions.html", {"table": listed[0].table, "all": listed})
