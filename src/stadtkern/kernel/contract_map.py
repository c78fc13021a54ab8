"""What a system may declare of the city's map: layers, and the pins that they are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    Text = StrOrPromise
else:
    Text = str

State = Literal["good", "tight", "bad", "info", "none"]
Theme = Literal[
    "air", "climate", "water", "mobility", "energy", "green", "services", "data", "city"
]


@dataclass(frozen=True, kw_only=True)
class Legend:
    """One line of a map layer's legend."""

    state: State
    title: Text


@dataclass(frozen=True, kw_only=True)
class MapLayer:
    """A layer of the city map. `pins` names a callable `() -> Iterable[Pin]`.

    `replay` names a callable `(Pin, Past) -> Pin`: the pin as it would have been then. Without one
    the replay of a day shows the value of the pin's first datastream, and no state.
    On the map of everything a layer that is not `shown` is off until people turn it on.
    """

    slug: str
    title: Text
    theme: Theme
    pins: str
    shown: bool = True
    legend: tuple[Legend, ...] = ()
    replay: str = ""
    min_zoom: float = 0
    weight: int = 50


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One place as a map or a list shows it; `url` is a page that tells more than the place's."""

    place: UUID
    name: str
    lon: float
    lat: float
    state: State
    label: str
    text: str
    share: float | None = None
    at: datetime | None = None
    stale: bool = False
    small: bool = False
    datastreams: tuple[int, ...] = ()
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Past:
    """Means of datastreams at an instant of the past: just then, of the hour and day before it.

    A datastream that was silent is missing; in `day` also one that had less than 18 hours.
    """

    at: datetime
    now: Mapping[int, float]
    hour: Mapping[int, float]
    day: Mapping[int, float]
