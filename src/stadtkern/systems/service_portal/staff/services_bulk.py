"""Giving many services to another office at once."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record_all
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Department
from stadtkern.systems.service_portal.staff.answer import person
from stadtkern.systems.service_portal.staff.services import SERVICES, everywhere, may_edit


@staff(SERVICES)
@require_POST
def office(request: HttpRequest) -> HttpResponse:
    """All marked services that this person may change go to the chosen office."""
    who = person(request)
    chosen = request.POST.get("to", "")
    back = redirect("service_portal-staff:services")
    if not chosen:
        messages.error(request, _("Choose an office first."))
        return back
    target = get_object_or_404(Department, slug=chosen)
    numbers = [int(one) for one in request.POST.getlist("pick") if one.isdecimal()]
    rows = Service.objects.filter(pk__in=numbers)
    allowed = everywhere(who) or who.may(SERVICES, target.pk)
    mine = [one.pk for one in rows if allowed and may_edit(who, one)]
    with transaction.atomic():
        Service.objects.filter(pk__in=mine).update(department=target, changed=clock.now())
        record_all(f"account:{who.pk}", "services.office", [f"cases.service:{one}" for one in mine])
    if mine:
        text = ngettext("%(n)s service has a new office.", "%(n)s services have a new office.",
                        len(mine))  # fmt: skip
        messages.success(request, text % {"n": len(mine)})
    if len(mine) < len(numbers) or not numbers:
        messages.warning(request, _("Mark services of your own offices."))
    return back
