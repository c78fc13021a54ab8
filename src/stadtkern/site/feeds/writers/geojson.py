"""GeoJSON of the sites, and of the single spaces with the rules that hold on them."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from stadtkern.kernel.feeds.parking import Audience, Facility, Spot
from stadtkern.site.feeds.publication import Publication, utc

# Classes of users in the Curb Data Specification 1.0, "User Classes".
USERS: Final[Mapping[Audience, str]] = {"disabled": "handicap-accessible", "electric": "electric"}
Row = dict[str, Any]


def sites(publication: Publication) -> bytes:
    """A point for each site; `free` is null where it is not known now."""
    return _collection([_site(publication, one) for one in publication.facilities])


def curbs(publication: Publication) -> bytes:
    """A point for each space, with names and rules as the Curb Data Specification calls them.

    Its own interface asks for outlines of zones, which a city with sensors alone does not have.
    """
    return _collection([_space(one, s) for one in publication.facilities for s in one.spots])


def _collection(features: list[Row]) -> bytes:
    return msgspec.json.encode({"type": "FeatureCollection", "features": features})


def _feature(uid: str, lon: float, lat: float, properties: Row) -> Row:
    where = {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]}
    return {"type": "Feature", "id": uid, "geometry": where, "properties": properties}


def _site(publication: Publication, one: Facility) -> Row:
    return _feature(one.uid, one.lon, one.lat, {
        "name": one.name, "name_en": one.name_en or None, "purpose": one.purpose,
        "type": one.kind, "capacity": one.all.capacity, "free": one.free,
        "opening": one.opening, "opening_hours": one.opening_hours or None,
        "measured_at": utc(one.at) if one.at else None, "confidence": one.confidence,
        "counts": [
            {"for": count.audience, "capacity": count.capacity, "free": one.vacant(count)}
            for count in one.counts
        ],
        "max_height_cm": one.max_height_cm, "operator": one.operator or None,
        "url": publication.url(one.page) or None, "source": one.source, "licence": one.licence,
        "invented": one.invented,
    })  # fmt: skip


def _space(one: Facility, spot: Spot) -> Row:
    return _feature(spot.uid, spot.lon, spot.lat, {
        "curb_space_id": spot.uid, "name": spot.name, "curb_zone_id": one.uid,
        "zone_name": one.name, "space_number": spot.name,
        "available": {"free": True, "taken": False, "blocked": False}.get(spot.state),
        "availability_time": _milliseconds(spot), "rules": _rules(spot),
        "last_updated_date": int(one.static_at.timestamp() * 1000), "invented": one.invented,
    })  # fmt: skip


def _milliseconds(spot: Spot) -> int | None:
    return int(spot.at.timestamp() * 1000) if spot.at else None


def _rules(spot: Spot) -> list[Row]:
    rule: Row = {"activity": "parking"}
    if spot.max_stay_minutes:
        rule |= {"max_stay": spot.max_stay_minutes, "max_stay_unit": "minute"}
    if spot.audience in USERS:
        rule["user_classes"] = [USERS[spot.audience]]
    return [rule]
