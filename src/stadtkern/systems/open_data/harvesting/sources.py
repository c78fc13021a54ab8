"""The catalogues that are harvested: list, one, new, change."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.harvest import run as harvest
from stadtkern.kernel.catalogue.models import Dataset, Run, Source
from stadtkern.kernel.people.access import staff
from stadtkern.systems.open_data.harvesting.answer import page, person, source_of
from stadtkern.systems.open_data.harvesting.form import SourceForm
from stadtkern.systems.open_data.harvesting.words import STATES, counted

PER_PAGE = 50


@staff("datasets.see")
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """All of them, with their last run; a fixed number of queries."""
    public = Q(harvested__dataset__state=Dataset.PUBLISHED)
    last = Run.objects.filter(source=OuterRef("pk"), rehearsal=False).order_by("-created", "-id")
    rows: QuerySet[Any] = Source.objects.order_by("name", "pk").annotate(
        datasets=Count("harvested", filter=public), last=Subquery(last.values("pk")[:1])
    )
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    runs = Run.objects.in_bulk([one.last for one in listed if one.last])
    told = [(one, runs.get(one.last), *_state(runs.get(one.last))) for one in listed]
    return page(request, "sources", listed=listed, told=told)


def _state(run: Run | None) -> tuple[object, object]:
    return STATES[run.state] if run else ("none", _("not read yet"))


@staff("datasets.see")
@require_safe
def source(request: HttpRequest, number: int) -> HttpResponse:
    """One source: its settings and its runs."""
    one = source_of(number)
    runs = Paginator(one.runs.all(), 20).get_page(request.GET.get("page"))
    told = [(run, *STATES[run.state], counted(run)) for run in runs]
    going = any(run.state in (Run.WAITING, Run.RUNNING) for run in runs)
    held = one.harvested.filter(dataset__state=Dataset.PUBLISHED).count()
    return page(request, "source", source=one, runs=runs, told=told, going=going, held=held)


@staff("datasets.publish")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new source; it is tried before anything comes in."""
    return _edit(request, Source())


@staff("datasets.publish")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Its settings."""
    return _edit(request, source_of(number))


def _edit(request: HttpRequest, one: Source) -> HttpResponse:
    fresh = one.pk is None
    form = SourceForm(request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            saved = form.save()
            verb = "harvest.create" if fresh else "harvest.change"
            record(person(request), verb, saved, name=saved.name, url=saved.url,
                   changed=form.changed_data)  # fmt: skip
        messages.success(request, _("The source is saved. Try it before you read it in."))
        return redirect("open_data-staff:source", saved.pk)
    return page(
        request, "source_form", form=form, source=None if fresh else one,
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff("datasets.publish")
@require_POST
def begin(request: HttpRequest, number: int) -> HttpResponse:
    """Read it now; `try` shows what would come and changes nothing."""
    one = source_of(number)
    rehearsal = "try" in request.POST
    try:
        with transaction.atomic():
            run = harvest.begin(
                one, by=f"account:{person(request).pk}", rehearsal=rehearsal,
                sweep="sweep" in request.POST,
            )  # fmt: skip
            record(person(request), "harvest.begin", one, rehearsal=rehearsal, sweep=run.sweep)
    except harvest.Busy:
        messages.warning(request, _("The source is being read already."))
        return redirect("open_data-staff:source", number)
    return redirect("open_data-staff:run", run.pk)
