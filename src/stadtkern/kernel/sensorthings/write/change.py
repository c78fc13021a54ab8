"""PATCH changes the properties and links that the body names; PUT replaces all properties."""

from typing import Any

from stadtkern.kernel.sensorthings.entities import OBSERVATIONS, Entity
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import fields, links, moves, observations
from stadtkern.kernel.sensorthings.write.create import attach
from stadtkern.kernel.sensorthings.write.fields import Body
from stadtkern.kernel.things.models import HistoricalLocation, Thing


def change(entity: Entity, number: int, body: Any, *, whole: bool) -> None:
    """Change an entity; links lead to existing entities only.

    Raises Problem: no such entity (404), the body does not fit (400, 409).
    """
    named = fields.named(entity, body)
    held = _held(entity, named)
    if entity is OBSERVATIONS:
        _observation(number, named, held, whole=whole)
        return
    if not links.exists(entity, number):
        raise Problem(404, f"there is no such {entity.singular}")
    row = fields.model_of(entity)._default_manager.select_for_update().get(pk=number)
    place = held.pop("place_id", None) if isinstance(row, Thing) else None
    for name, value in {**fields.attributes(entity, named, whole=whole), **held}.items():
        setattr(row, name, value)
    row.save()
    if isinstance(row, Thing) and place is not None:
        moves.move(row, place)
    if isinstance(row, HistoricalLocation):
        moves.follow(row)
    _attach(entity, named, number)


def _held(entity: Entity, named: Body) -> dict[str, int]:
    found = {}
    for name, column in links.held_by(entity).items():
        if named.get(name):
            value = links.only(entity, name, named[name])
            found[column] = _existing(links.target_of(entity, name), value)
    return found


def _existing(target: Entity, value: Any) -> int:
    number = links.linked(target, value)
    if number is None:
        raise Problem(400, f"a change links to an existing {target.singular} by its @iot.id")
    return number


def _attach(entity: Entity, named: Body, number: int) -> None:
    for name in entity.links.keys() & named.keys() - links.held_by(entity).keys():
        target = links.target_of(entity, name)
        if target is OBSERVATIONS:
            raise Problem(400, "an Observation stays with its Datastream")
        for value in links.items(entity, name, named[name]):
            attach(target, _existing(target, value), links.INVERSE[entity.name, name], number)


def _observation(number: int, named: Body, held: dict[str, int], *, whole: bool) -> None:
    stream = held.get("datastream_id")
    if stream is not None and stream != observations.stream_of(number):
        raise Problem(400, "an Observation stays with its Datastream")
    observations.correct(number, named, held.get("foi_id"), whole=whole)
