"""Which entity holds the key of a link, and how a link in a body is resolved."""

from typing import Any

from stadtkern.kernel.sensorthings.entities import ENTITIES, Entity
from stadtkern.kernel.sensorthings.parse.path import BIGGEST, Resource, parse_path
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import address

# By entity set: its links whose key lies in its own row, and the column.
HELD: dict[str, dict[str, str]] = {
    "HistoricalLocations": {"Thing": "thing_id"},
    "Datastreams": {
        "Thing": "thing_id",
        "Sensor": "sensor_id",
        "ObservedProperty": "observed_property_id",
    },
    "MultiDatastreams": {"Thing": "thing_id", "Sensor": "sensor_id"},
    "Observations": {
        "Datastream": "datastream_id",
        "MultiDatastream": "datastream_id",
        "FeatureOfInterest": "foi_id",
    },
}
OPTIONAL = {
    ("Observations", "FeatureOfInterest"),
    # One of the two.
    ("Observations", "Datastream"),
    ("Observations", "MultiDatastream"),
}
# What stands or stood somewhere: at a place and, told in other encodings, at further ones.
PLACED = ("Things", "HistoricalLocations")
# By entity set and link: the link of the other side, which holds the key.
INVERSE: dict[tuple[str, str], str] = {
    ("Things", "Datastreams"): "Thing",
    ("Things", "MultiDatastreams"): "Thing",
    ("Things", "HistoricalLocations"): "Thing",
    ("Locations", "Things"): "Locations",
    ("Locations", "HistoricalLocations"): "Locations",
    ("Datastreams", "Observations"): "Datastream",
    ("MultiDatastreams", "Observations"): "MultiDatastream",
    ("Sensors", "Datastreams"): "Sensor",
    ("Sensors", "MultiDatastreams"): "Sensor",
    ("ObservedProperties", "Datastreams"): "ObservedProperty",
    ("ObservedProperties", "MultiDatastreams"): "ObservedProperties",
    ("FeaturesOfInterest", "Observations"): "FeatureOfInterest",
}
# Written as a whole, with what belongs to it (multi.py).
APART = {("MultiDatastreams", "ObservedProperties")}
_URLS = ("@id", "@odata.id", "@iot.selfLink")


def held_by(entity: Entity) -> dict[str, str]:
    """Links whose key lies in the entity's own row, with the column."""
    return HELD.get(entity.name, {})


def placed(entity: Entity, name: str) -> bool:
    """Whether this link leads to where the entity stands or stood."""
    return name == "Locations" and entity.name in PLACED


def hung_on(entity: Entity) -> list[str]:
    """Links whose key lies on the other side, in their order."""
    return [name for name in entity.links if (entity.name, name) in INVERSE]


def items(entity: Entity, name: str, value: Any) -> list[Any]:
    """The objects in a to-many link."""
    if not isinstance(value, list):
        raise Problem(400, f"{entity.singular}.{name}: expected a list")
    return value


def linked(target: Entity, value: Any, base: str) -> int | None:
    """The id where an object links to what exists; None where it describes something new.

    A link is `{"@iot.id": 3}`, `{"id": 3}` alone, or an address: `{"@id": "Things(3)"}`.
    Raises Problem (400): there is no such entity.
    """
    if not isinstance(value, dict):
        return None
    if "@iot.id" in value or set(value) == {"id"}:
        given = value.get("@iot.id", value.get("id"))
        number = int(given) if isinstance(given, str) and given.isdecimal() else given
        if type(number) is not int or not exists(target, number):
            raise Problem(400, f"there is no {target.singular} with the @iot.id {str(given)[:40]}")
        return number
    if set(value) <= set(_URLS) and value:
        return number_at(target, next(iter(value.values())), base)
    return None


def number_at(target: Entity, url: Any, base: str) -> int:
    """The id of the entity at this address, which may be relative to the service's root.

    Raises Problem (400): it leads elsewhere, or nowhere.
    """
    try:
        return address.check(resource_at(target, url, base))
    except Problem as problem:
        raise Problem(400, problem.message) from None


def resource_at(target: Entity, url: Any, base: str) -> Resource:
    """What an address names, which may be relative to the service's root.

    Raises Problem: it leads elsewhere (400), or can lead nowhere (404).
    """
    text = str(url)[:200]
    inside = url.removeprefix(base) if isinstance(url, str) else ""
    if "://" in inside or not inside.strip("/"):
        raise Problem(400, f"'{text}' is no address of this service")
    resource = parse_path(inside)
    if resource.last.entity is not target or resource.many or resource.field or resource.ref:
        raise Problem(400, f"'{text}' is no address of a {target.singular}")
    return resource


def exists(target: Entity, number: int) -> bool:
    """Whether there is an entity with this id, as far as the writer sees."""
    return 0 <= number <= BIGGEST and address.is_seen(target, number)


def target_of(entity: Entity, name: str) -> Entity:
    """The entity set a link leads to."""
    return ENTITIES[entity.links[name].target]
