"""A session in pieces in which no restriction of a tariff begins or ends (OCPI 2.2.1, 11.4.6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

DAYS: Final = (
    "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY",
)  # fmt: skip
# Below this a car that is plugged in parks.
PARKS_W: Final = 100.0
# What `fits` can tell from time, energy and mean power. Current is not among them: meters that
# tell energy seldom tell it for all phases.
KNOWN: Final = frozenset((
    "start_time", "end_time", "start_date", "end_date", "min_kwh", "max_kwh", "min_power",
    "max_power", "min_duration", "max_duration", "day_of_week",
))  # fmt: skip
MOST_DAYS: Final = 31
NIGHT: Final = tuple(f"{hour:02}:00" for hour in range(6))


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A stretch of a session in which everything is the same; `wh` is the energy within it."""

    begins: datetime
    ends: datetime
    wh: float
    parks: bool = False

    @property
    def seconds(self) -> float:
        return (self.ends - self.begins).total_seconds()

    @property
    def watt(self) -> float:
        """Its mean power."""
        return self.wh * 3600 / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """A piece with what came before it: `at` by the city's clock, energy in Wh, seconds."""

    period: Period
    at: datetime
    wh: float
    seconds: float


def stretch(begins: datetime, ends: datetime, wh: float) -> Period:
    """A period between two meter values; it parks where next to nothing flows."""
    hours = (ends - begins).total_seconds() / 3600
    return Period(begins=begins, ends=ends, wh=wh, parks=hours > 0 and wh / hours < PARKS_W)


def priced(restrictions: Mapping[str, Any]) -> bool:
    """Whether an element with these can be reckoned here; one that cannot never applies."""
    return {key for key, value in restrictions.items() if value is not None} <= KNOWN


def pieces(
    elements: Sequence[Mapping[str, Any]], spent: Sequence[Period], zone: ZoneInfo
) -> Iterator[State]:
    """Cut where any element begins or ends to fit; within a period energy flows evenly."""
    limits = [one["restrictions"] for one in elements if one.get("restrictions")]
    so_far = 0.0
    for one in spent:
        begun = spent[0].begins
        instants = [*_of_duration(limits, begun), *_of_clock(limits, one, zone),
                    *_of_energy(limits, one, so_far)]  # fmt: skip
        at = [one.begins, *sorted({i for i in instants if one.begins < i < one.ends}), one.ends]
        for first, last in pairwise(at):
            share = (last - first) / (one.ends - one.begins) if one.ends > one.begins else 1.0
            part = Period(begins=first, ends=last, wh=one.wh * share, parks=one.parks)
            yield State(period=part, at=first.astimezone(zone), wh=so_far,
                        seconds=(first - begun).total_seconds())  # fmt: skip
            so_far += part.wh


def _of_duration(limits: Sequence[Mapping[str, Any]], begun: datetime) -> Iterator[datetime]:
    for one in limits:
        for name in ("min_duration", "max_duration"):
            if one.get(name):
                yield begun + timedelta(seconds=one[name])


def _of_clock(
    limits: Sequence[Mapping[str, Any]], period: Period, zone: ZoneInfo
) -> Iterator[datetime]:
    """Each midnight and each time of day that a restriction names, by the city's clock."""
    named = {one[name] for one in limits for name in ("start_time", "end_time") if one.get(name)}
    if not named and not any(
        {"start_date", "end_date", "day_of_week"} & set(one) for one in limits
    ):
        return
    day = period.begins.astimezone(zone).date()
    last = min(period.ends.astimezone(zone).date(), day + timedelta(days=MOST_DAYS))
    while day <= last:
        for said in {"00:00", *named, *(NIGHT if _clocks_change(day, zone) else ())}:
            for fold in (0, 1):
                local = datetime.combine(day, time.fromisoformat(said), zone).replace(fold=fold)
                yield local.astimezone(UTC)
        day += timedelta(days=1)


def _clocks_change(day: date, zone: ZoneInfo) -> bool:
    """In that night some times of day come twice, or never."""
    noon = datetime.combine(day, time(12), zone)
    return noon.utcoffset() != (noon - timedelta(days=1)).utcoffset()


def _of_energy(
    limits: Sequence[Mapping[str, Any]], period: Period, so_far: float
) -> Iterator[datetime]:
    for one in limits:
        for name in ("min_kwh", "max_kwh"):
            wanted = float(one.get(name) or 0) * 1000 - so_far
            if 0 < wanted < period.wh:
                yield period.begins + (period.ends - period.begins) * (wanted / period.wh)


def fits(limits: Mapping[str, Any], state: State) -> bool:
    """Whether all restrictions hold at the beginning of this piece, and so in all of it."""
    if not limits:
        return True
    kilowatt = state.period.watt / 1000
    return (
        priced(limits)
        and _in_time(limits, state.at)
        # A thousandth of a Wh: pieces are cut exactly there, but for rounding.
        and state.wh / 1000 >= (limits.get("min_kwh") or 0) - 1e-6
        and state.wh / 1000 < (limits.get("max_kwh") or float("inf")) - 1e-6
        and kilowatt >= (limits.get("min_power") or 0)
        and kilowatt < (limits.get("max_power") or float("inf"))
        and state.seconds >= (limits.get("min_duration") or 0)
        and state.seconds < (limits.get("max_duration") or float("inf"))
    )


def _in_time(limits: Mapping[str, Any], at: datetime) -> bool:
    day, clock_says = at.date().isoformat(), f"{at:%H:%M}"
    begins, ends = limits.get("start_time"), limits.get("end_time")
    if ends == "00:00":
        ends = None  # the end of the day (OCPI 2.2.1, 11.4.6)
    if begins and ends and begins > ends:
        in_hours = clock_says >= begins or clock_says < ends
    else:
        in_hours = (not begins or clock_says >= begins) and (not ends or clock_says < ends)
    return (
        in_hours
        and day >= (limits.get("start_date") or day)
        and (not limits.get("end_date") or day < limits["end_date"])
        and (not limits.get("day_of_week") or DAYS[at.weekday()] in limits["day_of_week"])
    )
