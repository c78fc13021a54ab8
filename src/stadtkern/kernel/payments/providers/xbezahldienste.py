"""XBezahldienste 1.0 (FITKO): what ePayBL, pmPayment and GiroCheckout speak."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.payments.charges import address
from stadtkern.kernel.payments.models import Item, Provider, Refund, Transaction
from stadtkern.kernel.payments.problems import ProviderProblem, ProviderRefuses
from stadtkern.kernel.payments.providers import statements, tokens
from stadtkern.kernel.payments.providers.amounts import cents
from stadtkern.kernel.payments.providers.call import Answer, at, call, setting
from stadtkern.kernel.payments.providers.protocol import (
    Outcome,
    Returned,
    Settled,
    Started,
    State,
)

# `INITIAL`: the payer has not done anything yet that counts.
STATES: Final[Mapping[str, State]] = {
    "INITIAL": "started", "PAYED": "booked", "FAILED": "failed", "CANCELED": "cancelled",
}  # fmt: skip
TEXT: Final = re.compile(r"[^\w\s,.\u00C0-\u017F-]")
REFERENCE: Final = re.compile(r"[^A-Za-z0-9_-]")
UNAUTHORIZED: Final = (401, 403)


class XBezahldienste:
    """The payment service of the state or the town, found by originator and end point."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.token = setting(provider, "token")

    def start(self, transaction: Transaction) -> Started:
        """POST /paymenttransaction/{originatorId}/{endPointId}."""
        answer = self._call("POST", self._path("paymenttransaction"), request_of(transaction))
        told = _information(answer)
        page, number = told.get("transactionRedirectUrl"), told.get("transactionId")
        if not isinstance(page, str) or not isinstance(number, str) or not page or not number:
            raise ProviderProblem(_("The payment service named no page to pay on."))
        return Started(their_id=number, page=page)

    def status(self, transaction: Transaction) -> Outcome:
        """GET /paymenttransaction/{originatorId}/{endPointId}/{transactionId}."""
        path = f"{self._path('paymenttransaction')}/{transaction.their_id}"
        answer = self._call("GET", path)
        asked = answer.body.get("paymentRequest") or {}
        if str(asked.get("requestId")) != str(transaction.request_id):
            raise ProviderProblem(_("The payment service told of another payment."))
        told = _information(answer)
        state = STATES.get(str(told.get("status")))
        if state is None:
            raise ProviderProblem(_("The payment service told of an unknown state."))
        return Outcome(
            state=state, cents=cents(asked.get("grosAmount")),
            method=str(told.get("paymentMethod") or "").lower(),
            problem=str(told.get("statusDetail") or ""),
        )  # fmt: skip

    def refund(self, refund: Refund) -> Returned:
        """The standard knows no refund, so the treasury transfers the money."""
        return Returned(
            state="manual", problem=_("This payment service cannot pay back by itself.")
        )

    def statement(self, day: date) -> Sequence[Settled] | None:
        """Where the provider delivers one beside the standard."""
        headers = tokens.bearer(self.provider, self.token)
        return statements.fetched(self.provider, day, headers)

    def check(self) -> str:
        """GET /status/{originatorId}/{endPointId}, with a token."""
        self._call("GET", self._path("status"))
        return _("The payment service answers and knows this procedure.")

    def _path(self, name: str) -> str:
        provider = self.provider
        return f"/{name}/{setting(provider, 'originator')}/{setting(provider, 'end_point')}"

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        headers = tokens.bearer(self.provider, self.token)
        answer = call(method, at(self.provider, path), body=body, headers=headers)
        if answer.status in UNAUTHORIZED:
            tokens.forget(self.provider, self.token)
        if not answer.good:
            raise _refusal(answer)
        return answer


def request_of(transaction: Transaction) -> dict[str, Any]:
    """The PaymentRequest; no data of the payer is in it, the payment page asks for what it needs.

    The field for the amount is spelt `grosAmount` in the standard.
    """
    charge = transaction.charge
    return {
        "requestId": str(transaction.request_id),
        "requestTimestamp": clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "currency": "EUR",
        "grosAmount": transaction.cents / 100,
        "purpose": charge.purpose,
        "description": TEXT.sub(" ", charge.description or charge.purpose)[:250],
        "redirectUrl": address(charge, "payments:status"),
        "items": [_item(item, charge.reference) for item in charge.items.order_by("number")],
    }


def _item(item: Item, reference: str) -> dict[str, Any]:
    net = item.cents - item.tax_cents
    booked = {str(key): TEXT.sub(" ", str(value))[:250] for key, value in item.booking.items()}
    return {
        "id": str(item.number),
        "reference": REFERENCE.sub("-", item.reference or reference),
        "description": TEXT.sub(" ", item.text)[:250],
        "taxRate": item.tax_rate / 10,
        "quantity": item.quantity,
        "totalNetAmount": net / 100,
        "totalTaxAmount": item.tax_cents / 100,
        "singleNetAmount": round(net / item.quantity) / 100,
        "singleTaxAmount": round(item.tax_cents / item.quantity) / 100,
        "bookingData": {"kassenzeichen": reference, "haushaltsstelle": item.budget} | booked,
    }


def _information(answer: Answer) -> Mapping[str, Any]:
    found = answer.body.get("paymentInformation")
    return found if isinstance(found, dict) else {}


def _refusal(answer: Answer) -> ProviderRefuses:
    """From problem+json; `functionalCode` is the standard's own word."""
    code = str(answer.body.get("functionalCode") or answer.status)
    detail = str(answer.body.get("detail") or answer.body.get("title") or "")
    said = f"{code} {detail}".strip()
    return ProviderRefuses(_("The payment service refuses: %(said)s") % {"said": said}, code)
