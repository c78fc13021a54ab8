"""DATEX II "parking light" (3.4) as JSON, in the shape that ParkAPI gives it."""

from typing import Any, Final

import msgspec

from stadtkern.kernel.feeds.parking import Facility, Spot
from stadtkern.site.feeds import grading
from stadtkern.site.feeds.publication import Publication, utc

KINDS: Final = {
    "CAR_PARK": "carPark", "UNDERGROUND": "carPark", "ON_STREET": "onStreet",
    "OFF_STREET_PARKING_GROUND": "offStreetParkingGround",
}  # fmt: skip
STATES: Final = {"free": "available", "taken": "occupied", "blocked": "occupied"}
Row = dict[str, Any]


def light(publication: Publication) -> bytes:
    """Sites and spaces. `lastUpdate` is when the number was measured, not when a row was saved."""
    told = {
        "name": f"Parken in {publication.city}",
        "publicationTime": utc(publication.generated),
        "parkingSite": [_site(publication, one) for one in publication.facilities],
        "parkingSpace": [_space(one, s) for one in publication.facilities for s in one.spots],
    }
    return msgspec.json.encode({"parkingPublicationLight": told})


def _site(publication: Publication, one: Facility) -> Row:
    told: Row = {
        "_id": one.uid, "name": one.name, "type": KINDS.get(one.kind, "other"),
        "locationAndDimension": {"coordinatesForDisplay": _position(one.lon, one.lat)},
        "numberOfSpaces": one.all.capacity, "availableSpaces": one.free,
        "isOpenNow": {"open": True, "closed": False}.get(one.opening),
        "lastUpdate": utc(one.at) if one.at else None,
        "description": grading.description(one), "urlLinkAddress": publication.url(one.page),
        "maximumParkingDuration": one.max_stay_minutes * 60 if one.max_stay_minutes else None,
        "tariffDescription": one.fee_text,
    }  # fmt: skip
    return {key: value for key, value in told.items() if value not in (None, "")}


def _space(one: Facility, spot: Spot) -> Row:
    told: Row = {
        "_id": spot.uid, "name": spot.name, "parkingSite": one.uid,
        "locationAndDimension": {"coordinatesForDisplay": _position(spot.lon, spot.lat)},
        "availability": STATES.get(spot.state, "unknown"),
    }  # fmt: skip
    return {**told, "lastUpdate": utc(spot.at)} if spot.at else told


def _position(lon: float, lat: float) -> Row:
    return {"latitude": round(lat, 7), "longitude": round(lon, 7)}
