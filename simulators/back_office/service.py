"""One address for all of it: delivery service, procedures, page, and a hand on the faults."""

import contextlib
import json
import time
from typing import Any

from simulators.back_office.callbacks import Callbacks
from simulators.back_office.delivery import Delivery
from simulators.back_office.faults import Faults
from simulators.back_office.other_ways import OtherWays
from simulators.back_office.page import Page
from simulators.back_office.receiver import Receiver
from simulators.back_office.store import PROCEDURES, Store
from simulators.wire import Answer, Request, told


class Gone(Exception):
    """The answer is lost: the connection is closed without one."""


class Service:
    """`base` is the simulator's own address, `city` where callbacks go (empty: nowhere)."""

    def __init__(
        self, store: Store, faults: Faults, key: str, base: str, *, city: str = "",
        auto: bool = False, patience: float = 30.0,
    ) -> None:  # fmt: skip
        self.store, self.faults, self.patience = store, faults, patience
        self.delivery = Delivery(store, faults, base, key)
        self.receiver = Receiver(store, faults, self.delivery, auto=auto)
        self.others, self.page = OtherWays(self.receiver, key), Page(self.receiver)
        self.callbacks = Callbacks(city, key)
        if city:
            self.delivery.changed = self.callbacks.tell

    def answer(self, request: Request) -> Answer:
        if request.path.startswith("/control/"):
            return self._control(request)
        if found := self.page.answer(request):
            return found
        return self._with_faults(request)

    def _with_faults(self, request: Request) -> Answer:
        fault = self.faults.draw("error", "busy", "timeout", "slow", "lost")
        if fault == "error":
            return told({"title": "Internal Server Error"}, 500)
        if fault == "busy":
            return told({"title": "Too Many Requests"}, 429, **{"RateLimit-Reset": "1"})
        if fault == "timeout":
            time.sleep(self.patience)
            raise Gone
        if fault == "slow":
            time.sleep(min(self.patience, 0.3))
        answer = self._answer(request)
        if fault == "lost":
            raise Gone
        return answer

    def _answer(self, request: Request) -> Answer:
        if request.path.endswith("/events") and request.method == "POST":
            self._learn_keys()
        found = self.delivery.answer(request) or self.others.answer(request)
        return found or told({"title": "Not Found"}, 404)

    def _learn_keys(self) -> None:
        """Who signs receipts publishes the keys; here they are fetched when one is needed."""
        if self.callbacks.base:
            known = [key for slug in PROCEDURES for key in self.callbacks.sender_keys(slug)]
            self.delivery.sender_keys = known

    def _control(self, request: Request) -> Answer:
        """For tests, benchmarks and whoever wants to see things go wrong."""
        parts = request.path.removeprefix("/control/").strip("/").split("/")
        body: dict[str, Any] = request.data
        match parts:
            case ["cases"]:
                return told([
                    {"id": one.id, "reference": one.reference, "way": one.way, "state": one.state,
                     "procedure": one.procedure, "times": one.times, "later": one.later}
                    for one in self.store.cases.values()
                ])  # fmt: skip
            case ["faults"]:
                if request.method == "POST":
                    self.faults.set({name: float(share) for name, share in body.items()})
                return told({"shares": self.faults.shares, "happened": self.faults.happened})
            case ["keys", name] if name in self.store.keys and request.method == "POST":
                return told(self.store.renew(name, self.store.keys[name][0].use).public)
            case ["sender-keys"]:
                self.delivery.sender_keys = list(body["keys"])
                return told({})
            case ["refuse"]:
                self.receiver.refuse_next = str(body["problem"])
                return told({})
            case ["decide", number]:
                self.page.decide(number, body.get("outcome", "granted"), body.get("text", ""))
                return told({})
            case ["answer", number]:
                with contextlib.suppress(KeyError):
                    self.receiver.answer(
                        number, body["type"], body.get("text", ""), wanted=body.get("wanted"),
                        due=body.get("due", ""),
                    )  # fmt: skip
                return told({})
            case ["expire"]:
                return told({"refused": self.delivery.refuse_old(time.time() + 15 * 86400)})
        return told({"title": "Not Found", "detail": json.dumps(parts)}, 404)
