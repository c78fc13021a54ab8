"""Which car park a guidance sign points to, and in which direction; full ones are passed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, atan2, cos, degrees, radians, sin, sqrt

from stadtkern.systems.parking.logic.boards.rules import Level, Member, Memory, known, level

EARTH_M = 6_371_000.0
# So much farther may a car park with room be than one that has little left.
LOW_COSTS_M = 400.0
# Another car park must be nearer by this much, in metres and as a share, before a sign turns.
TURNS_FOR_M, TURNS_FOR = 150.0, 0.15
SECTORS = (
    "ahead", "half_right", "right", "back_right", "back", "back_left", "left", "half_left",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A car park that a sign may point to; `metres` is how far it is."""

    member: Member
    metres: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What a sign points to. `useful` is false where no car park is known to have room."""

    uid: str
    useful: bool


def choose(
    candidates: Sequence[Candidate], now: datetime, oldest: timedelta, before: Memory
) -> tuple[Choice | None, Memory]:
    """The nearest car park with room; one that is full, closed or not known is passed over.

    The sign stays with the one before while that has room and no other is clearly nearer. Where
    none is known to have room it points to the nearest that may have some, without a promise.
    """
    levels = dict(before.levels)
    for one in candidates:
        if (found := _level(one.member, now, oldest, levels)) is not None:
            levels[one.member.uid] = found
    usable = [one for one in candidates if _has_room(one, now, oldest, levels)]
    if not usable:
        chosen = _perhaps(candidates, now, oldest)
        kept = Memory(levels=levels, chosen=before.chosen)
        return (Choice(uid=chosen, useful=False) if chosen else None), kept
    best = min(usable, key=lambda one: (_cost(one, levels), one.member.uid))
    stay = next((one for one in usable if one.member.uid == before.chosen), None)
    if stay is not None and not _clearly(_cost(best, levels), _cost(stay, levels)):
        best = stay
    uid = best.member.uid
    return Choice(uid=uid, useful=True), Memory(levels=levels, chosen=uid)


def _level(
    member: Member, now: datetime, oldest: timedelta, levels: dict[str, Level]
) -> Level | None:
    free = known(member, now, oldest)
    if free is None or member.closed:
        return None
    return level(free, member.capacity, member.thresholds, levels.get(member.uid, "free"))


def _has_room(one: Candidate, now: datetime, oldest: timedelta, levels: dict[str, Level]) -> bool:
    is_known = not one.member.closed and known(one.member, now, oldest) is not None
    return is_known and levels[one.member.uid] != "full"


def _perhaps(candidates: Sequence[Candidate], now: datetime, oldest: timedelta) -> str:
    """The nearest that is open and not known; empty where all are known to be full or closed."""
    dark = [
        one for one in candidates
        if not one.member.closed and known(one.member, now, oldest) is None
    ]  # fmt: skip
    return min(dark, key=lambda one: one.metres).member.uid if dark else ""


def _cost(one: Candidate, levels: dict[str, Level]) -> float:
    return one.metres + (LOW_COSTS_M if levels[one.member.uid] == "low" else 0.0)


def _clearly(new: float, old: float) -> bool:
    return old - new > max(TURNS_FOR_M, TURNS_FOR * old)


def metres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The distance as the crow flies between two points (longitude, latitude in degrees)."""
    (lon1, lat1), (lon2, lat2) = here, there
    half = sin(radians(lat2 - lat1) / 2) ** 2
    half += cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(half))


def bearing(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The direction from one point to another, in degrees from north, 0 to 360."""
    lon1, lat1, lon2, lat2 = (radians(value) for value in (*here, *there))
    east = sin(lon2 - lon1) * cos(lat2)
    north = cos(lat1) * sin(lat2) - sin(lat1) * cos(lat2) * cos(lon2 - lon1)
    return degrees(atan2(east, north)) % 360


def arrow(facing: float, towards: float) -> str:
    """The arrow for somebody who looks in one direction and is to go in another (degrees)."""
    turn = (towards - facing + 22.5) % 360
    return SECTORS[int(turn // 45)]
