"""Cards on a hosted page, in the form of the Mollie payments API v2.

Its webhook names a payment and no state: https://docs.mollie.com/reference/webhooks.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel.payments.charges import address
from stadtkern.kernel.payments.models import Provider, Refund, Transaction
from stadtkern.kernel.payments.problems import ProviderProblem, ProviderRefuses
from stadtkern.kernel.payments.providers import statements
from stadtkern.kernel.payments.providers.amounts import cents, euros
from stadtkern.kernel.payments.providers.call import Answer, at, call, secret
from stadtkern.kernel.payments.providers.protocol import (
    Outcome,
    Returned,
    Sent,
    Settled,
    Started,
    State,
)

STATES: Final[Mapping[str, State]] = {
    "open": "started", "pending": "started", "authorized": "started", "paid": "booked",
    "failed": "failed", "canceled": "cancelled", "expired": "expired",
}  # fmt: skip
SENT: Final[Mapping[str, Sent]] = {
    "queued": "sent", "pending": "sent", "processing": "sent", "refunded": "done",
    "failed": "failed", "canceled": "failed",
}  # fmt: skip


class Card:
    """Payments by card; the city never sees a card number."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def start(self, transaction: Transaction) -> Started:
        """POST /v2/payments, once per `Idempotency-Key`."""
        charge = transaction.charge
        answer = self._call(
            "POST", "/v2/payments", key=str(transaction.request_id),
            body={
                "amount": {"currency": "EUR", "value": euros(transaction.cents)},
                "description": charge.purpose,
                "redirectUrl": address(charge, "payments:status"),
                "webhookUrl": address(charge, "payments:callback"),
                "locale": "en_US" if charge.language.startswith("en") else "de_DE",
                "metadata": {"request_id": str(transaction.request_id)},
            },
        )  # fmt: skip
        page = _dig(answer.body, "_links", "checkout", "href")
        if not page or not answer.body.get("id"):
            raise ProviderProblem(_("The payment service named no page to pay on."))
        return Started(their_id=str(answer.body["id"]), page=str(page))

    def status(self, transaction: Transaction) -> Outcome:
        """GET /v2/payments/{id}."""
        body = self._call("GET", f"/v2/payments/{transaction.their_id}").body
        if _dig(body, "metadata", "request_id") != str(transaction.request_id):
            raise ProviderProblem(_("The payment service told of another payment."))
        state = STATES.get(str(body.get("status")))
        if state is None:
            raise ProviderProblem(_("The payment service told of an unknown state."))
        return Outcome(
            state=state, cents=cents(_dig(body, "amount", "value")),
            method=str(body.get("method") or "card"),
            problem=str(_dig(body, "details", "failureMessage") or ""),
        )  # fmt: skip

    def refund(self, refund: Refund) -> Returned:
        """POST /v2/payments/{id}/refunds, or GET the refund where we know its number."""
        path = f"/v2/payments/{refund.transaction.their_id}/refunds"
        if refund.their_id:
            answer = self._call("GET", f"{path}/{refund.their_id}")
        else:
            answer = self._call(
                "POST", path, key=str(refund.request_id),
                body={"amount": {"currency": "EUR", "value": euros(refund.cents)},
                      "description": refund.transaction.charge.purpose,
                      "metadata": {"request_id": str(refund.request_id)}},
            )  # fmt: skip
        state = SENT.get(str(answer.body.get("status")))
        if state is None:
            raise ProviderProblem(_("The payment service told of an unknown state."))
        return Returned(state=state, their_id=str(answer.body.get("id") or ""))

    def statement(self, day: date) -> Sequence[Settled] | None:
        """Where the contract names one."""
        return statements.fetched(self.provider, day, self._key())

    def check(self) -> str:
        """GET /v2/methods: answered only with a right key."""
        self._call("GET", "/v2/methods")
        return _("The payment service answers and takes the key.")

    def _key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {secret(self.provider)}"}

    def _call(
        self, method: str, path: str, *, body: Mapping[str, Any] | None = None, key: str = ""
    ) -> Answer:
        headers = self._key() | ({"Idempotency-Key": key} if key else {})
        answer = call(method, at(self.provider, path), body=body, headers=headers)
        if not answer.good:
            said = str(answer.body.get("detail") or answer.status)
            raise ProviderRefuses(
                _("The payment service refuses: %(said)s") % {"said": said}, str(answer.status)
            )
        return answer


def _dig(body: Mapping[str, Any], *path: str) -> Any:
    """What stands at the end of this path; None where it does not lead that far."""
    found: Any = body
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found
