"""Bank transfer at once, in the manner of GiroCheckout: signed forms, cents, result codes."""

import hashlib
import hmac
import json
import uuid
from typing import Any
from urllib.parse import urlencode

from simulators.payment_provider.store import Payment, Store
from simulators.wire import Answer, Request

PREFIX = "/girocheckout/api/v2"
MERCHANT, PROJECT = "1234567", "1234"
RESULTS = {"paid": "4000", "cancelled": "4502", "expired": "4501", "failed": "4900"}
ALLOWED = set("&=+,:;._!?#/|")


class Giro:
    """One project of one merchant."""

    def __init__(self, store: Store, key: str, base: str) -> None:
        self.store, self.key, self.base = store, key, base

    def answer(self, request: Request) -> Answer:
        form = request.form
        given = form.pop("hash", "")
        if (form.get("merchantId"), form.get("projectId")) != (MERCHANT, PROJECT):
            return self._signed({"rc": 5000, "msg": "authentication failed"}, "")
        if not hmac.compare_digest(given, self.signature("".join(form.values()))):
            return self._signed({"rc": 5000, "msg": "authentication failed"}, "")
        if request.path == f"{PREFIX}/transaction/start":
            return self._start(form)
        if request.path == f"{PREFIX}/transaction/status":
            payment = self.store.get("giro", form.get("reference", ""))
            if payment is None:
                return self._signed({"rc": 5027, "msg": "unknown reference"})
            return self._signed(self._status(payment))
        return self._signed({"rc": 5100, "msg": "unknown call"})

    def _start(self, form: dict[str, str]) -> Answer:
        number = form.get("merchantTxId", "")
        if not number or not all(one.isalnum() or one in ALLOWED for one in number):
            return self._signed({"rc": 5002, "msg": "merchantTxId"})
        if not 0 < len(form.get("purpose", "")) <= 27 or not form.get("amount", "").isdigit():
            return self._signed({"rc": 5003, "msg": "purpose or amount"})
        payment = self.store.by_request("giro", number) or self.store.add(
            id=str(uuid.uuid4()), api="giro", request=number, cents=int(form["amount"]),
            purpose=form["purpose"], back=form["urlRedirect"], notify=form["urlNotify"],
        )  # fmt: skip
        return self._signed(
            {"rc": 0, "msg": "", "reference": payment.id,
             "redirect": f"{self.base}/pay/{payment.id}"}
        )  # fmt: skip

    def _status(self, payment: Payment) -> dict[str, Any]:
        body: dict[str, Any] = {
            "rc": 0, "msg": "", "reference": payment.id, "merchantTxId": payment.request,
            "amount": payment.paid or payment.cents, "currency": "EUR",
        }  # fmt: skip
        if payment.state in RESULTS:
            body["resultPayment"] = int(RESULTS[payment.state])
        return body

    def notification(self, payment: Payment) -> str:
        """The query of the call that tells the merchant."""
        fields = {"gcReference": payment.id, "gcMerchantTxId": payment.request,
                  "gcAmount": str(payment.paid), "gcCurrency": "EUR",
                  "gcResultPayment": RESULTS.get(payment.state, "4500")}  # fmt: skip
        fields["gcHash"] = self.signature("".join(fields.values()))
        return urlencode(fields)

    def signature(self, text: str) -> str:
        return hmac.new(self.key.encode(), text.encode(), hashlib.md5).hexdigest()

    def _signed(self, body: dict[str, Any], signature: str | None = None) -> Answer:
        text = json.dumps(body)
        made = self.signature(text) if signature is None else signature
        return Answer(body=text.encode(), headers={"hash": made})
