"""Choose what to examine: a table, or the measurements behind a dataset."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.people.access import staff
from stadtkern.systems.data_improvement import examining, sources
from stadtkern.systems.data_improvement.models import Examination
from stadtkern.systems.data_improvement.staff.answer import page, person

PER_PAGE = 25


@staff("data_improvement.decide")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """The list, and what becomes of a choice."""
    if request.method != "POST":
        return _list(request)
    one = _asked(request)
    if one is None:
        problem = _("Choose a table or a property from the list. It may have been withdrawn.")
        return _list(request, problem)
    messages.success(request, _("The examination has begun. The page shows when it is ready."))
    return redirect("data_improvement-staff:examination", one.pk)


def _asked(request: HttpRequest) -> Examination | None:
    said = request.POST
    if resource := sources.tables().filter(pk=_number(said.get("resource"))).first():
        return examining.start_table(person(request), resource)
    dataset = sources.measured().filter(pk=_number(said.get("dataset"))).first()
    if dataset is None:
        return None
    observed, days = said.get("observed", ""), _number(said.get("days"))
    known = {slug for slug, _name, _n in sources.properties([dataset])[dataset.pk]}
    if observed not in known or days not in sources.DAYS:
        return None
    return examining.start_series(person(request), dataset, observed, days)


def _number(said: str | None) -> int:
    fits = said is not None and said.isascii() and said.isdecimal() and len(said) < 10
    return int(said or 0) if fits else 0


def _list(request: HttpRequest, problem: str = "") -> HttpResponse:
    words = request.GET.get("q", "")
    found = sources.tables()
    datasets = sources.measured()
    for word in words.split():
        said = Q(title__icontains=word)
        found = found.filter(said | Q(dataset__title__icontains=word))
        datasets = datasets.filter(said)
    ordered = found.order_by("dataset__title", "position", "pk")
    listed = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    versions = {
        one.resource_id: one
        for one in Version.objects.filter(resource__in=list(listed), current=True)
    }
    chosen = list(datasets[:PER_PAGE])
    observed = sources.properties(chosen)
    rows: list[Any] = [(one, versions.get(one.pk)) for one in listed]
    return page(
        request, "choose", listed=listed, rows=rows, words=words, days=sources.DAYS,
        measured=[(one, observed[one.pk]) for one in chosen if observed[one.pk]],
        problem=problem, status=422 if problem else 200,
    )  # fmt: skip
