"""What the providers remember: payments and refunds, transfers to the city's account."""

import json
import threading
import time
import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
# What a provider keeps of a payment: per mille and cents.
FEES = {"xbezahldienste": (5, 10), "giro": (0, 20), "card": (12, 10), "wallet": (25, 35)}


@dataclass(kw_only=True)
class Refund:
    """Money that went back; `request` is the caller's own number for it."""

    id: str
    request: str
    cents: int
    at: float


@dataclass(kw_only=True)
class Payment:
    """A payment with one provider; `paid` is what was really taken."""

    id: str
    api: str
    request: str
    cents: int
    purpose: str
    back: str
    notify: str = ""
    cancel: str = ""
    state: str = "open"
    paid: int = 0
    at: float = 0.0
    method: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    refunds: list[Refund] = field(default_factory=list)

    @property
    def fee(self) -> int:
        share, fixed = FEES[self.api]
        return self.paid * share // 1000 + fixed if self.paid else 0

    @property
    def refunded(self) -> int:
        return sum(one.cents for one in self.refunds)


@dataclass(kw_only=True)
class Transfer:
    """Money that somebody sent to the city's account."""

    id: str
    cents: int
    text: str
    name: str
    at: float


class Store:
    """Everything behind one lock, and in a file if there is one."""

    def __init__(self, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.path = path
        self.payments: dict[str, Payment] = {}
        self.transfers: list[Transfer] = []
        if path and path.exists():
            self._load(json.loads(path.read_text(encoding="utf-8")))

    def add(self, **told: Any) -> Payment:
        with self.lock:
            payment = Payment(**told)
            self.payments[payment.id] = payment
            self.keep()
            return payment

    def by_request(self, api: str, request: str) -> Payment | None:
        with self.lock:
            found = (p for p in self.payments.values() if (p.api, p.request) == (api, request))
            return next(found, None)

    def get(self, api: str, number: str) -> Payment | None:
        payment = self.payments.get(number)
        return payment if payment and payment.api == api else None

    def settle(self, payment: Payment, state: str, paid: int = 0, method: str = "") -> None:
        with self.lock:
            if payment.state == "paid":
                return
            payment.state = state
            if state == "paid":
                payment.paid, payment.at, payment.method = paid, time.time(), method
            self.keep()

    def refund(self, payment: Payment, cents: int, request: str) -> Refund | None:
        """None where that is more than was paid; the same request is the same refund."""
        with self.lock:
            known = next((one for one in payment.refunds if one.request == request), None)
            if known:
                return known
            if payment.state != "paid" or not 0 < cents <= payment.paid - payment.refunded:
                return None
            made = Refund(id=f"re_{uuid.uuid4().hex[:16]}", request=request, cents=cents,
                          at=time.time())  # fmt: skip
            payment.refunds.append(made)
            self.keep()
            return made

    def transfer(self, cents: int, text: str, name: str) -> Transfer:
        with self.lock:
            made = Transfer(id=uuid.uuid4().hex[:16].upper(), cents=cents, text=text, name=name,
                            at=time.time())  # fmt: skip
            self.transfers.append(made)
            self.keep()
            return made

    def keep(self) -> None:
        if self.path is None:
            return
        told = {"payments": [asdict(p) for p in self.payments.values()],
                "transfers": [asdict(t) for t in self.transfers]}  # fmt: skip
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(told), encoding="utf-8")
        part.replace(self.path)

    def _load(self, told: dict[str, Any]) -> None:
        for one in told["payments"]:
            refunds = [Refund(**refund) for refund in one.pop("refunds")]
            self.payments[one["id"]] = Payment(**one, refunds=refunds)
        self.transfers = [Transfer(**one) for one in told["transfers"]]


def day_of(at: float) -> str:
    """The day in the city's zone."""
    return datetime.fromtimestamp(at, ZONE).date().isoformat()
