"""A wallet in the form of the PayPal orders API v2: the payer approves, then we capture."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel.payments.charges import address
from stadtkern.kernel.payments.models import Charge, Provider, Refund, Transaction
from stadtkern.kernel.payments.problems import ProviderProblem, ProviderRefuses
from stadtkern.kernel.payments.providers import statements, tokens
from stadtkern.kernel.payments.providers.amounts import cents, euros
from stadtkern.kernel.payments.providers.call import Answer, at, call
from stadtkern.kernel.payments.providers.protocol import (
    Outcome,
    Returned,
    Sent,
    Settled,
    Started,
    State,
)

STATES: Final[Mapping[str, State]] = {
    "CREATED": "started", "SAVED": "started", "PAYER_ACTION_REQUIRED": "started",
    "VOIDED": "cancelled",
}  # fmt: skip
CAPTURES: Final[Mapping[str, State]] = {
    "COMPLETED": "booked", "PARTIALLY_REFUNDED": "booked", "REFUNDED": "booked",
    "PENDING": "started", "DECLINED": "failed", "FAILED": "failed",
}  # fmt: skip
SENT: Final[Mapping[str, Sent]] = {
    "COMPLETED": "done", "PENDING": "sent", "CANCELLED": "failed", "FAILED": "failed",
}  # fmt: skip
UNAUTHORIZED: Final = (401, 403)


class Wallet:
    """Orders that the payer approves in the wallet; no capture, no money."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.token = at(provider, "/v1/oauth2/token")

    def start(self, transaction: Transaction) -> Started:
        """POST /v2/checkout/orders, once per `PayPal-Request-Id`."""
        charge = transaction.charge
        back = address(charge, "payments:status")
        answer = self._call(
            "POST", "/v2/checkout/orders", key=str(transaction.request_id),
            body={
                "intent": "CAPTURE",
                "purchase_units": [{
                    "custom_id": str(transaction.request_id),
                    "description": charge.purpose,
                    "amount": {"currency_code": "EUR", "value": euros(transaction.cents)},
                }],
                "application_context": {
                    "return_url": back, "cancel_url": f"{back}?off=yes", "user_action": "PAY_NOW",
                    "shipping_preference": "NO_SHIPPING",
                },
            },
        )  # fmt: skip
        pages = [
            link.get("href") for link in answer.body.get("links", ())
            if link.get("rel") in ("approve", "payer-action")
        ]  # fmt: skip
        if not pages or not answer.body.get("id"):
            raise ProviderProblem(_("The payment service named no page to pay on."))
        return Started(their_id=str(answer.body["id"]), page=str(pages[0]))

    def status(self, transaction: Transaction) -> Outcome:
        """GET the order; where it is approved and still owed, capture it."""
        body = self._order(transaction)
        if body.get("status") == "APPROVED":
            if Charge.objects.get(pk=transaction.charge_id).state != "open":
                return Outcome(state="cancelled", problem=_("Approved when nothing was owed"))
            body = self._capture(transaction)
        capture = _capture_of(body)
        if capture:
            state = CAPTURES.get(str(capture.get("status")))
            amount = cents((capture.get("amount") or {}).get("value"))
        else:
            state, amount = STATES.get(str(body.get("status"))), 0
        if state is None:
            raise ProviderProblem(_("The payment service told of an unknown state."))
        return Outcome(state=state, cents=amount, method="wallet")

    def refund(self, refund: Refund) -> Returned:
        """POST /v2/payments/captures/{id}/refund; the same request id is the same refund."""
        if refund.their_id:
            answer = self._call("GET", f"/v2/payments/refunds/{refund.their_id}")
        else:
            capture = _capture_of(self._order(refund.transaction))
            answer = self._call(
                "POST", f"/v2/payments/captures/{capture.get('id')}/refund",
                key=str(refund.request_id),
                body={"amount": {"currency_code": "EUR", "value": euros(refund.cents)},
                      "custom_id": str(refund.request_id)},
            )  # fmt: skip
        state = SENT.get(str(answer.body.get("status")))
        if state is None:
            raise ProviderProblem(_("The payment service told of an unknown state."))
        return Returned(state=state, their_id=str(answer.body.get("id") or ""))

    def statement(self, day: date) -> Sequence[Settled] | None:
        """Where the contract names one."""
        return statements.fetched(self.provider, day, self._bearer())

    def check(self) -> str:
        """A token is given only for a right id and secret."""
        tokens.forget(self.provider, self.token)
        self._bearer()
        return _("The payment service answers and takes id and secret.")

    def _order(self, transaction: Transaction) -> Mapping[str, Any]:
        body = self._call("GET", f"/v2/checkout/orders/{transaction.their_id}").body
        units = body.get("purchase_units") or [{}]
        if units[0].get("custom_id") != str(transaction.request_id):
            raise ProviderProblem(_("The payment service told of another payment."))
        return body

    def _capture(self, transaction: Transaction) -> Mapping[str, Any]:
        path = f"/v2/checkout/orders/{transaction.their_id}/capture"
        return self._call("POST", path, body={}, key=f"{transaction.request_id}-capture").body

    def _bearer(self) -> dict[str, str]:
        return tokens.bearer(self.provider, self.token, basic=True)

    def _call(
        self, method: str, path: str, *, body: Mapping[str, Any] | None = None, key: str = ""
    ) -> Answer:
        headers = self._bearer() | ({"PayPal-Request-Id": key} if key else {})
        answer = call(method, at(self.provider, path), body=body, headers=headers)
        if answer.status in UNAUTHORIZED:
            tokens.forget(self.provider, self.token)
        if not answer.good:
            said = str(answer.body.get("name") or answer.status)
            raise ProviderRefuses(_("The payment service refuses: %(said)s") % {"said": said}, said)
        return answer


def _capture_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The capture of an order, which has one unit; empty where nothing was captured yet."""
    units = body.get("purchase_units") or [{}]
    captures = (units[0].get("payments") or {}).get("captures") or [{}]
    found: Mapping[str, Any] = captures[0]
    return found
