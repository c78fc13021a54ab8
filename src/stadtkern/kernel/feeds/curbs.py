"""Where the kerb has rules of its own: zones in which parking costs money or time is short."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

Day = Literal["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """So many cents for so many minutes, from a minute of the stay on to another; None: its end."""

    cents: int
    per_minutes: int = 60
    begins: int = 0
    ends: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CurbRule:
    """When parking costs how much, by the clock on the wall (`HH:MM`, `until` at most 24:00).

    Where `until` is not after `begins` it ends on the next day. `days` are those that are no
    public holiday; `holidays` says whether it holds on these too. `vehicle` is empty for everybody,
    else a class that pays another price, to and with `last_day`. `uid` never names other rules.
    """

    uid: UUID
    days: tuple[Day, ...]
    begins: str
    until: str
    published: datetime
    rates: tuple[Rate, ...] = ()
    holidays: bool = False
    vehicle: Literal["electric", "disabled", ""] = ""
    longest_minutes: int | None = None
    no_return_minutes: int = 0
    last_day: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CurbZone:
    """A zone with its outline (GeoJSON, Polygon or MultiPolygon) and its rules.

    Of rules that hold at one time for one vehicle the one that stands first does. `number` is what
    signs show; `begins` is since when it is known to be so, `changed` when zone or rules changed.
    """

    place: UUID
    system: str
    name: str
    number: str
    outline: dict[str, Any]
    rules: tuple[CurbRule, ...]
    begins: datetime
    changed: datetime
    invented: bool = False
