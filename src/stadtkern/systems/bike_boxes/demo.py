"""The demo city's 40 bike boxes: real places and prices, invented sizes, rentals and cards."""

import random
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Resource, Unit
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.sealing import seal
from stadtkern.systems.bike_boxes import demo_keys, demo_rentals
from stadtkern.systems.bike_boxes.logic import FACILITY, RENTAL, availability, codes, counting
from stadtkern.systems.bike_boxes.models import Box, Card, Facility, Product, Size

FOLDER = Path(__file__).parent / "demo_data"
STOPS = "DB InfraGO AG (CC BY 4.0), OpenStreetMap-Mitwirkende (ODbL)"
PRICES = "dein-radschloss.de"
ABOUT = (
    "Ort und Zahl der Boxen nennt die Stadt; die Lage ist die der Haltestelle, also ungefähr."
    " Größen und Mietverträge der Demo sind erfunden, die Türen spielt ein Simulator."
)
ABOUT_EN = (
    "The city names place and number of the boxes; the position is that of the stop, so"
    " approximate. Sizes and rentals of the demo are invented, and a simulator plays the doors."
)
# Numbers of invented season-ticket cards, for trying out.
CARDS = ("04A1B2C3D4E580", "04F0E1D2C3B481")


def fill(rng: random.Random) -> None:
    """Create what is missing; a second run changes nothing."""
    facts = tomllib.loads((FOLDER / "facilities.toml").read_text(encoding="utf-8"))
    with transaction.atomic():
        sizes = {row["slug"]: _size(row, at) for at, row in enumerate(facts["size"])}
        for at, row in enumerate(facts["product"]):
            _product(row, at)
        made = [_facility(row, sizes) for row in facts["facility"]]
        for number in CARDS:
            _card(number)
    demo_rentals.fill(rng)
    # After the rentals: the simulator begins with the bicycles that stand in the boxes.
    demo_keys.write()
    for facility in made:
        if facility is not None:
            counting.recount(facility)


def _key(what: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"stadtkern:demo:bike_boxes:{what}")


def _size(row: dict[str, Any], at: int) -> Size:
    length, width, height = row["inside"]
    found, _new = Size.objects.get_or_create(slug=row["slug"], defaults={
        "name": row["name"], "name_en": row["name_en"], "length": length, "width": width,
        "height": height, "door_width": row["door"][0], "door_height": row["door"][1],
        "weight": at,
    })  # fmt: skip
    return found


def _product(row: dict[str, Any], at: int) -> None:
    Product.objects.get_or_create(slug=row["slug"], defaults={
        "name": row["name"], "name_en": row["name_en"], "kind": row["kind"],
        "cents": row["cents"], "refund": row.get("refund", "none"), "weight": at,
        "budget": "Radboxen", "source": PRICES,
    })  # fmt: skip


def _card(number: str) -> None:
    until: date = clock.now().date() + timedelta(days=400)
    Card.objects.get_or_create(
        pseudonym=codes.pseudonym(number), defaults={"valid_until": until, "source": "demo"}
    )


def _facility(row: dict[str, Any], sizes: dict[str, Size]) -> Facility | None:
    """A place with its boxes; None where it is there already."""
    place, _new = Place.objects.get_or_create(public_id=_key(row["slug"]), defaults={
        "kind": FACILITY, "name": row["name"], "name_en": row["name_en"], "about": ABOUT,
        "about_en": ABOUT_EN, "geometry": point(*row["at"]), "source": STOPS,
        "licence": "CC BY 4.0, ODbL", "invented": True,
    })  # fmt: skip
    facility, new = Facility.objects.get_or_create(slug=row["slug"], defaults={
        "place": place, "unit": row["unit"], "secret": seal(codes.new_secret()),
    })  # fmt: skip
    if not new:
        return None
    number = 1
    for slug, size in sizes.items():
        resource = _resource(place, size)
        for _box in range(row[slug]):
            _box_of(facility, size, resource, number, row)
            number += 1
    return facility


def _resource(place: Place, size: Size) -> Resource:
    return Resource.objects.create(
        public_id=_key(f"{place.public_id}:{size.slug}"), kind=RENTAL, place=place, invented=True,
        name=f"{place.name}, {size.name}", name_en=f"{place.name_en}, {size.name_en}",
        properties={"size": size.slug},
    )  # fmt: skip


def _box_of(
    facility: Facility, size: Size, resource: Resource, number: int, row: dict[str, Any]
) -> None:
    unit = Unit.objects.create(resource=resource, number=number, name=f"Box {number}")
    box = Box(
        public_id=_key(f"{facility.slug}:{number}"), facility=facility, unit=unit, size=size,
        number=number, socket=number in row["sockets"], long_term_only=number in row["long_term"],
        door="closed", bike=False,
    )  # fmt: skip
    unit.skills = availability.skills_of(box)
    unit.save(update_fields=["skills"])
    box.save()
