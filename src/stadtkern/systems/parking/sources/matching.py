"""Whether a car park of a source is one that we have already: staff decide, this only asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import cos, hypot, radians
from typing import Final

from stadtkern.systems.parking.bays import SITE
from stadtkern.systems.parking.models import Offer, Site
from stadtkern.systems.parking.sources.reading.told import Told

# Metres: so near it is the same whatever it is called, and so near if it is called alike.
SAME, NEAR = 40.0, 250.0
ALIKE: Final = 0.6
METRES_A_DEGREE: Final = 111_320.0
# What half of all car parks are called says nothing.
COMMON: Final = ("parkhaus", "tiefgarage", "parkplatz", "p+r", "parken")


@dataclass(frozen=True, kw_only=True, slots=True)
class Like:
    """One of our car parks that may be the same, and how far away it lies."""

    site: Site
    metres: int


def our_sites() -> list[Site]:
    """All car parks with their places, in one query."""
    rows = Site.objects.filter(place__kind=SITE).exclude(place__west=None)
    return list(rows.select_related("place"))


def own_uids(sites: Iterable[Site]) -> set[str]:
    """What our own feeds call our car parks."""
    return {f"parking-{site.uid}" for site in sites}


def others(sites: Iterable[Site], offers: Iterable[Offer]) -> list[Site]:
    """Those that a source does not fill itself: it knows its own car parks apart."""
    filled = {offer.site_id for offer in offers}
    return [site for site in sites if site.pk not in filled]


def like(told: Told, sites: Sequence[Site]) -> Like | None:
    """The most likely one: by a name in a register, else by distance and name."""
    found = [
        Like(site=site, metres=round(metres))
        for site in sites
        if (metres := _metres(told, site)) is not None and _alike(told, site, metres)
    ]
    return min(found, key=lambda one: one.metres, default=None)


def _alike(told: Told, site: Site, metres: float) -> bool:
    return (
        _registered(told, site)
        or metres <= SAME
        or (metres <= NEAR and likeness(told.name, site.place.name) >= ALIKE)
    )


def _registered(told: Told, site: Site) -> bool:
    known = set(site.outside_ids.items())
    return bool(known & set(told.facts.get("outside_ids", {}).items()))


def likeness(one: str, other: str) -> float:
    """From 0 to 1, without words that half of all car parks have."""
    return SequenceMatcher(None, _plain(one), _plain(other)).ratio()


def _plain(name: str) -> str:
    text = name.casefold().replace("ß", "ss")
    for word in COMMON:
        text = text.replace(word, " ")
    return " ".join(text.split()) or name.casefold()


def _metres(told: Told, site: Site) -> float | None:
    lon, lat = site.place.lon, site.place.lat
    if told.lon is None or told.lat is None or lon is None or lat is None:
        return None
    east = (told.lon - lon) * cos(radians(lat)) * METRES_A_DEGREE
    return hypot(east, (told.lat - lat) * METRES_A_DEGREE)
