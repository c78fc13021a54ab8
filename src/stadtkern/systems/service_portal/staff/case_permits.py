"""Permits that were issued: find one, look at it, take it back."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases import permits
from stadtkern.kernel.cases.digest import digests
from stadtkern.kernel.cases.models import Permit
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.systems.service_portal.staff.answer import DECIDE, SEE, page, person

PER_PAGE = 50
STATES = {
    "": gettext_lazy("all"), "valid": gettext_lazy("valid today"),
    "over": gettext_lazy("over or not yet begun"), "revoked": gettext_lazy("revoked"),
}  # fmt: skip


class Filters(forms.Form):
    """By number or subject, and state."""

    q = forms.CharField(
        label=gettext_lazy("Number or plate"), required=False, max_length=80,
        widget=forms.TextInput({"type": "search"}),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=list(STATES.items())
    )


def seen_by(clerk: Account) -> QuerySet[Permit]:
    """Permits of cases of the offices where somebody may see cases."""
    where = clerk.departments_for(SEE)
    rows = Permit.objects.all()
    return rows if where is None else rows.filter(case__department__in=where)


@staff(SEE)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The newest first; plates are personal data, so a look is on record."""
    filters = Filters(request.GET)
    filters.is_valid()
    clerk = person(request)
    rows, today = seen_by(clerk), timezone.localdate(clock.now())
    if words := filters.cleaned_data.get("q", "").strip():
        rows = rows.filter(Q(number__iexact=words) | Q(subject_key__in=digests(words)))
    state = filters.cleaned_data.get("state")
    if state in ("valid", "over"):
        holds = Q(days__contains=today)
        rows = rows.filter(holds if state == "valid" else ~holds, state="valid")
    elif state == "revoked":
        rows = rows.filter(state="revoked")
    found = rows.select_related("case__version__form")
    listed = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    record(clerk, "permit.list", "cases.permit", searched=bool(words))
    return page(request, "permits", filters=filters, listed=listed, today=today,
                rows=[(one, today in one.days) for one in listed],
                may=[one.pk for one in listed if one.case
                     and clerk.may(DECIDE, one.case.department_id)])  # fmt: skip


@staff(SEE)
@require_POST
def revoke(request: HttpRequest, number: str) -> HttpResponse:
    """Take a permit back, with a reason."""
    clerk = person(request)
    found = get_object_or_404(seen_by(clerk).select_related("case"), number=number)
    back = redirect("service_portal-staff:permits")
    if found.case is None or not clerk.may(DECIDE, found.case.department_id):
        messages.error(request, _("Your roles do not allow this. Ask who may."))
        return back
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Please say why you take the permit back."))
        return back
    permits.revoke(found, reason=reason, by=clerk)
    messages.success(request, _("The permit is revoked."))
    return back
