"""Money that goes back, whoever sends it."""

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from stadtkern.kernel.payments.models import REFUND_STATES, Refund
from stadtkern.kernel.people.access import staff
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
