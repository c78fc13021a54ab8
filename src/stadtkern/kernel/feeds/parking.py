"""A place to park as every interface needs to know it, whichever system looks after it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

Purpose = Literal["CAR", "BIKE", "ITEM"]
Audience = Literal["all", "disabled", "electric", "family"]
Opening = Literal["open", "closed", "unknown"]
SpotState = Literal["free", "taken", "unknown", "blocked"]
Grade = Literal["many", "few", "full", ""]
WayKind = Literal["entrance", "exit", "both", "foot"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """How many spaces there are for somebody; `free` is None where it is not known now.

    `audience` "all" counts everything; the others are parts of it.
    """

    audience: Audience
    capacity: int
    free: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Entrance:
    """A way in or out, in WGS 84."""

    lon: float
    lat: float
    kind: WayKind = "both"
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """One line of a price list: `cents` for `minutes`; None: for one whole stay."""

    title: str
    cents: int
    minutes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """One single space."""

    uid: str
    name: str
    lon: float
    lat: float
    audience: Audience = "all"
    state: SpotState = "unknown"
    at: datetime | None = None
    max_stay_minutes: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Facility:
    """A site with its counts. Lengths in centimetres, money in cents, times with a zone.

    `uid` is unique over all systems. `kind` is a `type` of ParkAPI v3 (`OFF_STREET_PARKING_GROUND`,
    `CAR_PARK`, `UNDERGROUND`, `ON_STREET`, `LOCKERS`...). `counts` has one for "all". `free` of
    every count is None where the last number is older than the city trusts it: unknown, never 0;
    what is closed has 0 free. `at` is when the counted state was measured. `confidence` (0 to 1)
    is how far the number can be trusted. `thresholds` are shares of free spaces at which it is
    called almost full when filling, almost full no more when emptying, full, full no more.
    `grade` is what it is called now by these thresholds and by what it was called before; `trend`
    is that of the occupied spaces. `opening_hours` is in OSM's syntax. `page` is a path of this
    site. `provider` is the slug of the outside source it was read from, empty for what the city
    counts itself; `outside_ids` are pairs of a register (`osm`, `dhid`) and its name there.
    """

    uid: str
    system: str
    place: UUID
    name: str
    purpose: Purpose
    kind: str
    lon: float
    lat: float
    counts: tuple[Count, ...]
    static_at: datetime
    name_en: str = ""
    at: datetime | None = None
    live: bool = True
    opening: Opening = "unknown"
    opening_hours: str = ""
    confidence: float | None = None
    trend: Literal["rising", "falling", "steady", ""] = ""
    grade: Grade = ""
    thresholds: tuple[float, float, float, float] | None = None
    entrances: tuple[Entrance, ...] = ()
    spots: tuple[Spot, ...] = ()
    prices: tuple[Price, ...] = ()
    has_fee: bool | None = None
    fee_text: str = ""
    max_height_cm: int | None = None
    max_stay_minutes: int | None = None
    park_and_ride: tuple[str, ...] = ()
    covered: bool | None = None
    operator: str = ""
    address: str = ""
    note: str = ""
    page: str = ""
    source: str = ""
    licence: str = ""
    provider: str = ""
    provider_name: str = ""
    invented: bool = False
    outside_ids: tuple[tuple[str, str], ...] = field(default=())

    @property
    def all(self) -> Count:
        """The count of everything."""
        return next(one for one in self.counts if one.audience == "all")

    @property
    def free(self) -> int | None:
        """Free spaces of all, as they may be told: see `vacant`."""
        return self.vacant(self.all)

    def vacant(self, count: Count) -> int | None:
        """Free spaces of a count: 0 where it is closed, None where unknown, never beyond it."""
        if self.opening == "closed":
            return 0
        return None if count.free is None else max(0, min(count.free, count.capacity))

    def part(self, audience: Audience) -> Count | None:
        """The count for somebody, where there is one."""
        return next((one for one in self.counts if one.audience == audience), None)
