"""States of charges and payments as shapes and words; the pages of this area."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import State as Sign
from stadtkern.kernel.ui.context import Link
from stadtkern.site.staff.doors import person

CHARGES: dict[str, Sign] = {
    "open": "info", "paid": "good", "cancelled": "none", "refunded": "tight",
}  # fmt: skip
TRANSACTIONS: dict[str, Sign] = {
    "initial": "info", "started": "info", "booked": "good", "failed": "bad", "cancelled": "none",
    "expired": "none",
}  # fmt: skip
REFUNDS: dict[str, Sign] = {
    "wanted": "info", "sent": "info", "done": "good", "failed": "bad", "manual": "tight",
}  # fmt: skip
PAGES = (
    (_("Charges"), "staff-payments", "payments.see"),
    (_("Refunds"), "staff-payments-refunds", "payments.see"),
    (_("By hand"), "staff-payments-by-hand", "payments.refund"),
    (_("Compare"), "staff-payments-compare", "payments.see"),
    (_("Ledger"), "staff-payments-ledger", "payments.see"),
    (_("Payment providers"), "staff-payments-providers", "payments.providers"),
)


def words(request: HttpRequest) -> dict[str, Any]:
    """What every page of this area shows."""
    who = person(request)
    return {
        "charge_signs": CHARGES,
        "transaction_signs": TRANSACTIONS,
        "refund_signs": REFUNDS,
        "may_refund": who.may("payments.refund"),
        "tabs": [
            Link(label=label, url=reverse(name), current=_current(request, reverse(name)))
            for label, name, permission in PAGES
            if who.may(permission)
        ],
    }


def _current(request: HttpRequest, url: str) -> str:
    return "page" if request.path == url else ""
