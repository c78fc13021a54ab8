"""XBezahldienste 1.0: token, paymenttransaction, status; refuses what the standard refuses."""

import re
import time
import uuid
from typing import Any

from simulators.payment_provider.store import Payment, Store
from simulators.wire import Answer, Request, told

PREFIX = "/xbezahldienste"
ID = re.compile(r"[\w-]{1,36}")
PURPOSE = re.compile(r"[A-Za-z0-9 -]{1,27}")
STATES = {"open": "INITIAL", "paid": "PAYED", "failed": "FAILED", "cancelled": "CANCELED",
          "expired": "FAILED"}  # fmt: skip
METHODS = {"card": "CREDITCARD", "transfer": "GIROPAY", "wallet": "PAYPAL"}
ORIGINATOR, END_POINT, CLIENT = "stadtkern", "05916000", "stadt"


class XBezahldienste:
    """One procedure of one town."""

    def __init__(self, store: Store, key: str, base: str) -> None:
        self.store, self.key, self.base = store, key, base
        self.tokens: dict[str, float] = {}

    def answer(self, request: Request) -> Answer:
        path = request.path.removeprefix(PREFIX)
        if path == "/auth/token":
            return self._token(request)
        bearer = request.header("authorization").removeprefix("Bearer ")
        if self.tokens.get(bearer, 0) < time.time():
            return problem(403, "FORBIDDEN", "no valid token")
        parts = path.strip("/").split("/")
        if parts[1:3] != [ORIGINATOR, END_POINT]:
            return problem(400, "NO_VALID_ORIGINATOR_OR_ENDPOINT", "unknown procedure")
        if parts[0] == "status":
            return told({"status": "UP"})
        if request.method == "POST" and len(parts) == 3:
            return self._create(request.data)
        payment = self.store.get("xbezahldienste", parts[3]) if len(parts) == 4 else None
        if payment is None:
            return problem(404, "UNSPECIFIED", "unknown transaction")
        return told(self._transaction(payment))

    def _token(self, request: Request) -> Answer:
        form = request.form
        if form.get("grant_type") != "client_credentials":
            return told({"error": "unsupported_grant_type"}, 400)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, self.key):
            return told({"error": "invalid_client"}, 401)
        token = uuid.uuid4().hex
        self.tokens[token] = time.time() + 600
        return told({"access_token": token, "token_type": "Bearer", "expires_in": 600})

    def _create(self, asked: dict[str, Any]) -> Answer:
        if wrong := self._wrong(asked):
            return wrong
        number = f"xb-{uuid.uuid4().hex[:20]}"
        payment = self.store.add(
            id=number, api="xbezahldienste", request=asked["requestId"],
            cents=round(asked["grosAmount"] * 100), purpose=asked["purpose"],
            back=asked["redirectUrl"], told=asked,
        )  # fmt: skip
        return told(self._transaction(payment))

    def _wrong(self, asked: dict[str, Any]) -> Answer | None:
        items = asked.get("items") or []
        if not ID.fullmatch(str(asked.get("requestId", ""))):
            return problem(400, "VALIDATION_ERROR", "requestId")
        if self.store.by_request("xbezahldienste", asked["requestId"]):
            return problem(400, "PAYMENT_EXISTS", asked["requestId"])
        amount = asked.get("grosAmount")
        if not isinstance(amount, int | float) or not 0 < amount <= 999_999:
            return problem(400, "VALIDATION_ERROR", "grosAmount")
        if asked.get("currency") != "EUR" or not 1 <= len(items) <= 99:
            return problem(400, "VALIDATION_ERROR", "currency, items")
        if not PURPOSE.fullmatch(str(asked.get("purpose", ""))):
            return problem(400, "VALIDATION_ERROR", "purpose")
        if not 0 < len(str(asked.get("redirectUrl", ""))) <= 2082:
            return problem(400, "VALIDATION_ERROR", "redirectUrl")
        if any(not ID.fullmatch(str(item.get("reference", ""))) for item in items):
            return problem(400, "VALIDATION_ERROR", "items.reference")
        if any(not item.get("bookingData") for item in items):
            return problem(400, "BOOKING_DATA_MISSING", "bookingData of an item")
        total = sum(round((i["totalNetAmount"] + i["totalTaxAmount"]) * 100) for i in items)
        if total != round(amount * 100):
            return problem(400, "CALCULATION_ERROR", f"the items are {total / 100}")
        return None

    def _transaction(self, payment: Payment) -> dict[str, Any]:
        path = f"{PREFIX}/paymenttransaction/{ORIGINATOR}/{END_POINT}/{payment.id}"
        information: dict[str, Any] = {
            "transactionUrl": f"{self.base}{path}", "transactionId": payment.id,
            "status": STATES[payment.state],
        }  # fmt: skip
        if payment.state == "open":
            information["transactionRedirectUrl"] = f"{self.base}/pay/{payment.id}"
        request = dict(payment.told)
        if payment.state == "paid":
            information["paymentMethod"] = METHODS.get(payment.method, "OTHER")
            information["transactionTimestamp"] = time.strftime(
                "%Y-%m-%dT%H:%M:%SZ", time.gmtime(payment.at)
            )
            request["grosAmount"] = payment.paid / 100
        return {"paymentInformation": information, "paymentRequest": request}


def problem(status: int, code: str, detail: str) -> Answer:
    body = {"type": "about:blank", "status": status, "title": code, "detail": detail,
            "functionalCode": code}  # fmt: skip
    return told(body, status, "application/problem+json")
