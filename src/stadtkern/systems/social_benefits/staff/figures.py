"""Media breaks, queries and days to the first look, by service; also as a table to save."""

import csv
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.cases.desk.breaks import KINDS
from stadtkern.kernel.people.access import staff
from stadtkern.systems.social_benefits.logic.figures import Figure, figures

SPANS = {"30": 30, "90": 90, "365": 365}


@staff("social_benefits.see_figures")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One line for each service, all together first."""
    answer = render(request, "social_benefits/staff/home.html", {
        "figures": _figures(request), "kinds": KINDS.items(), "spans": SPANS,
        "span": _span(request),
    })  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def _span(request: HttpRequest) -> str:
    asked = request.GET.get("days", "")
    return asked if asked in SPANS else "365"


def _figures(request: HttpRequest) -> list[Figure]:
    return figures(clock.now() - timedelta(days=SPANS[_span(request)]))


@staff("social_benefits.see_figures")
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same lines for a table program."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="social-benefits.csv"'
    rows = csv.writer(answer, delimiter=";")
    rows.writerow(["service", "cases", "share_without_media_break", "queries_per_case",
                   "median_days_to_first_look", *KINDS])  # fmt: skip
    for one in _figures(request):
        rows.writerow([one.title or "*", one.cases, one.share_free, one.queries, one.days,
                       *(one.kinds[kind] for kind in KINDS)])  # fmt: skip
    return answer
