"""OCPI partners: who may read our points, and the token that they register with."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.charging.logic import partners as rules
from stadtkern.systems.charging.models import OcpiPartner
from stadtkern.systems.charging.staff.answer import page, person


@staff("charging.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def partners(request: HttpRequest) -> HttpResponse:
    """All partners; a new one gets its token, which is shown once."""
    token = ""
    if request.method == "POST" and request.POST.get("do") == "off":
        _off(request)
        return redirect("charging-staff:partners")
    name = request.POST.get("name", "").strip()
    if request.method == "POST" and (not name or OcpiPartner.objects.filter(name=name).exists()):
        messages.error(request, _("Please give a name that no other partner has."))
    elif request.method == "POST":
        with transaction.atomic():
            made, token = rules.invite(name)
            record(person(request), "charging.partner", made)
    rows = OcpiPartner.objects.all()
    address = request.build_absolute_uri("/api/ocpi/versions")
    return page(request, "partners", partners=rows, token=token, address=address)


def _off(request: HttpRequest) -> None:
    number = request.POST.get("partner", "")
    row = OcpiPartner.objects.filter(pk=int(number) if number.isdecimal() else 0).first()
    if row is None:
        return
    with transaction.atomic():
        OcpiPartner.objects.filter(pk=row.pk).update(state="off", sealed=None)
        record(person(request), "charging.partner_off", row)
    messages.success(request, _("%(name)s cannot read any more.") % {"name": row.name})
