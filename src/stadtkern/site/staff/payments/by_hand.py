"""What the treasury pays back itself: the list of work, and each refund with its two people."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.payments import by_hand
from stadtkern.kernel.payments.by_hand import BankAccount
from stadtkern.kernel.payments.models import Refund
from stadtkern.kernel.payments.problems import PaymentProblem
from stadtkern.kernel.payments.providers.invoice import is_iban
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, listed
from stadtkern.site.staff.page import page
from stadtkern.site.staff.payments import signs

COLUMNS = (
    Column(title=gettext_lazy("Reference"), sort=("transaction__charge__reference",)),
    Column(title=gettext_lazy("Amount"), sort=("cents",), num=True),
    Column(title=gettext_lazy("Reason")),
    Column(title=gettext_lazy("Where to")),
    Column(title=gettext_lazy("Since"), sort=("created",)),
    Column(title=gettext_lazy("Next step")),
)
HEADS = ("Kassenzeichen", "Cent", "Grund", "IBAN", "Kontoinhaber", "seit", "geprüft")


class AccountForm(forms.Form):
    """Where the money goes."""

    iban = forms.CharField(
        label=gettext_lazy("IBAN"), max_length=42,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    holder = forms.CharField(label=gettext_lazy("Account holder"), max_length=140)

    def clean_iban(self) -> str:
        """Check digits are right."""
        given = str(self.cleaned_data["iban"]).replace(" ", "").upper()
        if not is_iban(given):
            raise forms.ValidationError(_("This is no IBAN. Please check it digit by digit."))
        return given


@staff("payments.refund")
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Refunds that wait for people, the oldest first; `?format=csv` for the cashier's program.

    The file has accounts in it, so it is on record who took it.
    """
    rows = by_hand.waiting()
    if request.GET.get("format") == "csv":
        cells = [_cells(one) for one in rows[:LONGEST]]
        record(person(request), "payments.export", rows=len(cells))
        return csv_file("refunds", HEADS, cells)
    shown = listed(request, rows, COLUMNS, default="created")
    return page(
        request, "payments/by_hand", listed=shown, csv=True,
        lines=[(one, by_hand.account_of(one), by_hand.is_cash(one)) for one in shown.page],
        sum=sum(rows.values_list("cents", flat=True)), **signs.words(request),
    )  # fmt: skip


def _cells(one: Refund) -> tuple[object, ...]:
    to = by_hand.account_of(one)
    return (one.transaction.charge.reference, one.cents, one.reason, to.iban, to.holder,
            one.created, one.checked)  # fmt: skip


@staff("payments.refund")
@require_safe
def refund(request: HttpRequest, number: int) -> HttpResponse:
    """One refund: what, why, where to, who checked and who paid it."""
    one = _one(number)
    account = by_hand.account_of(one)
    known = {"iban": account.spaced, "holder": account.holder or one.transaction.charge.payer}
    return _page(request, one, AccountForm(initial=known))


def _one(number: int) -> Refund:
    rows = Refund.objects.select_related(
        "transaction__charge", "transaction__provider", "checked_by", "noted_by"
    )
    return get_object_or_404(rows, pk=number)


def _page(request: HttpRequest, one: Refund, form: AccountForm, status: int = 200) -> HttpResponse:
    return page(
        request, "payments/refund", refund=one, form=form, status=status,
        is_waiting=one.state in by_hand.WAITS, is_cash=by_hand.is_cash(one),
        account=by_hand.account_of(one), two=by_hand.needs_two(one),
        is_mine=one.checked_by_id == person(request).pk, **signs.words(request),
    )  # fmt: skip


@staff("payments.refund")
@require_POST
def do(request: HttpRequest, number: int) -> HttpResponse:
    """`do`: `check`, `returned` (the treasury has paid), `again` (let the provider try)."""
    one, name, who = _one(number), request.POST.get("do", ""), person(request)
    form = AccountForm(request.POST)
    if name == "check" and not by_hand.is_cash(one) and not form.is_valid():
        return _page(request, one, form, 422)
    try:
        if name == "check":
            told = {} if by_hand.is_cash(one) else form.cleaned_data
            by_hand.check(one.pk, who, BankAccount(**told))
            messages.success(request, _("Checked. Another person pays and notes it here."))
        elif name == "returned":
            by_hand.paid(one.pk, who)
            messages.success(request, _("Noted: the money is back with the payer."))
        elif name == "again":
            by_hand.again(one.pk, who)
            messages.success(request, _("The provider is asked once more within a minute."))
        else:
            raise Http404
    except PaymentProblem as problem:
        messages.error(request, str(problem))
        return redirect("staff-payments-refund", number)
    return redirect("staff-payments-by-hand")
