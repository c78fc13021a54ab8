"""Bank transfer at once, as GiroCheckout offers it (Direktüberweisung, Wero): form posts with HMAC.

The interface is https://api.girocheckout.de, `transaction/start` and `transaction/status`.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from stadtkern.kernel.payments.charges import address
from stadtkern.kernel.payments.models import Provider, Refund, Transaction
from stadtkern.kernel.payments.problems import ProviderProblem, ProviderRefuses
from stadtkern.kernel.payments.providers import statements
from stadtkern.kernel.payments.providers.call import Answer, at, call, secret, setting
from stadtkern.kernel.payments.providers.protocol import (
    Outcome,
    Returned,
    Settled,
    Started,
    State,
)

PAID: Final = "4000"
NOBODY: Final = "00000000-0000-0000-0000-000000000000"
# The outcome is not known yet; the provider says so later.
NOT_YET: Final = ("", "None", "4500")
ENDS: Final[Mapping[str, State]] = {"4501": "expired", "4502": "cancelled"}


class Giro:
    """A project of the merchant; the bank confirms the transfer while the payer waits."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def start(self, transaction: Transaction) -> Started:
        """POST transaction/start; the amount is in cents."""
        charge = transaction.charge
        answer = self._post(
            "/transaction/start",
            {
                "merchantTxId": transaction.request_id.hex,
                "amount": str(transaction.cents),
                "currency": "EUR",
                "purpose": charge.purpose,
                "urlNotify": address(charge, "payments:callback"),
                "urlRedirect": address(charge, "payments:status"),
                "kassenzeichen": charge.reference,
            },
        )
        page, reference = answer.body.get("redirect"), answer.body.get("reference")
        if not page or not reference:
            raise ProviderProblem(_("The payment service named no page to pay on."))
        return Started(their_id=str(reference), page=str(page))

    def status(self, transaction: Transaction) -> Outcome:
        """POST transaction/status; `resultPayment` says how it ended."""
        body = self._post("/transaction/status", {"reference": transaction.their_id}).body
        if body.get("merchantTxId") != transaction.request_id.hex:
            raise ProviderProblem(_("The payment service told of another payment."))
        result = str(body.get("resultPayment", ""))
        if result in NOT_YET:
            return Outcome(state="started")
        if result == PAID:
            return Outcome(state="booked", cents=_whole(body.get("amount")), method="transfer")
        return Outcome(state=ENDS.get(result, "failed"), problem=str(body.get("msg") or result))

    def refund(self, refund: Refund) -> Returned:
        """A transfer cannot be called back, so the treasury transfers the money."""
        return Returned(
            state="manual", problem=_("This payment service cannot pay back by itself.")
        )

    def statement(self, day: date) -> Sequence[Settled] | None:
        """Where the contract names one."""
        pair = f"{setting(self.provider, 'merchant')}:{secret(self.provider)}"
        basic = base64.b64encode(pair.encode()).decode()
        return statements.fetched(self.provider, day, {"Authorization": f"Basic {basic}"})

    def check(self) -> str:
        """Asks for an unknown payment: a signed answer shows that the password is right."""
        with suppress(ProviderRefuses):
            self._post("/transaction/status", {"reference": NOBODY})
        return _("The payment service answers, and its signature is right.")

    def _post(self, path: str, fields: Mapping[str, str]) -> Answer:
        word = secret(self.provider)
        form = {"merchantId": setting(self.provider, "merchant"),
                "projectId": setting(self.provider, "project"), **fields}  # fmt: skip
        form["hash"] = signature("".join(form.values()), word)
        answer = call("POST", at(self.provider, path), form=form)
        given = next((v for k, v in answer.headers.items() if k.lower() == "hash"), "")
        if not hmac.compare_digest(given.lower(), signature(answer.text, word)):
            raise ProviderProblem(_("The answer of the payment service is not signed by it."))
        if str(answer.body.get("rc")) != "0":
            said = f"{answer.body.get('rc')} {answer.body.get('msg', '')}"
            raise ProviderRefuses(
                _("The payment service refuses: %(said)s") % {"said": said},
                str(answer.body.get("rc")),
            )
        return answer


def signature(text: str, word: str) -> str:
    """HMAC-MD5 over all values one after another, as the interface asks for."""
    return hmac.new(word.encode(), text.encode(), hashlib.md5).hexdigest()


def _whole(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else 0
