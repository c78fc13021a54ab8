"""Which entity holds the key of a link, and how a link in a body is resolved."""

from typing import Any

from stadtkern.kernel.sensorthings.entities import ENTITIES, LOCATIONS, Entity
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write.fields import model_of

# By entity set: its links whose key lies in its own row, and the column.
HELD: dict[str, dict[str, str]] = {
    "Things": {"Locations": "place_id"},
    "HistoricalLocations": {"Thing": "thing_id", "Locations": "place_id"},
    "Datastreams": {
        "Thing": "thing_id",
        "Sensor": "sensor_id",
        "ObservedProperty": "observed_property_id",
    },
    "Observations": {"Datastream": "datastream_id", "FeatureOfInterest": "foi_id"},
}
OPTIONAL = {("Things", "Locations"), ("Observations", "FeatureOfInterest")}
# By entity set and link: the link of the other side, which holds the key.
INVERSE: dict[tuple[str, str], str] = {
    ("Things", "Datastreams"): "Thing",
    ("Things", "HistoricalLocations"): "Thing",
    ("Locations", "Things"): "Locations",
    ("Locations", "HistoricalLocations"): "Locations",
    ("Datastreams", "Observations"): "Datastream",
    ("Sensors", "Datastreams"): "Sensor",
    ("ObservedProperties", "Datastreams"): "ObservedProperty",
    ("FeaturesOfInterest", "Observations"): "FeatureOfInterest",
}


def held_by(entity: Entity) -> dict[str, str]:
    """Links whose key lies in the entity's own row, with the column."""
    return HELD.get(entity.name, {})


def only(entity: Entity, name: str, value: Any) -> Any:
    """The one object in a link that holds one: `Locations` is a list of one."""
    if entity.links[name].many:
        if not isinstance(value, list) or len(value) != 1:
            raise Problem(400, f"{entity.singular}.{name}: expected a list of one (one place each)")
        return value[0]
    return value


def items(entity: Entity, name: str, value: Any) -> list[Any]:
    """The objects in a to-many link."""
    if not isinstance(value, list):
        raise Problem(400, f"{entity.singular}.{name}: expected a list")
    return value


def linked(target: Entity, value: Any) -> int | None:
    """The id where an object links to what exists; None where it describes something new.

    Raises Problem (400): there is no such entity.
    """
    if not isinstance(value, dict) or "@iot.id" not in value:
        return None
    number = value["@iot.id"]
    if type(number) is not int or not exists(target, number):
        raise Problem(400, f"there is no {target.singular} with the @iot.id {str(number)[:40]}")
    return number


def exists(target: Entity, number: int) -> bool:
    """Whether there is an entity with this id."""
    if not -(2**63) <= number < 2**63:
        return False
    found = model_of(target)._default_manager.filter(pk=number)
    return (found.exclude(geometry=None) if target is LOCATIONS else found).exists()


def target_of(entity: Entity, name: str) -> Entity:
    """The entity set a link leads to."""
    return ENTITIES[entity.links[name].target]
