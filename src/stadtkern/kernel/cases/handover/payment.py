"""A payment in the terms of FIT-Connect's metadata (schema 1.0.0, paymentInformation)."""

import re
from typing import Any, Final

from stadtkern.kernel.payments.models import Charge, Transaction

# The schema knows these; everything else is OTHER with the method's own name as detail.
METHODS: Final = ("GIROPAY", "PAYDIRECT", "CREDITCARD", "PAYPAL", "INVOICE")
SAME: Final = {"CARD": "CREDITCARD", "CREDIT_CARD": "CREDITCARD"}
STATES: Final = {
    "initial": "INITIAL", "started": "INITIAL", "booked": "BOOKED", "failed": "FAILED",
    "cancelled": "CANCELED", "expired": "CANCELED",
}  # fmt: skip
NOT_ALLOWED: Final = re.compile(r"[^\w-]", re.ASCII)
LONGEST: Final = 36


def of(charge: Charge) -> dict[str, Any] | None:
    """The payment that counts; None where nobody tried to pay."""
    tried = charge.transactions.filter(surplus=False)
    one = tried.filter(state="booked").first() or tried.order_by("-pk").first()
    return None if one is None else _information(charge, one)


def _information(charge: Charge, one: Transaction) -> dict[str, Any]:
    method = one.method.upper() or one.provider.slug.upper()
    known = SAME.get(method, method)
    told: dict[str, Any] = {
        "transactionReference": charge.reference,
        "transactionId": _fit(one.their_id or str(one.request_id)),
        "paymentMethod": known if known in METHODS else "OTHER",
        "status": STATES[one.state],
        "grossAmount": charge.cents / 100,
    }
    if told["paymentMethod"] == "OTHER":
        told["paymentMethodDetail"] = _fit(method)
    if one.booked is not None:
        told["transactionTimestamp"] = one.booked.isoformat(timespec="seconds")
    return told


def _fit(text: str) -> str:
    """In the letters and the length that the schema allows."""
    return NOT_ALLOWED.sub("-", text)[:LONGEST]
