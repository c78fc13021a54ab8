"""Which parking records an address asks for, in the words of ParkAPI v3."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import cos, hypot, radians
from typing import Final

from django.http import QueryDict
from django.utils.text import slugify

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.feeds.parking import Count, Facility, Spot

METRES_A_DEGREE: Final = 111_320.0
PURPOSES: Final = ("CAR", "BIKE", "ITEM")
YES: Final = ("yes", "true", "1")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Filters; empty ones let everything pass. `around` is lon, lat and metres."""

    purpose: str = ""
    sources: tuple[str, ...] = ()
    kind: str = ""
    not_kind: str = ""
    name: str = ""
    around: tuple[float, float, float] | None = None
    spaces: bool = False

    def passes(self, one: Facility) -> bool:
        """Whether a record is asked for."""
        return (
            (not self.purpose or one.purpose == self.purpose)
            and (not self.sources or source_of(one) in self.sources)
            and (not self.kind or one.kind == self.kind)
            and (not self.not_kind or one.kind != self.not_kind)
            and (not self.name or self.name in one.name.casefold())
            and (self.around is None or _near(self.around, one))
        )


def own_source() -> str:
    """What the city itself is called among the sources."""
    return slugify(registry.city().city.name)


def source_of(one: Facility) -> str:
    """The slug of the source that a record is from."""
    return one.provider or own_source()


def read(query: QueryDict) -> Asked:
    """The filters of an address. Raises Refused with the field that is wrong."""
    purpose = query.get("purpose", "").upper()
    if purpose and purpose not in PURPOSES:
        raise Refused("purpose", f"one of {', '.join(PURPOSES)}")
    sources = [query.get("source_uid", ""), *query.get("source_uids", "").split(",")]
    return Asked(
        purpose=purpose, sources=tuple(one.strip() for one in sources if one.strip()),
        kind=query.get("type", "").upper(), not_kind=query.get("not_type", "").upper(),
        name=query.get("name", "").strip().casefold(), around=_around(query),
        spaces=query.get("spaces", "").lower() in YES,
    )  # fmt: skip


def _around(query: QueryDict) -> tuple[float, float, float] | None:
    named = {key: text for key in ("lat", "lon", "radius") if (text := query.get(key, ""))}
    if not named:
        return None
    if len(named) < 3:
        raise Refused(next(k for k in ("lat", "lon", "radius") if k not in named),
                      "lat, lon and radius belong together")  # fmt: skip
    lat, lon = number(named, "lat", -90, 90), number(named, "lon", -180, 180)
    return (lon, lat, number(named, "radius", 0, 1e6))


def number(named: dict[str, str], key: str, low: float, high: float) -> float:
    """A number of an address within these limits. Raises Refused."""
    try:
        value = float(named[key])
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise Refused(key, f"a number from {low:g} to {high:g}")
    return value


def _near(around: tuple[float, float, float], one: Facility) -> bool:
    lon, lat, metres = around
    return distance(lon, lat, one.lon, one.lat) <= metres


def distance(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres between two positions, exact enough within a city."""
    east = (other_lon - lon) * cos(radians(lat)) * METRES_A_DEGREE
    return hypot(east, (other_lat - lat) * METRES_A_DEGREE)


def chosen(records: Iterable[Facility], asked: Asked) -> list[Facility]:
    """The records that are asked for, by uid; each space by itself where `spaces` are wanted."""
    found = sorted((one for one in records if asked.passes(one)), key=lambda one: one.uid)
    return [part for one in found for part in _parts(one)] if asked.spaces else found


def _parts(one: Facility) -> Iterator[Facility]:
    """Each space of a site as a site of one, as some operators publish sensors; or the site."""
    if not one.spots:
        yield one
    for spot in one.spots:
        yield replace(
            one, uid=spot.uid, name=f"{one.name}, {spot.name}", lon=spot.lon, lat=spot.lat,
            counts=_counts(spot), at=spot.at, thresholds=None, spots=(), entrances=(),
            confidence=None,
        )  # fmt: skip


def _counts(spot: Spot) -> tuple[Count, ...]:
    free = {"free": 1, "taken": 0, "blocked": 0}.get(spot.state)
    whole = Count(audience="all", capacity=1, free=free)
    if spot.audience == "all":
        return (whole,)
    return (whole, Count(audience=spot.audience, capacity=1, free=free))
