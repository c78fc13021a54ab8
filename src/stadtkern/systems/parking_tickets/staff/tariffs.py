"""The editor of prices: windows and steps as fields, a try-out, examples, publishing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking_tickets.logic import tariffs, versions, words
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.logic.tariffs import BadRules
from stadtkern.systems.parking_tickets.models import Tariff, Zone
from stadtkern.systems.parking_tickets.staff.answer import page, person
from stadtkern.systems.parking_tickets.staff.forms import (
    PublishForm,
    RulesForm,
    TryForm,
    WindowForms,
    rules_from,
    windows_of,
)


@staff("parking_tickets.prices")
@require_POST
def new(request: HttpRequest, number: str) -> HttpResponse:
    """A draft as a copy of the last version."""
    row = versions.draft(get_object_or_404(Zone, number=number), person(request))
    return redirect("parking_tickets-staff:tariff", number, row.number)


@staff("parking_tickets.prices")
@require_http_methods(["GET", "HEAD", "POST"])
def tariff(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """One version; a draft can be changed, tried and published."""
    row = _row(number, version)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do and row.published is not None:
        messages.error(request, _("This version is published and stays as it is."))
        return redirect("parking_tickets-staff:tariff", number, version)
    if do == "save":
        return _saved(request, row)
    if do in ("example", "drop"):
        return _examples(request, row, do)
    if do == "publish":
        return _published(request, row)
    return _page(request, row)


def _row(number: str, version: int) -> Tariff:
    rows = Tariff.objects.select_related("zone__place", "published_by")
    return get_object_or_404(rows, zone__number=number, number=version)


def _page(request: HttpRequest, row: Tariff, *, status: int = 200, **said: Any) -> HttpResponse:
    asked = TryForm(request.GET if "begins" in request.GET else None)
    told = None
    if asked.is_bound and asked.is_valid():
        told = versions.answer(row.rules, *asked.span(), asked.cleaned_data["vehicle"])
    return page(request, "tariff", status=status, **{
        "row": row, "sentences": words.sentences(tariffs.read(row.rules)),
        "form": RulesForm.of(row), "windows": WindowForms(initial=windows_of(row.rules)),
        "asked": asked, "told": told, "tried": versions.tried(row), "publish": PublishForm(),
        "example": TryForm(prefix="example"), **said,
    })  # fmt: skip


def _saved(request: HttpRequest, row: Tariff) -> HttpResponse:
    form, windows = RulesForm(request.POST), WindowForms(request.POST)
    if form.is_valid() and windows.is_valid():
        rules = rules_from(form.cleaned_data, [one.cleaned_data for one in windows], row.rules)
        try:
            tariffs.read(rules)
        except BadRules as bad:
            form.add_error(None, f"{bad.field}: {bad}")
        else:
            row.rules, row.note = rules, form.cleaned_data["note"]
            row.save(update_fields=["rules", "note"])
            record(person(request), "parking_tickets.tariff_change", row, what="rules")
            messages.success(request, _("Saved as a draft."))
            return _back(row)
    return _page(request, row, form=form, windows=windows, status=422)


def _examples(request: HttpRequest, row: Tariff, do: str) -> HttpResponse:
    """One example more, with the price that it must have; or one less."""
    if do == "drop":
        at = request.POST.get("at", "")
        row.examples = [e for n, e in enumerate(row.examples) if str(n) != at]
        _keep_examples(request, row)
        return _back(row)
    form = TryForm(request.POST, prefix="example")
    if not form.is_valid():
        return _page(request, row, example=form, status=422)
    if form.cleaned_data["euros"] is None:
        form.add_error("euros", _("Write what it must cost."))
        return _page(request, row, example=form, status=422)
    row.examples = [*row.examples, form.stored()]
    _keep_examples(request, row)
    return _back(row)


def _keep_examples(request: HttpRequest, row: Tariff) -> None:
    row.save(update_fields=["examples"])
    record(person(request), "parking_tickets.tariff_change", row, what="examples")


def _published(request: HttpRequest, row: Tariff) -> HttpResponse:
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            versions.publish(row, form.cleaned_data["since"], person(request))
        except Refused as refused:
            form.add_error("since" if refused.field == "since" else None, refused.text)
        else:
            messages.success(request, _("Published. It holds from the time that you chose."))
            return redirect("parking_tickets-staff:zone", row.zone.number)
    return _page(request, row, publish=form, status=422)


def _back(row: Tariff) -> HttpResponse:
    return redirect("parking_tickets-staff:tariff", row.zone.number, row.number)
