"""Reads shared vehicles (GBFS 2.x and 3.0) near the city."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.systems.mobility_hubs.models import Dock, Source, Vehicle
from stadtkern.systems.mobility_hubs.reading.refusing import NotUnderstood, Refusals

FILES: Final = (
    "system_information", "vehicle_types", "station_information", "station_status",
    "vehicle_status", "free_bike_status",
)  # fmt: skip
# The largest number of vehicles or docks that is believed.
LARGEST: Final = 1_000_000
# Vehicles that are kept of one feed: more is no part of a city.
MOST: Final = 20_000
Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Fleet:
    """What a feed says: facts of the system, stations by id, vehicles by id."""

    facts: dict[str, Any] = field(default_factory=dict)
    docks: dict[str, dict[str, Any]] = field(default_factory=dict)
    vehicles: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: Refusals = field(default_factory=Refusals)


def addresses(content: bytes) -> dict[str, str]:
    """Where the files of a system are (`gbfs.json`). Raises NotUnderstood."""
    data = _data(content, "gbfs.json")
    feeds = data.get("feeds")
    if feeds is None:  # 2.x has them by language
        first: Any = next(iter(data.values()), {})
        feeds = first.get("feeds") if isinstance(first, dict) else None
    if not isinstance(feeds, list):
        raise NotUnderstood(_("gbfs.json names no feeds."))
    found = {str(one.get("name")): one.get("url") for one in feeds if isinstance(one, dict)}
    return {name: str(found[name]) for name in FILES if found.get(name)}


def read(parts: Mapping[str, bytes], box: Box) -> Fleet:
    """The system inside `box` (west, south, east, north). Raises NotUnderstood."""
    told = Fleet()
    whole = {name: _whole(content, name) for name, content in parts.items()}
    data = {name: one["data"] for name, one in whole.items()}
    made = {name: instant(one.get("last_updated")) for name, one in whole.items()}
    told.facts = _facts(data) | {"ttl": max(map(_seconds, whole.values()), default=0)}
    _stations(told, data, box)
    _statuses(told, data, made.get("station_status"))
    _vehicles(told, data, box, made)
    return told


def _data(content: bytes, name: str) -> dict[str, Any]:
    found: dict[str, Any] = _whole(content, name)["data"]
    return found


def _whole(content: bytes, name: str) -> dict[str, Any]:
    """A file with its `data`. Raises NotUnderstood."""
    try:
        found = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("data"), dict):
        raise NotUnderstood(_("%(name)s is no GBFS.") % {"name": name})
    return found


def _seconds(whole: Mapping[str, Any]) -> int:
    """How long a file holds (`ttl`), at most an hour."""
    return min(_count(whole.get("ttl")) or 0, 3600)


def _word(said: Any, most: int) -> str:
    """A text as the database takes it."""
    return str(said if said is not None else "").replace("\0", "")[:most]


def text(said: Any) -> str:
    """A name: a text in 2.x, texts by language in 3.0; German before others."""
    if isinstance(said, str):
        return _word(said, 500)
    known = [one for one in said or [] if isinstance(one, dict)] if isinstance(said, list) else []
    known.sort(key=lambda one: str(one.get("language", "")) != "de")
    return _word(known[0].get("text"), 500) if known else ""


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    about = data.get("system_information", {})
    types = {
        _word(one.get("vehicle_type_id"), 80): {
            "form": _word(one.get("form_factor", "other"), 40), "name": text(one.get("name")),
            "propulsion": _word(one.get("propulsion_type", "human"), 40),
        }
        for one in _rows(data, "vehicle_types", "vehicle_types")
    }  # fmt: skip
    return {"name": text(about.get("name")), "operator": text(about.get("operator")),
            "system": _word(about.get("system_id"), 200), "url": _word(about.get("url"), 500),
            "types": types}  # fmt: skip


def _rows(data: Mapping[str, Any], name: str, inside: str) -> Sequence[dict[str, Any]]:
    rows = data.get(name, {}).get(inside, [])
    return [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []


def _stations(told: Fleet, data: Mapping[str, Any], box: Box) -> None:
    for row in _rows(data, "station_information", "stations"):
        uid = _word(row.get("station_id"), 120)
        spot = _spot(row, box)
        if spot is None:
            told.refused.add(uid, "lat", _("no position"))
        elif uid and spot:
            told.docks[uid] = {
                "name": text(row.get("name"))[:200] or uid, "lon": spot[0], "lat": spot[1],
                "capacity": _count(row.get("capacity")),
            }  # fmt: skip


def _spot(row: Mapping[str, Any], box: Box) -> tuple[float, float] | tuple[()] | None:
    """Where it is; empty outside of the box, None where nobody can say."""
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except (KeyError, TypeError, ValueError):
        return None
    inside = box[0] <= lon <= box[2] and box[1] <= lat <= box[3]
    return (lon, lat) if inside else ()


def _statuses(told: Fleet, data: Mapping[str, Any], made: datetime | None) -> None:
    """A station that does not say when it reported did so when the file was made."""
    for row in _rows(data, "station_status", "stations"):
        dock = told.docks.get(_word(row.get("station_id"), 120))
        if dock is None:
            continue
        here = bool(row.get("is_installed", True))
        said = row.get("num_vehicles_available", row.get("num_bikes_available"))
        dock |= {
            "vehicles": _count(said), "free_docks": _count(row.get("num_docks_available")),
            "renting": here and bool(row.get("is_renting", True)),
            "returning": here and bool(row.get("is_returning", True)),
            "at": instant(row.get("last_reported")) or made,
        }  # fmt: skip


def _vehicles(
    told: Fleet, data: Mapping[str, Any], box: Box, made: Mapping[str, datetime | None]
) -> None:
    rows = [*_rows(data, "vehicle_status", "vehicles"), *_rows(data, "free_bike_status", "bikes")]
    at = made.get("vehicle_status") or made.get("free_bike_status")
    for row in rows[:MOST]:
        uid = _word(row.get("vehicle_id", row.get("bike_id")), 120)
        if row.get("is_reserved") or row.get("is_disabled") or row.get("station_id"):
            continue
        spot = _spot(row, box)
        if spot is None:
            told.refused.add(uid, "lat", _("no position"))
        elif uid and spot:
            told.vehicles[uid] = {
                "kind": _word(row.get("vehicle_type_id"), 80), "lon": spot[0], "lat": spot[1],
                "at": instant(row.get("last_reported")) or at,
            }  # fmt: skip


def _count(said: Any) -> int | None:
    whole = isinstance(said, int) and not isinstance(said, bool)
    return said if whole and 0 <= said <= LARGEST else None


def instant(said: Any) -> datetime | None:
    """Seconds since 1970 in 2.x, RFC 3339 in 3.0; never of a boolean or a time without zone."""
    if isinstance(said, bool):
        return None
    try:
        found = (
            datetime.fromtimestamp(said, UTC) if isinstance(said, int)
            else datetime.fromisoformat(str(said))
        )  # fmt: skip
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError, OSError):
        return None


def store(source: Source, told: Fleet) -> int:
    """Replace what was known; returns how many stations and vehicles there are."""
    with transaction.atomic():
        Source.objects.select_for_update().get(pk=source.pk)
        Dock.objects.filter(source=source).exclude(uid__in=list(told.docks)).delete()
        Dock.objects.bulk_create(
            [Dock(source=source, uid=uid, **one) for uid, one in told.docks.items()],
            update_conflicts=True, unique_fields=["source", "uid"],
            update_fields=["name", "lon", "lat", "capacity", "vehicles", "free_docks", "renting",
                           "returning", "at"],
        )  # fmt: skip
        Vehicle.objects.filter(source=source).delete()
        Vehicle.objects.bulk_create(
            [Vehicle(source=source, uid=uid, **one) for uid, one in told.vehicles.items()]
        )
    return len(told.docks) + len(told.vehicles)
