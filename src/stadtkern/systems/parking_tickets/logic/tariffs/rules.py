"""The rules of a tariff, as they are stored with a version."""

from datetime import date
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH")
Day = Literal["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"]
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Cents = Annotated[int, Meta(ge=0, le=1_000_000)]
Minutes = Annotated[int, Meta(ge=0, le=44_640)]
Some = Annotated[int, Meta(ge=1, le=44_640)]


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For so many `minutes` (None: from then on) `cents` for each `per_minutes`, shared evenly."""

    cents: Cents
    per_minutes: Some = 60
    minutes: Some | None = None


class Window(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hours in which parking costs money, by the clock on the wall.

    Where `ends` is not after `begins` it ends on the next day, and belongs to the day on which it
    begins. On a public holiday only windows with `PH` hold. Of windows that overlap the first
    holds. `most_cents` is the highest price for one such window.
    """

    name: Annotated[str, Meta(min_length=1, max_length=30)]
    days: Annotated[tuple[Day, ...], Meta(min_length=1, max_length=8)]
    begins: Clock
    ends: Clock
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=12)]
    most_cents: Cents | None = None


class Vehicle(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a class of vehicles pays of the price, to and with the day `until`."""

    per_mille: Annotated[int, Meta(ge=0, le=10_000)] = 1000
    until: date | None = None


class Rules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole tariff; docs/reference/parking-tariffs.md explains every word with examples.

    `minute`: the last minute counts by the second (`exact`), whole once begun, or only once ended.
    `follow_through`: steps count on from one window to the next; else each begins anew.
    `return_minutes`: who comes back within it counts on (free minutes, steps, longest stay).
    """

    windows: Annotated[tuple[Window, ...], Meta(max_length=20)]
    minute: Literal["exact", "begun", "ended"] = "begun"
    free_minutes: Minutes = 0
    least_cents: Cents = 0
    most_day_cents: Cents | None = None
    longest_minutes: Some | None = None
    return_minutes: Minutes = 60
    before_hours: Literal["wait", "refuse"] = "wait"
    after_hours: Literal["carry", "end"] = "carry"
    follow_through: bool = True
    vehicles: dict[str, Vehicle] = {}
