"""All end points of the simulator, without a server round them."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from urllib.parse import urlencode

from simulators.payment_provider import card, giro, paypage, statements, wallet, xbezahldienste
from simulators.payment_provider.faults import Faults
from simulators.payment_provider.store import Payment, Store
from simulators.wire import Answer, Request, away, text, told

# No address but this machine's own is ever called.
OWN = ("http://localhost", "http://127.0.0.1", "http://[::1]")


class Gone(Exception):
    """The connection breaks without an answer."""


class Service:
    """Providers, hosted page, statements, bank, and the switches for faults."""

    def __init__(
        self, store: Store, faults: Faults, key: str, base: str, *, late: float = 8.0,
        patience: float = 15.0,
    ) -> None:  # fmt: skip
        self.store, self.faults, self.key, self.base = store, faults, key, base
        self.late, self.patience = late, patience
        self.giro = giro.Giro(store, key, base)
        self.apis: dict[str, Callable[[Request], Answer]] = {
            xbezahldienste.PREFIX: xbezahldienste.XBezahldienste(store, key, base).answer,
            giro.PREFIX: self.giro.answer,
            card.PREFIX: card.Card(store, key, base).answer,
            wallet.PREFIX: wallet.Wallet(store, key, base).answer,
        }

    def answer(self, request: Request) -> Answer:
        """Raises Gone."""
        for prefix, api in self.apis.items():
            if request.path.startswith(f"{prefix}/"):
                return self._faulty(api, request)
        parts = request.path.strip("/").split("/")
        if parts[0] == "pay" and len(parts) == 2:
            return self._pay(parts[1], request)
        if parts[0] == "statements" and len(parts) == 3:
            return self._statement(parts[1], parts[2].removesuffix(".csv"), request)
        if parts[0] == "bank":
            return self._bank(parts[1:], request)
        if parts[0] == "control":
            return self._control(parts[1:], request)
        return text(INDEX) if request.path == "/" else text("not found", "text/plain", 404)

    def _faulty(self, api: Callable[[Request], Answer], request: Request) -> Answer:
        fault = self.faults.draw("error", "timeout", "lost", "slow")
        if fault == "error":
            return told({"title": "Internal Server Error"}, 500)
        if fault == "timeout":
            time.sleep(self.patience)
            raise Gone
        if fault == "slow":
            time.sleep(min(1.5, self.patience))
        answer = api(request)
        if fault == "lost":
            raise Gone
        return answer

    def _pay(self, number: str, request: Request) -> Answer:
        payment = self.store.payments.get(number)
        if payment is None:
            return text("unknown payment", "text/plain", 404)
        if request.method != "POST" or payment.state != "open":
            return text(paypage.page(payment))
        form = request.form
        self.decide(payment, form.get("do", "pay"), wrong=form.get("amount") == "wrong",
                    callback=form.get("callback", ""), method=form.get("method", ""))  # fmt: skip
        if form.get("stay"):
            return text(paypage.done())
        back = payment.back
        if form.get("do") == "cancel" and payment.cancel:
            back = payment.cancel
        return away(back)

    def decide(
        self, payment: Payment, do: str, *, wrong: bool = False, callback: str = "",
        method: str = "",
    ) -> None:  # fmt: skip
        """The payer pays, calls it off, or is turned down."""
        take = payment.cents
        if wrong or self.faults.draw("amount"):
            take = max(1, take - 100)
        if do == "cancel":
            self.store.settle(payment, "cancelled")
        elif do == "fail":
            self.store.settle(payment, "failed")
        elif payment.api == "wallet":
            payment.told["take"] = take
            self.store.settle(payment, "approved")
        else:
            ways = {"card": "card", "giro": "transfer"}
            self.store.settle(payment, "paid", take, method or ways.get(payment.api, "card"))
        self._notify(payment, callback or self.faults.draw("double", "late", "none") or "once")

    def _notify(self, payment: Payment, how: str) -> None:
        if not payment.notify.startswith(OWN) or how == "none":
            return
        pause = self.late if how == "late" else 0.0
        for turn in range(2 if how == "double" else 1):
            timer = threading.Timer(pause + turn * 0.05, self._call, (payment,))
            timer.daemon = True
            timer.start()

    def _call(self, payment: Payment) -> None:
        url = payment.notify
        data: bytes | None = urlencode({"id": payment.id}).encode()
        if payment.api == "giro":
            url, data = f"{url}?{self.giro.notification(payment)}", None
        try:
            with urllib.request.urlopen(url, data, timeout=10):  # noqa: S310  checked above
                pass
        except (OSError, urllib.error.URLError) as error:
            print(f"callback of {payment.id}: {error}", flush=True)

    def _statement(self, api: str, day: str, request: Request) -> Answer:
        if not request.header("authorization"):
            return told({"title": "Unauthorized"}, 401)
        return text(statements.of_provider(self.store, api, day), "text/csv; charset=utf-8")

    def _bank(self, parts: list[str], request: Request) -> Answer:
        if parts and parts[0].endswith(".xml"):
            day = parts[0].removesuffix(".xml")
            return text(statements.of_bank(self.store, day), "application/xml")
        if request.method == "POST":
            form = request.form
            made = self.store.transfer(
                int(form["cents"]), form.get("text", ""), form.get("name", "Max Muster")
            )
            return told({"id": made.id})
        return text(BANK)

    def _control(self, parts: list[str], request: Request) -> Answer:
        """`faults`: shares; `decide/<id>`, `refund/<id>`: what a payer or a clerk there does."""
        if parts[:1] == ["faults"]:
            if request.method == "POST":
                self.faults.set({name: float(share) for name, share in request.data.items()})
            return told({"shares": self.faults.shares, "happened": dict(self.faults.happened)})
        payment = self.store.payments.get(parts[1]) if len(parts) == 2 else None
        if payment is None:
            return told({"title": "unknown payment"}, 404)
        asked = request.data
        if parts[0] == "decide":
            self.decide(payment, asked.get("do", "pay"), wrong=bool(asked.get("wrong")),
                        callback=asked.get("callback", ""))  # fmt: skip
        elif parts[0] == "refund":
            self.store.refund(payment, int(asked["cents"]), f"outside-{time.time_ns()}")
        return told(json.loads(json.dumps({"id": payment.id, "state": payment.state})))


INDEX = """<!doctype html><html lang="de"><title>Nachgestellte Zahldienste</title>
<h1>Nachgestellte Zahldienste</h1><p>Hier fließt kein Geld.</p>
<ul><li><a href="/bank">Konto der Stadt: eine Überweisung nachstellen</a></li>
<li><a href="/control/faults">Eingestellte Fehler</a></li></ul></html>"""
BANK = """<!doctype html><html lang="de"><title>Konto der Stadt</title>
<h1>Überweisung an die Stadt</h1>
<form method="post"><p><label>Betrag in Cent <input name="cents" value="1000"></label>
<p><label>Verwendungszweck <input name="text"></label>
<p><label>Name <input name="name" value="Max Muster"></label>
<p><button>Überweisen</button></form><p>Der Kontoauszug eines Tages: /bank/2026-11-23.xml</html>"""
