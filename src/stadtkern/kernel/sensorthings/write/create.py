"""New entities, with all that hangs on them in one body (deep insert)."""

from collections.abc import Mapping
from typing import Any

from stadtkern.kernel.sensorthings.entities import OBSERVATIONS, THINGS, Entity
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import bodies, fields, links, moves, observations
from stadtkern.kernel.sensorthings.write.fields import Body
from stadtkern.kernel.sensorthings.write.observations import Written
from stadtkern.kernel.things.models import HistoricalLocation, Thing
from stadtkern.kernel.things.store import Observation

DEEPEST = 8


def create(entity: Entity, body: Any, given: Mapping[str, int], depth: int = 0) -> Written:
    """A new entity; `given` are links that the address or the enclosing body settles.

    Raises Problem (400, 409): something is missing, unknown or does not fit.
    """
    if depth > DEEPEST:
        raise Problem(400, f"the body nests entities deeper than {DEEPEST}")
    named = fields.named(entity, body)
    if entity is OBSERVATIONS:
        return observations.write([_observation(named, given, depth)])[0]
    held = _held(entity, named, given, depth)
    row = fields.model_of(entity)(**fields.attributes(entity, named, whole=True), **held)
    row.save()
    if isinstance(row, Thing):
        moves.remember(row)
    if isinstance(row, HistoricalLocation):
        moves.follow(row)
    _rest(entity, named, int(row.pk), depth)
    return Written(number=int(row.pk), new=True)


def _held(entity: Entity, named: Body, given: Mapping[str, int], depth: int) -> dict[str, int]:
    """The keys of a row: given, linked to, or made from the body."""
    found = {}
    for name, column in links.held_by(entity).items():
        if name in given:
            found[column] = given[name]
        elif named.get(name):
            value = links.only(entity, name, named[name])
            target = links.target_of(entity, name)
            number = links.linked(target, value)
            if number is None:
                number = create(target, value, {}, depth + 1).number
            found[column] = number
        elif (entity.name, name) not in links.OPTIONAL:
            raise Problem(400, f"{entity.singular} needs its {name}")
    return found


def _observation(named: Body, given: Mapping[str, int], depth: int) -> Observation:
    held = _held(OBSERVATIONS, named, given, depth)
    return bodies.observation(named, held["datastream_id"], held.get("foi_id"))


def _rest(entity: Entity, named: Body, number: int, depth: int) -> None:
    """What the body hangs on the new entity over links whose key lies on the other side."""
    for name in entity.links.keys() & named.keys() - links.held_by(entity).keys():
        target, inverse = links.target_of(entity, name), links.INVERSE[entity.name, name]
        values = links.items(entity, name, named[name])
        if target is OBSERVATIONS:
            rows = [
                _observation(fields.named(OBSERVATIONS, one), {inverse: number}, depth + 1)
                for one in values
            ]
            observations.write(rows)
            continue
        for value in values:
            existing = links.linked(target, value)
            if existing is None:
                create(target, value, {inverse: number}, depth + 1)
            else:
                attach(target, existing, inverse, number)


def attach(entity: Entity, number: int, name: str, other: int) -> None:
    """Let an existing entity's link lead to another one."""
    model = fields.model_of(entity)
    if entity is THINGS:
        moves.move(Thing.objects.select_for_update().get(pk=number), other)
        return
    column = links.held_by(entity)[name]
    model._default_manager.filter(pk=number).update(**{column: other})
