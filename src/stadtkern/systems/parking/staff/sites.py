"""Car parks for staff: the list, and the page on which one is changed."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.sharing import one_page
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.parking import layers, logic
from stadtkern.systems.parking.logic import hours
from stadtkern.systems.parking.models import Site
from stadtkern.systems.parking.staff.answer import facts_or_404, page, person
from stadtkern.systems.parking.staff.forms import EntranceRows, LaneRows, PriceRows, SiteForm

ROWS: dict[str, Any] = {"entrances": EntranceRows, "prices": PriceRows, "lanes": LaneRows}


@staff("parking.see_bays")
@require_safe
@one_page()
def listing(request: HttpRequest) -> HttpResponse:
    """All car parks with what is known of them."""
    word = request.GET.get("q", "").strip().lower()
    found = [site for site in logic.sites() if word in site.place.title.lower()]
    rows = [(site, layers.word(site)) for site in found]
    return page(request, "sites", rows=rows, q=request.GET.get("q", ""),
                stale_after=logic.stale_after())  # fmt: skip


@staff("parking.manage_sites")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change one; with `preview` the hours are only shown."""
    site = facts_or_404(public_id)
    form, rows = _forms(request, site)
    valid = request.method == "POST" and all([form.is_valid(), *(one.is_valid() for one in rows)])
    if valid and "preview" not in request.POST:
        _save(request, site, form, rows)
        messages.success(request, _("Saved."))
        return redirect("parking-staff:site", public_id=public_id)
    wrong = request.method == "POST" and not valid
    return page(request, "site", status=422 if wrong else 200, **_said(site, form, rows))


def _forms(request: HttpRequest, site: Site) -> tuple[SiteForm, list[Any]]:
    data = request.POST or None
    form = SiteForm(data, instance=site)
    return form, [kind(data, instance=site, prefix=name) for name, kind in ROWS.items()]


def _said(site: Site, form: SiteForm, rows: list[Any]) -> dict[str, Any]:
    text = str(form["opening_hours"].value() or "")
    try:
        week = hours.week(text, clock.now().astimezone(city_zone()).date())
    except hours.NotUnderstood:
        week = []
    return {
        "place": site.place, "form": form, "week": week,
        "parts": list(zip((_("Entrances"), _("Prices"), _("Counters at the lanes")), rows,
                          strict=True)),
        "problems": problems(form, rows),
    }  # fmt: skip


def problems(form: forms.BaseForm, rows: list[Any]) -> list[tuple[str, str, str]]:
    """All that is wrong: the field's id, its label and what to do."""
    every = [form, *(one for formset in rows for one in formset.forms)]
    return [
        (one[name].id_for_label or one[name].auto_id, str(one[name].label), str(text))
        for one in every
        for name, texts in one.errors.items()
        if name in one.fields
        for text in texts
    ]


def _save(request: HttpRequest, site: Site, form: SiteForm, rows: list[Any]) -> None:
    changed = list(form.changed_data)
    with transaction.atomic():
        logic.locked(site.place_id)
        saved = form.save(commit=False)
        saved.changed = clock.now()
        # What the count writes meanwhile stays as it is.
        saved.save(update_fields=[*SiteForm.Meta.fields, "changed"])
        for formset in rows:
            if formset.has_changed():
                formset.save()
                changed.append(str(formset.prefix))
        if changed:
            record(person(request), "parking.site", site, changed=changed)
    logic.recount_site(site.place_id)
