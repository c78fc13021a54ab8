"""A car park as its operator tells it, and rows that say nothing one can use."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

MOST_SPACES: Final = 100_000
Opening = Literal["open", "closed", ""]


class NotUnderstood(Exception):
    """A document is not of its format; the message says why."""


class Wrong(Exception):
    """A row cannot be used: which field of it, and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One car park; None and empty where the source says nothing of it.

    `free` is as it was said, however odd. `measured` is the source's own time. Whole words of the
    source that we keep: `facts` by field of our sites.
    """

    uid: str
    name: str = ""
    lon: float | None = None
    lat: float | None = None
    capacity: int | None = None
    free: int | None = None
    measured: datetime | None = None
    opening: Opening = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A row that was not taken."""

    row: str
    field: str
    reason: str


@dataclass(kw_only=True, slots=True)
class Batch:
    """What was read of one document. `parts` are names of groups and spaces, no car parks."""

    told: list[Told] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    parts: set[str] = field(default_factory=set)


def joined(static: Batch, live: Batch) -> Batch:
    """Car parks from one document with the numbers of another, by uid."""
    numbers = {one.uid: one for one in live.told}
    known = {one.uid for one in static.told}
    both = [_one(one, numbers.get(one.uid)) for one in static.told]
    unknown = [
        Refusal(row=uid, field="uid", reason=_("there is no car park of this name"))
        for uid in numbers if uid not in known and uid not in static.parts
    ]  # fmt: skip
    return Batch(told=both, refused=[*static.refused, *live.refused, *unknown])


def _one(static: Told, live: Told | None) -> Told:
    if live is None:
        return static
    said = {f.name: getattr(live, f.name) for f in fields(Told)}
    kept = {f.name: getattr(static, f.name) for f in fields(Told)}
    facts = {**static.facts, **live.facts}
    given = {key: value for key, value in said.items() if value not in (None, "", {})}
    return Told(**{**kept, **given, "facts": facts})


def text(value: Any, key: str, most: int = 200, *, needed: bool = False) -> str:
    """A text without what no database takes. Raises Wrong: missing where needed, no text."""
    if value is None and not needed:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise Wrong(key, _("is missing") if value is None else _("is no text"))
    found = str(value).replace("\x00", "").strip()[:most]
    if needed and not found:
        raise Wrong(key, _("is empty"))
    return found


def whole(value: Any, key: str) -> int | None:
    """A whole number, also as text. Raises Wrong."""
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise Wrong(key, _("is no number")) from None
    if isinstance(value, bool) or not math.isfinite(number) or number != int(number):
        raise Wrong(key, _("is no whole number"))
    if abs(number) > MOST_SPACES:
        raise Wrong(key, _("is beyond %(most)d") % {"most": MOST_SPACES})
    return int(number)


def capacity(value: Any, key: str) -> int | None:
    """A number of spaces: none is negative. Raises Wrong."""
    found = whole(value, key)
    if found is not None and found < 0:
        raise Wrong(key, _("is negative"))
    return found


def position(lon: Any, lat: Any) -> tuple[float | None, float | None]:
    """Longitude and latitude in Europe (as ParkAPI v3 has it); None, None where not given.

    Raises Wrong, also for zero, zero.
    """
    if lon in (None, "") and lat in (None, ""):
        return None, None
    for value, key, low, high in ((lat, "lat", 34.0, 72.0), (lon, "lon", -27.0, 43.0)):
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise Wrong(key, _("is no number")) from None
        if not low <= number <= high:
            raise Wrong(key, _("is not from %(low)d to %(high)d") % {"low": low, "high": high})
    return float(lon), float(lat)


def instant(value: Any, key: str) -> datetime | None:
    """A time in ISO 8601; without a zone it is UTC. Raises Wrong."""
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise Wrong(key, _("is no time")) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
