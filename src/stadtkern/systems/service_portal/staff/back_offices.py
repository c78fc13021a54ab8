"""Connections to back offices: listed, made, changed, tested, switched, given new keys."""

from datetime import datetime
from typing import Final

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.handover.adapters import KINDS, adapter
from stadtkern.kernel.cases.handover.calling import secrets_of
from stadtkern.kernel.cases.handover.fit_connect import own_keys, service
from stadtkern.kernel.cases.handover.protocol import NotHandedOver
from stadtkern.kernel.cases.models import BackOffice
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.answer import page, person
from stadtkern.systems.service_portal.staff.back_office_form import OfficeForm, initial_of

PERMISSION: Final = "service_portal.back_offices"
GAVE_UP: Final = Q(handovers__state__in=("dead", "rejected"), handovers__closed=None)


@staff(PERMISSION)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All connections with what is on its way, and the kinds that a new one can be of."""
    rows = BackOffice.objects.annotate(
        waiting=Count("handovers", Q(handovers__state="waiting")),
        sent=Count("handovers", Q(handovers__state="sent")),
        accepted=Count("handovers", Q(handovers__state="accepted")),
        given_up=Count("handovers", GAVE_UP),
    )
    offices = [(one, KINDS.get(one.adapter)) for one in rows]
    given_up = sum(one.given_up for one, _kind in offices)
    return page(request, "back_offices", rows=offices, kinds=KINDS, given_up=given_up)


@staff(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """`?kind=fit_connect`: a new connection, switched off until somebody switches it on."""
    slug = request.GET.get("kind", "")
    if slug not in KINDS:
        return redirect("service_portal-staff:back-offices")
    form = OfficeForm(KINDS[slug], None, request.POST or None)
    if request.method == "POST" and form.is_valid():
        office = BackOffice(adapter=slug, enabled=False)
        _keep(request, form, office, "back_offices.create")
        messages.success(request, _("Saved. Test the connection, then switch it on."))
        return redirect("service_portal-staff:back-office", office.slug)
    return page(request, "back_office", form=form, kind=KINDS[slug],
                status=422 if form.errors else 200)  # fmt: skip


@staff(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """One connection."""
    office = get_object_or_404(BackOffice, slug=slug)
    kind = KINDS.get(office.adapter)
    if kind is None:
        raise Http404
    form = OfficeForm(kind, office, request.POST or None, initial=initial_of(office))
    if request.method == "POST" and form.is_valid():
        _keep(request, form, office, "back_offices.change")
        messages.success(request, _("Saved. Please test the connection."))
        return redirect("service_portal-staff:back-office", office.slug)
    return page(request, "back_office", form=form, kind=kind, office=office, keys=_keys(office),
                status=422 if form.errors else 200)  # fmt: skip


def _keys(office: BackOffice) -> list[tuple[str, str, datetime]]:
    try:
        return own_keys.dates(secrets_of(office))
    except NotHandedOver:
        return []


def _keep(request: HttpRequest, form: OfficeForm, office: BackOffice, verb: str) -> None:
    """On record with its settings, never with a secret."""
    with transaction.atomic():
        form.keep(office)
        record(person(request), verb, office, title=office.title, settings=office.settings,
               forms=[one.slug for one in form.cleaned_data["forms_taken"]])  # fmt: skip
    service.forget_all()


@staff(PERMISSION)
@require_POST
def do(request: HttpRequest, slug: str) -> HttpResponse:
    """`do`: `test` the connection, `switch` it on or off, make new `keys` of our own."""
    office = get_object_or_404(BackOffice, slug=slug)
    act = {"test": _test, "switch": _switch, "keys": _new_keys}.get(request.POST.get("do", ""))
    if act is None or office.adapter not in KINDS:
        raise Http404
    act(request, office)
    return redirect("service_portal-staff:back-office", slug)


def _test(request: HttpRequest, office: BackOffice) -> None:
    try:
        messages.success(request, adapter(office).check(office))
        office.problem = ""
    except NotHandedOver as problem:
        office.problem = str(problem)[:300]
        messages.error(request, office.problem)
    office.checked = clock.now()
    office.save(update_fields=["checked", "problem"])


def _switch(request: HttpRequest, office: BackOffice) -> None:
    with transaction.atomic():
        office.enabled = not office.enabled
        office.save(update_fields=["enabled"])
        record(person(request), "back_offices.change", office, enabled=office.enabled)
    messages.success(request, _("Cases go there now.") if office.enabled
                     else _("Nothing goes there now. New cases wait."))  # fmt: skip


def _new_keys(request: HttpRequest, office: BackOffice) -> None:
    if not KINDS[office.adapter].keys:
        raise Http404
    with transaction.atomic():
        made = own_keys.renew(office)
        record(person(request), "back_offices.keys", office, keys=made)
    messages.success(request, _("New keys are in use. Replies to those before can still be read."))
