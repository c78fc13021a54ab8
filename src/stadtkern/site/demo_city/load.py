"""Fills the basemap of the demo city from the open data beside this file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from stadtkern.kernel import registry
from stadtkern.kernel.places.models import Area, Landmark, box_of

DATA = Path(__file__).parent / "data"
BORDERS = {"source": "© GeoBasis-DE / BKG (VG250)", "licence": "dl-de/by-2-0"}
STOPS = {"source": "DB InfraGO AG; © OpenStreetMap-Mitwirkende", "licence": "CC BY 4.0; ODbL 1.0"}
RAIL = {"nationalExpress", "national", "regionalExpress", "regional", "suburban"}


def load_basemap() -> None:
    """City, neighbours, stops and stations; a second run changes nothing."""
    areas = [*_areas("city", "herne_boundary"), *_areas("neighbour", "neighbours")]
    with transaction.atomic():
        Area.objects.bulk_create(
            areas,
            update_conflicts=True,
            unique_fields=["kind", "key"],
            update_fields=["name", "geometry", "west", "south", "east", "north", *BORDERS],
        )
        Landmark.objects.bulk_create(
            _landmarks(),
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["kind", "name", "lon", "lat", *STOPS],
        )


def _areas(kind: str, file: str) -> Iterator[Area]:
    for feature in _features(file):
        said, geometry = feature["properties"], feature["geometry"]
        west, south, east, north = box_of(geometry)
        yield Area(
            kind=kind, key=said["AGS"], name=said["GEN"], geometry=geometry,
            west=west, south=south, east=east, north=north, **BORDERS,
        )  # fmt: skip


def _landmarks() -> Iterator[Landmark]:
    for feature in _features("herne_area_transit_stops"):
        said = feature["properties"]
        lon, lat = feature["geometry"]["coordinates"]
        rail = bool(RAIL & set(said["products"]))
        yield Landmark(
            kind="station" if rail else "stop", key=said["id"], lon=lon, lat=lat,
            name=_station(said["name"]) if rail else said["name"], **STOPS,
        )  # fmt: skip


def _station(name: str) -> str:
    """A station that bears the city's bare name would read as the city itself."""
    return f"{name} Bf" if name == registry.city().city.name else name


def _features(file: str) -> Any:
    return json.loads((DATA / f"{file}.geojson").read_text(encoding="utf-8"))["features"]
