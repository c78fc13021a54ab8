"""A sign that shows changing messages, such as a parking guidance board, and what it shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Arrow = Literal[
    "ahead", "half_right", "right", "back_right", "back", "back_left", "left", "half_left", ""
]  # fmt: skip
SignState = Literal["working", "differs", "silent", "failed", "off", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """One line of a sign. `text` is what it shows now, "" where it is dark or nobody knows.

    `target` is the uid of the `Facility` that the line is about, empty where it is about none or
    about several; `wanted` is what it is meant to show. `lit` is None where that is unknown.
    """

    text: str
    wanted: str = ""
    arrow: Arrow = ""
    lit: bool | None = None
    target: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sign:
    """A sign with its lines, from the top down. `id` is unique over all systems.

    `since` is when it began to show what it shows, `updated` when it told that last: None where it
    never did. `static_at` is when the sign or its place was changed last. `state`: "differs" shows
    something else than it is meant to, "silent" does not answer, "failed" answers that it is out
    of order, "off" was switched off by the city, "unknown" was never reached. `fault` says in
    German what is wrong; `bearing` is the direction of those who read it, in degrees from north;
    `width` is how many characters a line has; `page` is a path of this site.
    """

    id: str
    system: str
    title: str
    lon: float
    lat: float
    static_at: datetime
    panels: tuple[Panel, ...] = ()
    state: SignState = "working"
    since: datetime | None = None
    updated: datetime | None = None
    fault: str = ""
    place: UUID | None = None
    bearing: int | None = None
    width: int | None = None
    page: str = ""
    invented: bool = False
