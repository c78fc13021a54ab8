"""Cards on a hosted page, in the form of the Mollie payments API v2."""

import uuid
from decimal import Decimal
from typing import Any

from simulators.payment_provider.store import Payment, Refund, Store
from simulators.wire import Answer, Request, told

PREFIX = "/card"
STATES = {"open": "open", "paid": "paid", "failed": "failed", "cancelled": "canceled",
          "expired": "expired"}  # fmt: skip


class Card:
    """One shop; the key is in the header of every call."""

    def __init__(self, store: Store, key: str, base: str) -> None:
        self.store, self.key, self.base = store, key, base

    def answer(self, request: Request) -> Answer:
        if request.header("authorization") != f"Bearer {self.key}":
            return told({"status": 401, "title": "Unauthorized", "detail": "wrong key"}, 401)
        parts = request.path.removeprefix(f"{PREFIX}/v2").strip("/").split("/")
        if parts == ["methods"]:
            return told({"count": 1, "_embedded": {"methods": [{"id": "creditcard"}]}})
        if request.method == "POST" and parts == ["payments"]:
            return self._create(request)
        payment = self.store.get("card", parts[1]) if len(parts) > 1 else None
        if parts[0] != "payments" or payment is None:
            return told({"status": 404, "title": "Not Found", "detail": "no such payment"}, 404)
        if len(parts) == 2:
            return told(self._payment(payment))
        if request.method == "POST":
            return self._refund(payment, request)
        found = next((one for one in payment.refunds if one.id == parts[-1]), None)
        if found is None:
            return told({"status": 404, "title": "Not Found", "detail": "no such refund"}, 404)
        return told(refund_of(payment, found))

    def _create(self, request: Request) -> Answer:
        asked, key = request.data, request.header("idempotency-key")
        known = self.store.by_request("card", key) if key else None
        try:
            amount, at = asked["amount"], str(asked["metadata"]["request_id"])
            if known is None:
                known = self.store.add(
                    id=f"tr_{uuid.uuid4().hex[:10]}", api="card", request=key or at,
                    cents=cents(amount["value"]), purpose=asked["description"],
                    back=asked["redirectUrl"], notify=asked.get("webhookUrl", ""),
                    told={"metadata": asked["metadata"]},
                )  # fmt: skip
        except (KeyError, TypeError, ArithmeticError):
            return told({"status": 422, "title": "Unprocessable", "detail": "a field"}, 422)
        return told(self._payment(known), 201)

    def _refund(self, payment: Payment, request: Request) -> Answer:
        key = request.header("idempotency-key") or uuid.uuid4().hex
        wanted = cents(request.data["amount"]["value"])
        made = self.store.refund(payment, wanted, key)
        if made is None:
            return told({"status": 422, "title": "Unprocessable", "detail": "amount too high"}, 422)
        return told(refund_of(payment, made), 201)

    def _payment(self, payment: Payment) -> dict[str, Any]:
        value = payment.paid if payment.state == "paid" else payment.cents
        body: dict[str, Any] = {
            "resource": "payment", "id": payment.id, "status": STATES[payment.state],
            "amount": {"currency": "EUR", "value": euros(value)},
            "metadata": payment.told["metadata"], "_links": {},
        }  # fmt: skip
        if payment.state == "open":
            body["_links"]["checkout"] = {"href": f"{self.base}/pay/{payment.id}"}
        if payment.state == "paid":
            body["method"] = "creditcard"
        if payment.state == "failed":
            body["details"] = {"failureMessage": "The card was declined."}
        return body


def refund_of(payment: Payment, refund: Refund) -> dict[str, Any]:
    return {"resource": "refund", "id": refund.id, "paymentId": payment.id, "status": "refunded",
            "amount": {"currency": "EUR", "value": euros(refund.cents)}}  # fmt: skip


def euros(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def cents(value: object) -> int:
    return int(Decimal(str(value)) * 100)
