"""One charge: what happened in order, and what can be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.db import transaction as database
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.contract import State as Sign
from stadtkern.kernel.payments import begin, charges
from stadtkern.kernel.payments.models import Charge, Refund, Transaction
from stadtkern.kernel.payments.problems import NotPaid, PaymentProblem
from stadtkern.kernel.payments.rows import locked
from stadtkern.kernel.payments.words import euros
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page
from stadtkern.site.staff.payments import signs


class RefundForm(forms.Form):
    """How much goes back, and why; `once` makes a second click the same refund."""

    euros = forms.DecimalField(
        label=gettext_lazy("Amount in euros"), min_value=0, decimal_places=2, max_digits=9,
        localize=True,
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=250)
    once = forms.CharField(widget=forms.HiddenInput, max_length=60)


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One line of the timeline."""

    at: datetime
    sign: Sign
    text: str | Promise
    detail: str = ""


@staff("payments.see")
def charge(request: HttpRequest, number: int) -> HttpResponse:
    """The charge with its items, timeline and entries of the books."""
    one = get_object_or_404(Charge.objects.prefetch_related("items"), pk=number)
    left = one.cents - one.refunded_cents
    form = RefundForm(initial={"euros": left / 100, "once": f"staff-{one.refunded_cents}"})
    return _page(request, one, form)


def _page(request: HttpRequest, one: Charge, form: RefundForm, status: int = 200) -> HttpResponse:
    rows = list(one.transactions.select_related("provider"))
    refunds = list(
        Refund.objects.filter(transaction__charge=one).select_related("transaction__provider")
    )
    return page(
        request, "payments/charge", charge=one, transactions=rows, refunds=refunds, form=form,
        timeline=sorted(_timeline(one, rows, refunds), key=lambda line: line.at),
        entries=one.entries.prefetch_related("postings"), methods=charges.METHODS_AT_COUNTER,
        status=status, address=charges.address(one), **signs.words(request),
    )  # fmt: skip


def _timeline(one: Charge, rows: list[Transaction], refunds: list[Refund]) -> Iterator[Happened]:
    yield Happened(at=one.created, sign="info", text=_("Charged"), detail=euros(one.cents))
    for row in rows:
        detail = f"{row.provider.title} {row.their_id}".strip()
        yield Happened(at=row.created, sign="info", text=_("Payment begun"), detail=detail)
        if row.booked:
            text = _("Paid, but not owed: it goes back") if row.surplus else _("Paid")
            yield Happened(
                at=row.booked, sign="tight" if row.surplus else "good", text=text,
                detail=f"{euros(row.received)} {row.problem}",
            )  # fmt: skip
        elif row.state not in ("initial", "started") and row.asked:
            yield Happened(at=row.asked, sign=signs.TRANSACTIONS[row.state],
                           text=row.get_state_display(), detail=row.problem)  # fmt: skip
    for refund in refunds:
        told = f"{euros(refund.cents)} {refund.reason}"
        yield Happened(at=refund.created, sign="info", text=_("To be paid back"), detail=told)
        if refund.done:
            yield Happened(at=refund.done, sign="good", text=_("Paid back"), detail=told)
    if one.receipted:
        yield Happened(at=one.receipted, sign="good", text=_("Receipt sent"))
    if one.closed and one.state == "cancelled":
        yield Happened(at=one.closed, sign="none", text=_("Cancelled"))
    if one.erased:
        yield Happened(at=one.erased, sign="none", text=_("Payer forgotten"))


@staff("payments.refund")
@require_POST
def do(request: HttpRequest, number: int) -> HttpResponse:
    """`do`: `refund`, `cancel`, `counter` (money came at a counter), `ask` (the provider)."""
    one = get_object_or_404(Charge.objects.prefetch_related("items"), pk=number)
    name, who = request.POST.get("do", ""), person(request)
    try:
        if name == "refund":
            form = RefundForm(request.POST)
            if not form.is_valid():
                return _page(request, one, form, 422)
            _refund(who, one, form)
            messages.success(request, _("The money goes back."))
        elif name == "cancel":
            _cancel(who, one, request.POST.get("reason", ""))
            messages.success(request, _("The charge is cancelled."))
        elif name == "counter":
            charges.pay_at_counter(one, who, request.POST.get("method", ""))
            messages.success(request, _("The payment is noted."))
        elif name == "ask":
            begin.ask_all(one.pk)
            messages.info(request, _("The providers were asked."))
        else:
            raise Http404
    except PaymentProblem as problem:
        messages.error(request, str(problem))
    return redirect("staff-payments-charge", number)


def _refund(who: Account, one: Charge, form: RefundForm) -> None:
    """A second click is the same refund; another wish on a page that is out of date is refused."""
    told = form.cleaned_data
    cents = int(told["euros"] * 100)
    with database.atomic():
        locked(one.pk)
        earlier = Refund.objects.filter(transaction__charge=one, key=told["once"]).first()
        if earlier is not None and earlier.cents != cents:
            raise NotPaid(_("A part was paid back meanwhile. Please look at it once more."))
        if earlier is not None:
            return
        made = charges.refund(one, cents, told["reason"], key=told["once"])
        record(who, "payments.refund", one, cents=made.cents, reason=made.reason)


def _cancel(who: Account, one: Charge, reason: str) -> None:
    with database.atomic():
        charges.cancel(one, reason.strip()[:200] or _("Cancelled by staff"))
        record(who, "payments.cancel", one, reason=reason[:200])
