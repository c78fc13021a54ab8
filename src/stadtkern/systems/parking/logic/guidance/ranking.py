"""Ranks car parks for a wish by one number: the minutes that parking there is worth.

Minutes on foot, plus `EURO` minutes for each euro, plus `MISS` minutes times the chance to find it
full. What does not fit (too low, closed, too dear, too far) is told apart, with the reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from stadtkern.kernel import clock
from stadtkern.kernel.feeds.parking import Count, Facility
from stadtkern.systems.parking.logic import hours
from stadtkern.systems.parking.logic.forecast.read import Outlook
from stadtkern.systems.parking.logic.found import Site
from stadtkern.systems.parking.logic.guidance import cost, ground

# A euro is worth so many minutes of walking; who finds it full loses so many.
EURO, MISS = 6.0, 20.0
# What counts where something is not known: the chance, and the price in cents.
CHANCE, PRICE = 0.5, 200
# For so long the present number says something about an arrival for which nothing is foreseen.
SOON = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What somebody asks for. Height in centimetres, stay and walk in minutes, price in cents.

    `audience` is a key of `bays.AUDIENCES`; empty for everybody's spaces.
    """

    lon: float
    lat: float
    arrives: datetime
    stay: int = 120
    audience: str = ""
    height: int | None = None
    most_cents: int | None = None
    most_walk: int = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A facility with what is known besides: its forecast, and until when staff closed it."""

    facility: Facility
    outlook: Outlook | None = None
    closed_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """A car park for a wish. `unfit` are codes of why it does not fit; empty where it does.

    `chance` is None where nothing is foreseen, `cents` where the price is not known, `free` is the
    present number for the audience asked for. `open` is None where the hours are not known.
    """

    facility: Facility
    count: Count | None
    metres: float
    walk: float
    cents: int | None
    chance: float | None
    free: int | None
    open: bool | None
    closes: datetime | None
    score: float
    unfit: tuple[str, ...]


def ranked(wish: Wish, found: Iterable[Known]) -> list[Option]:
    """Those that fit by their score, then the others by distance."""
    options = [option(wish, one) for one in found]
    fit = sorted((one for one in options if not one.unfit), key=lambda one: (one.score, one.metres))
    rest = sorted((one for one in options if one.unfit), key=lambda one: one.metres)
    return fit + rest


def option(wish: Wish, known: Known) -> Option:
    """One car park for a wish."""
    facility = known.facility
    straight = ground.metres(wish.lon, wish.lat, facility.lon, facility.lat)
    count = _count(facility, wish.audience)
    cents = cost.of_stay(facility.prices, facility.has_fee, wish.stay)
    opened = _open(known, wish.arrives)
    free = facility.vacant(count) if count else None
    chance = _chance(known, wish) if opened is not False else None
    walk = ground.walk_minutes(straight)
    return Option(
        facility=facility, count=count, metres=straight, walk=walk, cents=cents, chance=chance,
        free=free, open=opened, closes=_closes(facility, wish) if opened else None,
        score=score(walk, cents, chance if chance is not None else _stand_in(free, wish)),
        unfit=tuple(_unfit(wish, facility, count, walk, cents, opened)),
    )  # fmt: skip


def score(walk: float, cents: int | None, chance: float) -> float:
    """Minutes that parking there is worth; fewer are better."""
    return walk + EURO * (PRICE if cents is None else cents) / 100 + MISS * (1 - chance)


def _count(facility: Facility, audience: str) -> Count | None:
    wanted = audience or "all"
    return next((one for one in facility.counts if one.audience == wanted), None)


def _chance(known: Known, wish: Wish) -> float | None:
    """Forecasts are made of all spaces together: for kept ones nothing is foreseen."""
    if known.outlook is None or wish.audience:
        return None
    return known.outlook.chance(wish.arrives)


def _stand_in(free: int | None, wish: Wish) -> float:
    if free == 0 and wish.arrives - clock.now() <= SOON:
        return 0.0
    return CHANCE


def _open(known: Known, at: datetime) -> bool | None:
    if known.closed_until is not None and at < known.closed_until:
        return False
    text = known.facility.opening_hours
    if text:
        return hours.is_open(text, at)
    soon = at - clock.now() <= SOON
    return {"open": True, "closed": False}.get(known.facility.opening) if soon else None


def _closes(facility: Facility, wish: Wish) -> datetime | None:
    """When it closes during the stay."""
    if not facility.opening_hours:
        return None
    at = hours.changes(facility.opening_hours, wish.arrives)
    return at if at is not None and at < wish.arrives + timedelta(minutes=wish.stay) else None


def _unfit(
    wish: Wish, facility: Facility, count: Count | None, walk: float, cents: int | None,
    opened: bool | None,
) -> Iterable[str]:  # fmt: skip
    if opened is False:
        yield "closed"
    if count is None or not count.capacity:
        yield "audience"
    if wish.height and facility.max_height_cm and wish.height > facility.max_height_cm:
        yield "height"
    if facility.max_stay_minutes and wish.stay > facility.max_stay_minutes:
        yield "stay"
    if wish.most_cents is not None and cents is not None and cents > wish.most_cents:
        yield "price"
    if walk > wish.most_walk:
        yield "far"


def known(
    facilities: Iterable[Facility], sites: Iterable[Site], outlooks: Mapping[int, Outlook]
) -> list[Known]:
    """Facilities for cars, each with what this system knows of it."""
    own: dict[UUID, Site] = {one.place.public_id: one for one in sites}
    return [_known(one, own.get(one.place), outlooks) for one in facilities if one.purpose == "CAR"]


def _known(facility: Facility, site: Site | None, outlooks: Mapping[int, Outlook]) -> Known:
    if site is None:
        return Known(facility=facility)
    until = site.facts.closed_until
    return Known(facility=facility, outlook=outlooks.get(site.facts.pk), closed_until=until)
