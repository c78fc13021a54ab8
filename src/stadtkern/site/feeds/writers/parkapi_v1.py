"""ParkAPI v1: the file that routers such as OpenTripPlanner read, for cars and for bicycles."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from stadtkern.kernel.feeds.parking import Facility
from stadtkern.site.feeds import selection
from stadtkern.site.feeds.publication import Publication

KINDS: Final = {
    "CAR_PARK": "Parkhaus", "UNDERGROUND": "Tiefgarage", "ON_STREET": "Straße",
    "OFF_STREET_PARKING_GROUND": "Parkplatz", "LOCKERS": "Fahrradboxen", "STANDS": "Abstellanlage",
    "BUILDING": "Fahrradparkhaus", "SHED": "Abstellanlage", "TWO_TIER": "Abstellanlage",
}  # fmt: skip
REFERENCE: Final = "https://github.com/ParkenDD/park-api-v3"
Row = dict[str, Any]


def lots(publication: Publication, cities: Mapping[str, str]) -> bytes:
    """The lots, and which other lists there are: `cities` are paths by title.

    `last_updated` is the newest measurement, `last_downloaded` now; both in UTC without a zone.
    """
    told: Row = {
        "api_version": "1.0", "server_version": "1.0", "reference": REFERENCE, "cities": cities,
        "last_updated": naive(publication.changed),
        "last_downloaded": naive(publication.generated),
        "data_source": publication.url("/"),
        "lots": [_lot(publication, one) for one in publication.facilities],
    }  # fmt: skip
    return msgspec.json.encode(told)


def cities_of(facilities: Sequence[Facility], city: str) -> dict[str, str]:
    """Titles of the lists with the end of their address: the city's own, and each source."""
    named = {one.provider_name: one.provider for one in facilities if one.provider}
    return {city: selection.own_source(), **dict(sorted(named.items()))}


def _lot(publication: Publication, one: Facility) -> Row:
    """A lot. `state` has to be there: readers of routers fail without it."""
    told: Row = {
        "id": one.uid, "name": one.name, "coords": {"lat": one.lat, "lng": one.lon},
        "lot_type": KINDS.get(one.kind, "unbekannt"), "state": _state(one), "forecast": False,
        "total": one.all.capacity, "opening_hours": one.opening_hours,
        "url": publication.url(one.page), "address": one.address, "notes": _notes(one),
        "region": publication.city,
    }  # fmt: skip
    if one.free is not None:
        told["free"] = one.free
    if one.at is not None:
        told["measured_at"] = naive(one.at)
    if disabled := one.part("disabled"):
        told["total:disabled"] = disabled.capacity
        free = one.vacant(disabled)
        told |= {"free:disabled": free} if free is not None else {}
    return {key: value for key, value in told.items() if value != ""}


def _state(one: Facility) -> str:
    """`nodata` is no number to drive by; only `closed` changes how a router behaves."""
    if one.opening == "closed":
        return "closed"
    return "nodata" if one.free is None else "open"


def _notes(one: Facility) -> dict[str, str]:
    said = [one.note, "Angaben erfunden für eine Demo." if one.invented else ""]
    return {"de": " ".join(part for part in said if part)} if any(said) else {}


def naive(at: datetime) -> str:
    """UTC without a zone, as the format has it."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()
