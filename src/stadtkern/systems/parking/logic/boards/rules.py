"""What a line says of its car parks: one rule set for numbers, words, and what is not known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal

from stadtkern.systems.parking.logic.states import named

Level = Literal["free", "low", "full"]
Kind = Literal["number", "at_least", "low", "full", "closed", "static"]
WHOLE = "*"
LEVELS: Mapping[str, Level] = {"good": "free", "tight": "low", "bad": "full"}
NAMES: Mapping[Level, str] = {level: name for name, level in LEVELS.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """Shares of free spaces (0 to 1), as DATEX II has them in `overrideParkingThresholds`.

    When it fills it is low below `low_below` and full below `full_below`; when it empties it is
    full no more from `full_above` and low no more from `low_above`.
    """

    low_below: float = 0.15
    low_above: float = 0.20
    full_below: float = 0.02
    full_above: float = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A car park, or one audience of it, as it was counted. `free` is None where nobody knows."""

    uid: str
    capacity: int
    free: int | None
    at: datetime | None
    closed: bool = False
    thresholds: Thresholds = field(default_factory=Thresholds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """How a line is to be shown: `step` dampens, `partial` shows what is known of a sum.

    `level` is what the car park was called before, where that is kept with the car park itself.
    """

    oldest: timedelta
    step: int = 1
    partial: bool = False
    level: Level | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """What was said before: levels by car park, the last number, the car park pointed to."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    number: int | None = None
    chosen: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a line says: a number only with the kinds `number`, `at_least` and `low`."""

    kind: Kind
    number: int | None = None


def level(free: int, capacity: int, at: Thresholds, before: Level = "free") -> Level:
    """As car parks are named everywhere (`logic.states`): what is full stays full until
    `full_above`, what is low until `low_above`.

    No free space is always full, and a car park without spaces is full.
    """
    if free <= 0 or capacity <= 0:
        return "full"
    return LEVELS[named(NAMES[before], free, capacity, at)]


def known(member: Member, now: datetime, oldest: timedelta) -> int | None:
    """Its free spaces, within its capacity; None where the count is missing, or too old."""
    if member.closed:
        return 0
    if member.free is None or member.at is None or now - member.at > oldest:
        return None
    return min(max(member.free, 0), member.capacity)


def together(members: Sequence[Member]) -> Thresholds:
    """Thresholds of a sum: those of its members, by their capacities."""
    whole = sum(one.capacity for one in members)
    if not whole:
        return Thresholds()

    def mean(name: str) -> float:
        parts: float = sum(getattr(one.thresholds, name) * one.capacity for one in members)
        return parts / whole

    return Thresholds(low_below=mean("low_below"), low_above=mean("low_above"),
                      full_below=mean("full_below"), full_above=mean("full_above"))  # fmt: skip


def say(
    members: Sequence[Member], now: datetime, wish: Wish, before: Memory
) -> tuple[Said, Memory]:
    """What a line says of one car park or of several together, and what to remember.

    A member that is not known never counts as zero: the line falls to its static text, or says
    what is known of the others as the least there is.
    """
    open_ = [one for one in members if not one.closed]
    if members and not open_:
        return Said(kind="closed"), Memory(levels=before.levels)
    counts = [known(one, now, wish.oldest) for one in open_]
    heard = [count for count in counts if count is not None]
    if not heard:
        return Said(kind="static"), Memory(levels=before.levels)
    if len(heard) < len(counts):
        return _partly(sum(heard), wish, before)
    return _wholly(sum(heard), open_, wish, before)


def _partly(least: int, wish: Wish, before: Memory) -> tuple[Said, Memory]:
    """“At least 0” would tell people nothing."""
    if not wish.partial or least == 0:
        return Said(kind="static"), Memory(levels=before.levels)
    return Said(kind="at_least", number=least), Memory(levels=before.levels)


def _wholly(
    free: int, members: Sequence[Member], wish: Wish, before: Memory
) -> tuple[Said, Memory]:
    capacity = sum(one.capacity for one in members)
    was = wish.level or before.levels.get(WHOLE, "free")
    now_at = level(free, capacity, together(members), was)
    levels: dict[str, Level] = {**before.levels, WHOLE: now_at}
    if now_at == "full":
        return Said(kind="full"), Memory(levels=levels)
    if now_at == "low":
        return Said(kind="low", number=free), Memory(levels=levels, number=free)
    number = _calm(free, capacity, wish, before)
    return Said(kind="number", number=number), Memory(levels=levels, number=number)


def _calm(free: int, capacity: int, wish: Wish, before: Memory) -> int:
    """The number before, while the change is smaller than a step and no threshold was crossed."""
    last = before.number
    crossed = before.levels.get(WHOLE, "free") != "free"
    far = last is None or last > capacity or abs(free - last) >= wish.step
    return free if last is None or far or crossed else last


def light(at: time, day_from: time, night_from: time, day: int, night: int) -> int:
    """Brightness in percent at a local time; the day may not go past midnight, the night does."""
    return day if day_from <= at < night_from else night
