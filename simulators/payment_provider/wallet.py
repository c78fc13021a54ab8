"""A wallet in the form of the PayPal orders API v2: created, approved, captured."""

import base64
import time
import uuid
from typing import Any

from simulators.payment_provider.card import cents, euros
from simulators.payment_provider.store import Payment, Store
from simulators.wire import Answer, Request, told

PREFIX = "/wallet"
CLIENT = "stadt"
STATES = {"open": "CREATED", "approved": "APPROVED", "paid": "COMPLETED", "failed": "COMPLETED",
          "cancelled": "CREATED", "expired": "VOIDED"}  # fmt: skip


class Wallet:
    """One merchant of the wallet."""

    def __init__(self, store: Store, key: str, base: str) -> None:
        self.store, self.key, self.base = store, key, base
        self.tokens: dict[str, float] = {}

    def answer(self, request: Request) -> Answer:
        path = request.path.removeprefix(PREFIX)
        if path == "/v1/oauth2/token":
            return self._token(request)
        bearer = request.header("authorization").removeprefix("Bearer ")
        if self.tokens.get(bearer, 0) < time.time():
            return told({"name": "AUTHENTICATION_FAILURE"}, 401)
        parts = path.strip("/").split("/")
        if parts[:3] == ["v2", "checkout", "orders"]:
            return self._orders(request, parts[3:])
        if parts[:3] == ["v2", "payments", "captures"] and parts[-1] == "refund":
            return self._refund(request, parts[3])
        if parts[:3] == ["v2", "payments", "refunds"]:
            every = (one for payment in self.store.payments.values() for one in payment.refunds)
            found = next((one for one in every if one.id == parts[3]), None)
            if found:
                return told({"id": found.id, "status": "COMPLETED"})
        return told({"name": "RESOURCE_NOT_FOUND"}, 404)

    def _token(self, request: Request) -> Answer:
        pair = base64.b64encode(f"{CLIENT}:{self.key}".encode()).decode()
        if request.header("authorization") != f"Basic {pair}":
            return told({"error": "invalid_client"}, 401)
        token = uuid.uuid4().hex
        self.tokens[token] = time.time() + 600
        return told({"access_token": token, "token_type": "Bearer", "expires_in": 600})

    def _orders(self, request: Request, parts: list[str]) -> Answer:
        if not parts and request.method == "POST":
            return self._create(request)
        payment = self.store.get("wallet", parts[0]) if parts else None
        if payment is None:
            return told({"name": "RESOURCE_NOT_FOUND"}, 404)
        if parts[-1] == "capture":
            if payment.state not in ("approved", "paid"):
                return told({"name": "ORDER_NOT_APPROVED"}, 422)
            amount = payment.told.get("take", payment.cents)
            self.store.settle(payment, "paid", amount, "wallet")
            return told(self._order(payment), 201)
        return told(self._order(payment))

    def _create(self, request: Request) -> Answer:
        asked, key = request.data, request.header("paypal-request-id")
        known = self.store.by_request("wallet", key) if key else None
        if known is None:
            unit, context = asked["purchase_units"][0], asked["application_context"]
            known = self.store.add(
                id=uuid.uuid4().hex[:17].upper(), api="wallet", request=key or unit["custom_id"],
                cents=cents(unit["amount"]["value"]), purpose=unit["description"],
                back=context["return_url"], cancel=context["cancel_url"],
                told={"custom_id": unit["custom_id"]},
            )  # fmt: skip
        return told(self._order(known), 201)

    def _refund(self, request: Request, capture: str) -> Answer:
        payment = self.store.get("wallet", capture.removeprefix("CAP"))
        key = request.header("paypal-request-id") or uuid.uuid4().hex
        wanted = cents(request.data["amount"]["value"])
        made = self.store.refund(payment, wanted, key) if payment else None
        if made is None:
            return told({"name": "REFUND_AMOUNT_EXCEEDED"}, 422)
        return told({"id": made.id, "status": "COMPLETED"}, 201)

    def _order(self, payment: Payment) -> dict[str, Any]:
        unit: dict[str, Any] = {
            "custom_id": payment.told["custom_id"],
            "amount": {"currency_code": "EUR", "value": euros(payment.cents)},
        }  # fmt: skip
        if payment.state in ("paid", "failed"):
            status = "COMPLETED" if payment.state == "paid" else "DECLINED"
            unit["payments"] = {"captures": [{
                "id": f"CAP{payment.id}", "status": status,
                "amount": {"currency_code": "EUR", "value": euros(payment.paid)},
            }]}  # fmt: skip
        return {
            "id": payment.id, "status": STATES[payment.state], "purchase_units": [unit],
            "links": [{"rel": "payer-action", "method": "GET",
                       "href": f"{self.base}/pay/{payment.id}"}],
        }  # fmt: skip
