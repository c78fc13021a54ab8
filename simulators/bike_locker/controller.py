"""One place's controller: its boxes, its list of who may open, and what it has to tell."""

import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from simulators.bike_locker.codes import digest, read_offline

# A terminal that is tried like this is silent for a while.
TRIES, SILENT = 5, timedelta(minutes=10)
# A list's `until` has the grace of an hour on top of what was paid for.
BEFORE_UNTIL = timedelta(minutes=90)
FORGETS = 11


@dataclass
class Door:
    """A box: whether its door is open, a bicycle inside, the lock jammed."""

    number: int
    size: str = ""
    open: bool = False
    bike: bool = False
    jammed: bool = False
    forced: bool = False
    opened_at: datetime | None = None
    told_open: bool = False


@dataclass
class Controller:
    """What a controller knows; all of it under one lock."""

    facility: str
    title: str
    key: str
    secret: str
    doors: dict[int, Door]
    skew: float = 0.0
    online: bool = True
    power: bool = True
    boot: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    sequence: int = 0
    version: str = ""
    entries: list[dict[str, Any]] = field(default_factory=list)
    learned: list[tuple[int, str, datetime]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    done: dict[str, bool] = field(default_factory=dict)
    wrong: int = 0
    silent_until: datetime | None = None
    heard: datetime | None = None

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.news = threading.Event()
        self.tell(0, "started")

    def now(self) -> datetime:
        """By its own clock, which may be wrong."""
        return datetime.now(UTC) + timedelta(seconds=self.skew)

    def tell(self, box: int, kind: str, means: str = "", detail: str = "") -> None:
        """Keep an event until the city has acknowledged it."""
        with self.lock:
            self.sequence += 1
            self.events.append({"seq": self.sequence, "at": self.now().isoformat(), "box": box,
                                "kind": kind, "means": means, "detail": detail})  # fmt: skip
        self.news.set()

    # The renter at the terminal.

    def typed(self, text: str) -> str:
        """A PIN or an offline code; what the display says."""
        with self.lock:
            if (refused := self._refused()) is not None:
                return refused
            digits = "".join(c for c in text if c.isdigit())
            if len(digits) == 20:
                return self._offline(digits)
            box = self._box_for("pin", digest(self.secret, "pin", digits))
            return self._opened_or_denied(box, "pin")

    def card(self, uid: str) -> str:
        """A card at the reader."""
        with self.lock:
            if (refused := self._refused()) is not None:
                return refused
            number = "".join(c for c in uid.upper() if c.isalnum())
            return self._opened_or_denied(
                self._box_for("card", digest(self.secret, "card", number)), "card"
            )

    def _refused(self) -> str | None:
        if not self.power:
            return "(dark)"
        if self.silent_until is not None and self.now() < self.silent_until:
            return "Too many wrong tries. Please wait."
        return None

    def _box_for(self, kind: str, wanted: str) -> int | None:
        """The box that this digest opens now; what was typed offline counts beside the list."""
        now = self.now()
        for one in self.entries:
            begins, until = (datetime.fromisoformat(one[k]) for k in ("from", "until"))
            if wanted and one[kind] == wanted and begins <= now < until:
                return int(one["box"])
        if kind == "pin":
            for box, known, until in self.learned:
                if known == wanted and now < until:
                    return box
        return None

    def _offline(self, digits: str) -> str:
        code = read_offline(self.secret, self.facility, digits, self.now())
        if code is None or code.box not in self.doors:
            return self._opened_or_denied(None, "offline")
        self.learned.append((code.box, digest(self.secret, "pin", code.pin), code.until))
        # We know more than the list: the city is to send it anew.
        self.version = ""
        return self._opened_or_denied(code.box, "offline")

    def _opened_or_denied(self, box: int | None, means: str) -> str:
        if box is None:
            self.wrong += 1
            if self.wrong >= TRIES:
                self.wrong, self.silent_until = 0, self.now() + SILENT
            self.tell(0, "denied", means)
            return "Not valid."
        self.wrong = 0
        return f"Box {box} is open." if self.unlock(box, means) else f"Box {box} is jammed."

    def unlock(self, number: int, means: str) -> bool:
        """Turn the lock; False where the door does not move."""
        with self.lock:
            door = self.doors[number]
            if door.jammed:
                self.tell(number, "jammed")
                return False
            door.open, door.opened_at, door.told_open = True, self.now(), False
            self.tell(number, "opened", means)
            return True

    # The street.

    def close(self, number: int) -> None:
        with self.lock:
            door = self.doors[number]
            if door.open:
                door.open = door.forced = False
                self.tell(number, "closed")

    def bike(self, number: int, inside: bool) -> None:
        """Only through an open door."""
        with self.lock:
            door = self.doors[number]
            if door.open and door.bike != inside:
                door.bike = inside
                self.tell(number, "occupied" if inside else "vacant")

    def force(self, number: int) -> None:
        with self.lock:
            door = self.doors[number]
            door.open = door.forced = True
            self.tell(number, "forced", detail="lock still turned")

    def switch_power(self, on: bool) -> None:
        with self.lock:
            if self.power and not on:
                self.tell(0, "power_lost")
            elif on and not self.power:
                self.tell(0, "power_back")
            self.power = on
        self.news.set()

    def tick(self, left_open: timedelta, closes: timedelta | None) -> None:
        """A door that stands open is told once; in the demo somebody closes it."""
        with self.lock:
            for door in self.doors.values():
                age = self.now() - door.opened_at if door.open and door.opened_at else timedelta()
                if closes is not None and age > closes and not door.forced:
                    self.close(door.number)
                elif age > left_open and not door.told_open:
                    door.told_open = True
                    self.tell(door.number, "left_open")

    def live(self) -> None:
        """In good time before the end of their rental people fetch their bicycles; one forgets."""
        with self.lock:
            soon = self.now() + BEFORE_UNTIL
            for one in self.entries:
                door = self.doors.get(one["box"])
                if door is None or not door.bike or door.open or door.number % FORGETS == 0:
                    continue
                if datetime.fromisoformat(one["until"]) < soon and self.unlock(door.number, "pin"):
                    self.bike(door.number, False)
                    self.close(door.number)

    # The city.

    def message(self, *, events: bool) -> dict[str, Any]:
        """What is sent; nothing of it is forgotten before it is acknowledged."""
        with self.lock:
            return {"boot": self.boot, "clock": self.now().isoformat(), "list": self.version,
                    "events": self.events[:200] if events else [],
                    "answers": self.answers[:200] if events else []}  # fmt: skip

    def acknowledged(self, sent: dict[str, Any]) -> None:
        """The city has committed it."""
        with self.lock:
            seen = {one["seq"] for one in sent["events"]}
            told = {one["command"] for one in sent["answers"]}
            self.events = [one for one in self.events if one["seq"] not in seen]
            self.answers = [one for one in self.answers if one["command"] not in told]
            self.heard = datetime.now(UTC)

    def told(self, news: dict[str, Any]) -> None:
        """The list and commands; a command that comes twice opens once."""
        with self.lock:
            if "list" in news:
                self.version = news["list"]["version"]
                self.entries = news["list"]["entries"]
                # What the city says wins over what was typed while it could not be asked.
                self.learned = []
            for one in news["commands"]:
                if one["id"] not in self.done:
                    self._obey(one)

    def _obey(self, one: dict[str, Any]) -> None:
        done, problem = False, ""
        if one["box"] not in self.doors:
            problem = "unknown_box"
        elif datetime.fromisoformat(one["expires"]) < datetime.now(UTC):
            problem = "too_late"
        else:
            done = self.unlock(one["box"], "remote")
            problem = "" if done else "jammed"
        self.done[one["id"]] = done
        self.answers.append({"command": one["id"], "done": done, "problem": problem})
        self.news.set()
