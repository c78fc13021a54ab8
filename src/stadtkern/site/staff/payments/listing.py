"""All charges, with search by reference."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.payments.models import CHARGE_STATES, Charge, Refund
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.lists import Column, Filters, any_of, listed, ordered, sort_of
from stadtkern.site.staff.page import page
from stadtkern.site.staff.payments import signs

COLUMNS = (
    Column(title=_("Reference"), sort=("reference",)),
    Column(title=_("What for"), sort=("kind",)),
    Column(title=_("Amount"), sort=("cents",), num=True),
    Column(title=_("State"), sort=("state",)),
    Column(title=_("Charged"), sort=("created",)),
    Column(title=_("Paid"), sort=("paid",)),
)
HEADS = ("Kassenzeichen", "Art", "Gegenstand", "Buchungstext", "Cent", "zurückgezahlt", "Zustand",
         "erhoben", "bezahlt")  # fmt: skip
DUE = {"overdue": _("overdue"), "surplus": _("with a payment too many")}


class ChargeFilters(Filters):
    """By words, state, kind and what is wrong."""

    q = forms.CharField(
        label=_("Reference, purpose or e-mail"), widget=forms.TextInput({"type": "search"})
    )
    state = forms.ChoiceField(label=_("State"), choices=any_of(list(CHARGE_STATES.items())))
    kind = forms.ChoiceField(label=_("What for"))
    only = forms.ChoiceField(label=_("Only"), choices=any_of(list(DUE.items())))

    def prepare(self) -> None:
        kinds = Charge.objects.order_by("kind").values_list("kind", flat=True).distinct()
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = any_of([(kind, kind) for kind in kinds])

    def apply(self, rows: QuerySet[Charge]) -> QuerySet[Charge]:
        """The rows that pass."""
        if q := self.given("q"):
            bare = q.replace(" ", "")
            rows = rows.filter(
                Q(reference__icontains=bare) | Q(purpose__icontains=q) | Q(email__iexact=bare)
                | Q(transactions__their_id=bare)
            ).distinct()  # fmt: skip
        if state := self.given("state"):
            rows = rows.filter(state=state)
        if kind := self.given("kind"):
            rows = rows.filter(kind=kind)
        if self.given("only") == "overdue":
            rows = rows.filter(state="open", due__lt=clock.now())
        elif self.given("only") == "surplus":
            rows = rows.filter(transactions__surplus=True).distinct()
        return rows


@staff("payments.see")
def charges(request: HttpRequest) -> HttpResponse:
    """The list; `?format=csv` as a file."""
    filters = ChargeFilters(request)
    rows = filters.apply(Charge.objects.all())
    if request.GET.get("format") == "csv":
        return _file(request, rows)
    return page(
        request, "payments/charges", listed=listed(request, rows, COLUMNS, default="-created"),
        filters=filters, csv=True, now=clock.now(),
        by_hand=Refund.objects.filter(state__in=("manual", "failed")).count(),
        **signs.words(request),
    )  # fmt: skip


def _file(request: HttpRequest, rows: QuerySet[Charge]) -> HttpResponse:
    """Without names and addresses: for the books they are not needed."""
    sorted_ = ordered(rows, COLUMNS, sort_of(request, COLUMNS, "-created"))[:LONGEST]
    return csv_file("payments", HEADS, (_cells(one) for one in sorted_))


def _cells(one: Charge) -> tuple[Any, ...]:
    return (one.reference, one.kind, one.subject, one.purpose, one.cents, one.refunded_cents,
            one.get_state_display(), one.created, one.paid)  # fmt: skip
