"""Sources of car parks for staff: how they do, new ones, trials, and what waits for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.contract import State
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.models import Offer, Source
from stadtkern.systems.parking.sources import deciding, fetching, trying
from stadtkern.systems.parking.sources.reading.told import NotUnderstood
from stadtkern.systems.parking.staff.answer import page, person
from stadtkern.systems.parking.staff.source_form import SourceForm

MANAGE = "parking.manage_sources"
PULL = "stadtkern.systems.parking.sources.pulling.pull_one"
PER_PAGE = 200
CHOICES = ("same", "other", "leave")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A source with how it does, in one sign and word."""

    source: Source
    sign: State
    word: str | Promise


@staff(MANAGE)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All sources with when they answered last, and what waits for a decision."""
    found = Source.objects.filter(removed=None).annotate(
        sites=Count("offers", filter=Q(offers__state="taken"))
    )
    waiting = Offer.objects.filter(state="asked", source__removed=None)
    return page(request, "sources", rows=[row_of(one) for one in found],
                waiting=waiting.select_related("source", "like__place"))  # fmt: skip


def row_of(source: Source) -> Row:
    """How a source does: by its last round, and whether that is long ago."""
    late = source.read is None or clock.age(source.read) > max(
        logic.stale_after(), timedelta(minutes=3 * source.every_minutes)
    )
    if source.paused:
        return Row(source=source, sign="none", word=_("paused"))
    if source.tried is None:
        return Row(source=source, sign="info", word=_("not read yet"))
    if source.failed_since is not None:
        return Row(source=source, sign="bad" if late else "tight", word=_("does not answer"))
    if source.refused:
        return Row(source=source, sign="tight", word=_("answers, some rows are refused"))
    return Row(source=source, sign="good", word=_("answers"))


@staff(MANAGE)
@require_safe
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A source: its rounds, its car parks, the rows that were refused and why."""
    source = get_object_or_404(Source, public_id=public_id, removed=None)
    offers = source.offers.select_related("site__place", "like__place")[:PER_PAGE]
    return page(request, "source", source=source, row=row_of(source), offers=offers)


@staff(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """A new source, or changes to one; with `try` it is asked once and nothing is stored."""
    source = None
    if public_id is not None:
        source = get_object_or_404(Source, public_id=public_id, removed=None)
    form = SourceForm(request.POST or None, instance=source)
    told: dict[str, Any] = {"form": form, "source": source, "problems": _problems(form)}
    if request.method != "POST":
        return page(request, "source_form", **told)
    if not form.is_valid():
        told["problems"] = _problems(form)
        return page(request, "source_form", status=422, **told)
    if "try" in request.POST:
        return page(request, "source_form", **told, **_tried(form.unsaved()))
    return _saved(request, form, new=source is None)


def _problems(form: SourceForm) -> Sequence[tuple[str, str, str]]:
    return [
        (form[name].id_for_label, str(form[name].label), str(text))
        for name, texts in form.errors.items() if name in form.fields for text in texts
    ]  # fmt: skip


def _tried(source: Source) -> dict[str, Any]:
    try:
        return {"trial": trying.trial(source)}
    except (fetching.NotRead, NotUnderstood) as problem:
        return {"failed": str(problem)}


def _saved(request: HttpRequest, form: SourceForm, *, new: bool) -> HttpResponse:
    who = person(request)
    with transaction.atomic():
        source = form.save(commit=False)
        if new:
            source.made_by = f"account:{who.pk}"
        source.save()
        record(who, "parking.source_new" if new else "parking.source_change", source,
               changed=[name for name in form.changed_data if name != "secret"])  # fmt: skip
        perform.defer(call=PULL, number=source.pk)
    messages.success(request, _("Saved. The source is read now, and then by the clock."))
    return redirect("parking-staff:source", public_id=source.public_id)


@staff(MANAGE)
@require_POST
def do(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Pause it, go on, read it now, or remove it: its car parks and their past stay."""
    source, who = get_object_or_404(Source, public_id=public_id, removed=None), person(request)
    what = request.POST.get("do", "")
    if what not in DEEDS:
        return redirect("parking-staff:source", public_id=public_id)
    with transaction.atomic():
        if what == "now":
            perform.defer(call=PULL, number=source.pk)
        elif what == "remove":
            source.removed = clock.now()
        else:
            source.paused = what == "pause"
        source.save(update_fields=["paused", "removed"])
        record(who, f"parking.source_{what}", source)
    messages.success(request, str(DEEDS[what]))
    if what == "remove":
        return redirect("parking-staff:sources")
    return redirect("parking-staff:source", public_id=public_id)


DEEDS = {
    "now": gettext_lazy("The source is being read."),
    "pause": gettext_lazy("The source is read no more until you go on."),
    "resume": gettext_lazy("The source is read again."),
    "remove": gettext_lazy("The source is removed. Its car parks and their past stay."),
}


@staff(MANAGE)
@require_POST
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Whether a car park of a source is one of ours."""
    offer = get_object_or_404(Offer, pk=number, source__removed=None)
    choice = request.POST.get("choice", "")
    if choice in CHOICES:
        try:
            deciding.decide(offer, choice, person(request))
            messages.success(request, _("Saved."))
        except deciding.NotPossible as problem:
            messages.error(request, str(problem))
    return redirect("parking-staff:sources")
