"""The payer's pages: pay, what became of it, invoice, receipt; and the provider's call."""

from contextlib import suppress
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.db import transaction as database
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from procrastinate.exceptions import AlreadyEnqueued

from stadtkern.kernel import clock
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.kernel.payments import begin, providers
from stadtkern.kernel.payments.charges import base
from stadtkern.kernel.payments.models import Charge, Provider, Transaction
from stadtkern.kernel.payments.problems import NotOpen, ProviderProblem
from stadtkern.kernel.payments.providers.call import setting
from stadtkern.kernel.payments.receipts import pdf
from stadtkern.kernel.payments.receipts.content import receipt_of
from stadtkern.kernel.people.access import public

# How long the page keeps looking by itself for what became of a payment.
LOOKS_FOR: Final = timedelta(minutes=3)
ASK: Final = "stadtkern.kernel.payments.begin.ask_all"


class ReceiptForm(forms.Form):
    """Where the receipt goes."""

    email = forms.EmailField(
        label=_("E-mail for the receipt"), required=False, max_length=254,
        help_text=_("Optional. You can also print the receipt after paying."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip


@public
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, token: str) -> HttpResponse:
    """What is to be paid and how; a POST leads to the provider."""
    charge = _charge(token)
    if charge.state != "open":
        return redirect("payments:status", token)
    offered = providers.offered()
    form = ReceiptForm(request.POST or None, initial={"email": charge.email})
    problem: object = ""
    if request.method == "POST" and form.is_valid():
        chosen = next((one for one in offered if one.slug == request.POST.get("provider")), None)
        if chosen is None:
            problem = _("Please choose how you want to pay.")
        else:
            _keep_email(charge, form.cleaned_data["email"])
            try:
                return _off(request, charge, begin.begin(charge, chosen), offered)
            except NotOpen:
                return redirect("payments:status", token)
            except ProviderProblem:
                problem = _(
                    "This way to pay does not work at the moment. Nothing was paid. Please choose"
                    " another one, or try again in a few minutes."
                )
    answer = _page(request, "pay", charge, form=form, offered=offered, problem=problem,
                   chosen=request.POST.get("provider") or (offered[0].slug if offered else ""),
                   status=422 if problem or form.errors else 200)  # fmt: skip
    return _may_send_to(answer, offered)


def _keep_email(charge: Charge, email: str) -> None:
    if email != charge.email:
        Charge.objects.filter(pk=charge.pk).update(email=email, language=get_language() or "de")


def _off(
    request: HttpRequest, charge: Charge, row: Transaction, offered: list[Provider]
) -> HttpResponse:
    """To the provider's page; where the browser may not be sent there, by a link."""
    if row.page.startswith(f"{base()}/"):
        return HttpResponseRedirect(row.page.removeprefix(base()))
    if _origin(row.page) in _origins(offered):
        return HttpResponseRedirect(row.page)
    return _page(request, "go", charge, row=row)


@public
@require_safe
def status(request: HttpRequest, token: str) -> HttpResponse:
    """What became of it; whatever brought the payer here, the provider is asked."""
    charge = _charge(token)
    if charge.state == "open":
        begin.ask_about(charge)
        charge.refresh_from_db()
    rows = list(charge.transactions.select_related("provider"))
    newest = rows[0] if rows else None
    looking = (
        charge.state == "open" and newest is not None and newest.state in ("initial", "started")
        and newest.provider.adapter != "invoice"
    )  # fmt: skip
    # The wallet sends back whoever turned round, and tells nobody; money still counts if it comes.
    turned = looking and "off" in request.GET
    looking = looking and not turned
    every = 3000 if looking and newest and clock.age(newest.created) < LOOKS_FOR else 0
    return _page(
        request, "status", charge, newest=newest, looking=looking, every=every,
        turned=turned,
        paid=next((one for one in rows if one.state == "booked" and not one.surplus), None),
        surplus=[one for one in rows if one.surplus],
    )  # fmt: skip


@public
@require_safe
def invoice(request: HttpRequest, token: str) -> HttpResponse:
    """The account to transfer to."""
    charge = _charge(token)
    row = charge.transactions.filter(provider__adapter="invoice").first()
    if row is None or charge.state != "open":
        return redirect("payments:status", token)
    account = {name: setting(row.provider, name) for name in ("owner", "iban", "bank")}
    return _page(request, "invoice", charge, account=account)


@public
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt, for the printer."""
    charge = _charge(token)
    if (told := receipt_of(charge)) is None:
        return redirect("payments:status", token)
    return _page(request, "receipt", charge, receipt=told)


@public
@require_safe
def receipt_file(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt as a PDF."""
    if (told := receipt_of(_charge(token))) is None:
        raise Http404
    answer = HttpResponse(pdf.drawn(told), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{told.reference}.pdf"'
    return _private(answer)


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def callback(request: HttpRequest, token: str) -> HttpResponse:
    """A provider says that something happened. What it says is not read: we ask it."""
    charge = _charge(token)
    with suppress(AlreadyEnqueued), database.atomic():
        perform.configure(queueing_lock=f"payments {charge.pk}").defer(call=ASK, number=charge.pk)
    return _private(HttpResponse("OK", content_type="text/plain"))


def _charge(token: str) -> Charge:
    return get_object_or_404(Charge.objects.prefetch_related("items"), token=token)


def _page(
    request: HttpRequest, name: str, charge: Charge, /, *, status: int = 200, **said: Any
) -> HttpResponse:
    told = {"charge": charge, "items": charge.items.all(), **said}
    return _private(render(request, f"payments/{name}.html", told, status=status))


def _private(answer: HttpResponse) -> HttpResponse:
    """The address is a key: nobody keeps the page. (Other sites get no referrer from us anyway.)"""
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _may_send_to(answer: HttpResponse, offered: list[Provider]) -> HttpResponse:
    """Browsers hold a redirect after a form against `form-action`, so the providers stand there."""
    answer._csp_update = {"form-action": _origins(offered)}  # type: ignore[attr-defined]
    return answer


def _origins(offered: list[Provider]) -> list[str]:
    found = (_origin(setting(one, "pages") or setting(one, "base")) for one in offered)
    return list(dict.fromkeys(one for one in found if one))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""
