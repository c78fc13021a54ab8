"""One app: it speaks the operator interface with its own key, and knows its running parkings."""

import json
import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from simulators.parking_apps.profiles import ORDINARY, PROFILES, Profile

WAIT = 20
# Reports that no app should send, each refused with its field and reason.
MISTAKES: tuple[dict[str, Any], ...] = (
    {"zone": "999"},
    {"registration_number": ""},
    {"time_start": "2020-01-01T08:00:00Z"},
    {"time_end": "gestern"},
    {"domain": "HKI"},
)


class Unreachable(Exception):
    """The city does not answer: the same request may be sent again."""


@dataclass
class Running:
    """A parking that the app sold, and when its driver comes back."""

    id: str
    plate: str
    back: datetime
    until: datetime | None
    touched: bool = False


@dataclass
class App:
    """A provider's own program."""

    slug: str
    name: str
    key: str
    surcharge: dict[str, int]
    base: str
    rng: random.Random
    zones: list[str] = field(default_factory=list)
    running: list[Running] = field(default_factory=list)
    sold: int = 0
    refused: int = 0
    surcharges: int = 0

    @property
    def profile(self) -> Profile:
        return PROFILES.get(self.slug, ORDINARY)

    def ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, key: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """Status and answer. Raises Unreachable."""
        headers = {"Authorization": f"ApiKey {self.key}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        request = Request(  # noqa: S310  the address is the demo's own
            f"{self.base}/api/parking_tickets/operator/v1/{path}", method=method, headers=headers,
            data=json.dumps(body).encode() if body is not None else None,
        )  # fmt: skip
        try:
            with urlopen(request, timeout=WAIT) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read() or b"{}")
        except HTTPError as error:
            if error.code >= 500:
                raise Unreachable(str(error)) from None
            return error.code, json.loads(error.read() or b"{}")
        except (URLError, OSError, HTTPException) as error:
            raise Unreachable(str(error)) from None

    def learn_zones(self) -> None:
        """The zones that can be sold."""
        _status, told = self.ask("GET", "payment_zone/")
        self.zones = [one["code"] for one in told.get("results", ())]

    def sell(self, now: datetime, plate: str) -> None:
        """A driver parks; now and then the report is wrong, or sent twice."""
        stays = timedelta(minutes=self.rng.choice((15, 20, 30, 45, 60, 90, 120)))
        until = None if self.rng.random() < self.profile.open_ended else now + stays
        said: dict[str, Any] = {
            "registration_number": plate, "time_start": written(now),
            "time_end": written(until) if until else None, "zone": self.rng.choice(self.zones),
        }  # fmt: skip
        if self.rng.random() < self.profile.mistakes:
            said |= self.rng.choice(MISTAKES)
        key = uuid.uuid4().hex if self.profile.keyed else ""
        status, told = self.ask("POST", "parking/", said, key)
        if status == 201 and self.rng.random() < self.profile.retries:
            # As after a broken connection: the answer has to be the same parking.
            again = self.ask("POST", "parking/", said, key)[1]
            if again.get("id") != told["id"]:
                print(f"{self.name}: a retry made another parking", flush=True)
        if status != 201:
            self.refused += 1
            return
        self.sold += 1
        self.running.append(Running(told["id"], plate, now + stays, until))

    def follow(self, now: datetime) -> None:
        """Drivers come back, later or earlier than they thought."""
        for one in list(self.running):
            if one.until is None:
                if now >= one.back:
                    self._over(one, "stop", {})
            elif now >= one.until:
                self.running.remove(one)
            elif not one.touched and now >= one.back - timedelta(minutes=5):
                self._thinks_again(one, now)

    def _thinks_again(self, one: Running, now: datetime) -> None:
        one.touched, dice = True, self.rng.random()
        if dice < self.profile.extends and one.until is not None:
            until = one.until + timedelta(minutes=self.rng.choice((10, 15, 30)))
            status, _told = self.ask("POST", f"parking/{one.id}/extend/",
                                     {"time_end": written(until)}, uuid.uuid4().hex)  # fmt: skip
            one.until = until if status == 200 else one.until
        elif dice < self.profile.extends + self.profile.shortens:
            self._over(one, "shorten", {"time_end": written(now + timedelta(minutes=2))})

    def _over(self, one: Running, deed: str, said: dict[str, Any]) -> None:
        status, told = self.ask("POST", f"parking/{one.id}/{deed}/", said, uuid.uuid4().hex)
        if status == 200:
            self.surcharges += surcharge_of(self.surcharge, told["price"]["cents"])
        self.running.remove(one)


def surcharge_of(rule: dict[str, int], cents: int) -> int:
    """What the app takes from its driver on top of the city's fee."""
    share = (cents * rule.get("per_mille", 0) + 500) // 1000
    return max(share, rule.get("least_cents", 0)) + rule.get("flat_cents", 0)


def written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
