"""Money that goes back: what providers do, and what the treasury has to do itself."""

from django import forms
from django.contrib import messages
from django.db import transaction as database
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.payments.models import REFUND_STATES, Refund
from stadtkern.kernel.payments.problems import PaymentProblem
from stadtkern.kernel.payments.settle import returned_by_hand
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed
from stadtkern.site.staff.page import page
from stadtkern.site.staff.payments import signs

COLUMNS = (
    Column(title=gettext_lazy("Reference"), sort=("transaction__charge__reference",)),
    Column(title=gettext_lazy("Amount"), sort=("cents",), num=True),
    Column(title=gettext_lazy("Reason")),
    Column(title=gettext_lazy("By")),
    Column(title=gettext_lazy("Since"), sort=("created",)),
    Column(title=gettext_lazy("State"), sort=("state",)),
)


class RefundFilters(Filters):
    """By state."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=any_of(list(REFUND_STATES.items()))
    )

    def apply(self, rows: QuerySet[Refund]) -> QuerySet[Refund]:
        """The rows that pass."""
        state = self.given("state")
        return rows.filter(state=state) if state else rows


@staff("payments.see")
def refunds(request: HttpRequest) -> HttpResponse:
    """All refunds, those that wait for a person marked."""
    filters = RefundFilters(request)
    rows = Refund.objects.select_related("transaction__charge", "transaction__provider")
    return page(
        request, "payments/refunds", filters=filters,
        listed=listed(request, filters.apply(rows), COLUMNS, default="-created"),
        **signs.words(request),
    )  # fmt: skip


@staff("payments.refund")
@require_POST
def do(request: HttpRequest, number: int) -> HttpResponse:
    """`do`: `returned` (the treasury has paid), `again` (let the provider try once more)."""
    one = get_object_or_404(Refund, pk=number)
    name = request.POST.get("do", "")
    if name == "returned":
        try:
            returned_by_hand(one.pk, person(request))
            messages.success(request, _("Noted: the money is back with the payer."))
        except PaymentProblem as problem:
            messages.error(request, str(problem))
    elif name == "again":
        with database.atomic():
            failed = Refund.objects.filter(pk=one.pk, state="failed")
            if failed.update(state="wanted", tries=0, asked=None):
                record(person(request), "payments.again", one, cents=one.cents)
        messages.success(request, _("The provider is asked once more within a minute."))
    else:
        raise Http404
    return redirect("staff-payments-refunds")
