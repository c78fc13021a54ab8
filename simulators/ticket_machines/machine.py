"""One ticket machine: coins, paper, a network that breaks, and what it has to tell the city."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

WAIT = 20
COINS = (10, 20, 50, 100, 200)
ROLL = 400
BEAT = timedelta(minutes=15)
MOST_WAITING = 500
# Shares of the sales: the answer gets lost, somebody types a plate.
ANSWER_LOST, WITH_PLATE = 0.05, 0.1
# Of each look at a machine that works.
JAMS, NETWORK_BREAKS = 0.0001, 0.0003
NO_PAPER, JAMMED = "Papier leer", "Münzprüfer klemmt"


class Unreachable(Exception):
    """The city does not answer: the same message is sent again later."""


Post = Callable[[str, str, dict[str, Any]], tuple[int, dict[str, Any]]]


def post(url: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and answer. Raises Unreachable."""
    headers = {"Authorization": f"ApiKey {key}", "Content-Type": "application/json"}
    request = Request(url, method="POST", headers=headers, data=json.dumps(body).encode())  # noqa: S310  the demo's own
    try:
        with urlopen(request, timeout=WAIT) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read() or b"{}")
    except HTTPError as error:
        if error.code >= 500 or error.code == 429:
            raise Unreachable(str(error)) from None
        return error.code, json.loads(error.read() or b"{}")
    except (URLError, OSError, HTTPException) as error:
        raise Unreachable(str(error)) from None


@dataclass
class TicketMachine:
    """What stands at the kerb. `waiting` are tickets that were printed and not told yet."""

    number: str
    key: str
    base: str
    rng: random.Random
    post: Post = post
    paper: int = ROLL
    printed: int = 0
    taken_cents: int = 0
    fault: str = ""
    repaired: datetime | None = None
    alone_until: datetime | None = None
    beats: datetime | None = None
    waiting: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def sell(self, now: datetime, plate: str = "") -> bool:
        """Somebody throws coins in; nothing is sold where it is out of order."""
        if self.fault or len(self.waiting) >= MOST_WAITING:
            return False
        coins = [self.rng.choice(COINS) for _ in range(self.rng.randint(1, 4))]
        self.printed += 1
        ticket: dict[str, Any] = {
            "number": f"{now:%y%m%d}-{self.number}-{self.printed:06d}", "cents": sum(coins),
            "time_start": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }  # fmt: skip
        if plate:
            ticket["registration_number"] = plate
        return self._alone(now, ticket) if self.is_alone(now) else self._asked(now, ticket)

    def is_alone(self, now: datetime) -> bool:
        """Whether its network is down."""
        return self.alone_until is not None and now < self.alone_until

    def _asked(self, now: datetime, ticket: dict[str, Any]) -> bool:
        """With a network the city says first whether it may be; else the coins come out again."""
        try:
            status, told = self._tell("tickets", ticket)
            if status in (200, 201) and self.rng.random() < ANSWER_LOST:
                # As if the answer had got lost: the same ticket has to come back.
                again = self._tell("tickets", ticket)[1]
                if again.get("id") != told.get("id"):
                    print(f"machine {self.number}: told twice, booked twice", flush=True)
        except Unreachable:
            return self._alone(now, ticket)
        if status not in (200, 201):
            return False
        self._print(ticket)
        return True

    def _alone(self, now: datetime, ticket: dict[str, Any]) -> bool:
        """It prints by the sign on its front, and tells the city later."""
        self.waiting.append(ticket)
        self.alone_until = self.alone_until or now + timedelta(minutes=1)
        self._print(ticket)
        return True

    def _print(self, ticket: dict[str, Any]) -> None:
        self.paper -= 1
        self.taken_cents += ticket["cents"]

    def look(self, now: datetime) -> None:
        """What happens by itself: faults, repairs, the network, the queue, a sign of life."""
        self._break(now)
        if self.is_alone(now):
            return
        self.alone_until = None
        try:
            self._empty_queue()
            if self.beats is None or now >= self.beats:
                self._report()
                self.beats = now + BEAT
        except Unreachable:
            self.alone_until = now + timedelta(minutes=1)

    def _break(self, now: datetime) -> None:
        if self.fault:
            if self.repaired is not None and now >= self.repaired:
                self.paper = ROLL if self.fault == NO_PAPER else self.paper
                self.fault, self.repaired, self.beats = "", None, None
            return
        fault = NO_PAPER if self.paper <= 0 else JAMMED if self.rng.random() < JAMS else ""
        if fault:
            self.fault, self.beats = fault, None
            self.repaired = now + timedelta(minutes=self.rng.randint(10, 45))
        elif self.alone_until is None and self.rng.random() < NETWORK_BREAKS:
            self.alone_until = now + timedelta(minutes=self.rng.randint(3, 20))

    def _empty_queue(self) -> None:
        """In the order of printing; what the city refuses is kept apart for somebody to look at."""
        while self.waiting:
            status, told = self._tell("tickets", self.waiting[0])
            if status not in (200, 201):
                print(f"machine {self.number}: refused {status} {told}", flush=True)
                self.refused.append(self.waiting[0])
            self.waiting.pop(0)

    def _report(self) -> None:
        state = {"state": "disturbed", "fault": self.fault} if self.fault else {"state": "ok"}
        self._tell("state", state)

    def _tell(self, what: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        url = f"{self.base}/api/parking_tickets/machines/{self.number}/{what}"
        return self.post(url, self.key, body)

    def kept(self) -> dict[str, Any]:
        """What a machine remembers without power; plates are left out."""
        waiting = [{k: v for k, v in one.items() if k != "registration_number"}
                   for one in self.waiting]  # fmt: skip
        return {"printed": self.printed, "paper": self.paper, "taken_cents": self.taken_cents,
                "waiting": waiting}  # fmt: skip

    def remember(self, kept: dict[str, Any]) -> None:
        """Go on as before a restart."""
        self.printed, self.paper = kept["printed"], kept["paper"]
        self.taken_cents, self.waiting = kept["taken_cents"], list(kept["waiting"])
