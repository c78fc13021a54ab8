"""The books: what is on each account, and the entries."""

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.payments.ledger import balances
from stadtkern.kernel.payments.models import ACCOUNTS, Entry, Posting
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.lists import Column, Filters, any_of, listed
from stadtkern.site.staff.page import page
from stadtkern.site.staff.payments import signs

COLUMNS = (
    Column(title=_("Time"), sort=("at",)),
    Column(title=_("Text")),
    Column(title=_("Postings")),
)
HEADS = ("Beleg", "Zeit", "Text", "Konto", "Teil", "Soll (Cent)", "Haben (Cent)")


class EntryFilters(Filters):
    """By account, words and days."""

    account = forms.ChoiceField(label=_("Account"), choices=any_of(list(ACCOUNTS.items())))
    q = forms.CharField(label=_("Text"), widget=forms.TextInput({"type": "search"}))
    begins = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}))
    ends = forms.DateField(label=_("Until"), widget=forms.DateInput({"type": "date"}))

    def apply(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        """The rows that pass."""
        if account := self.given("account"):
            rows = rows.filter(pk__in=Posting.objects.filter(account=account).values("entry"))
        if q := self.given("q"):
            rows = rows.filter(Q(text__icontains=q) | Q(charge__reference=q.replace(" ", "")))
        if begins := self.given("begins"):
            rows = rows.filter(at__date__gte=begins)
        if ends := self.given("ends"):
            rows = rows.filter(at__date__lte=ends)
        return rows


@staff("payments.see")
def ledger(request: HttpRequest) -> HttpResponse:
    """Balances above, entries below; `?format=csv` one row per posting."""
    filters = EntryFilters(request)
    rows = filters.apply(Entry.objects.all())
    if request.GET.get("format") == "csv":
        return _file(rows)
    found = balances()
    entries = rows.prefetch_related("postings")
    return page(
        request, "payments/ledger", filters=filters, csv=True, accounts=ACCOUNTS, balances=found,
        listed=listed(request, entries, COLUMNS, default="-at"),
        total=sum(one.cents for one in found), **signs.words(request),
    )  # fmt: skip


def _file(rows: QuerySet[Entry]) -> HttpResponse:
    postings = Posting.objects.filter(entry__in=rows).select_related("entry")
    return csv_file(
        "ledger", HEADS,
        (
            (one.entry.key, one.entry.at, one.entry.text, str(ACCOUNTS[one.account]), one.detail,
             max(one.cents, 0), max(-one.cents, 0))
            for one in postings.order_by("entry__at", "id")[:LONGEST]
        ),
    )  # fmt: skip
