"""PATCH changes the properties and links that the body names; PUT replaces all properties."""

from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Model

from stadtkern.kernel.sensorthings.entities import (
    LOCATIONS,
    OBSERVATIONS,
    OBSERVED_PROPERTIES,
    Entity,
)
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import fields, links, moves, multi, observations
from stadtkern.kernel.sensorthings.write.create import attach
from stadtkern.kernel.sensorthings.write.fields import Body
from stadtkern.kernel.things.models import HistoricalLocation, MultiDatastream, Thing

# As the store locks: whoever writes to a datastream holds its latest row.
_HOLD = (
    "select from things_latest where datastream_id ="
    " (select datastream_id from things_observation where id = %s) for update"
)


def locked(entity: Entity, number: int) -> Model | None:
    """The row of an entity, which nobody else changes until the transaction ends.

    None for an Observation, which has no model. What refers to the row goes on meanwhile.
    Raises Problem (404): no such entity.
    """
    if entity is OBSERVATIONS:
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, [number])
        return None
    row = None
    if links.exists(entity, number):
        rows = fields.model_of(entity)._default_manager.select_for_update(no_key=True)
        row = rows.filter(pk=number).first()
    if row is None:
        raise Problem(404, f"there is no such {entity.singular}")
    return row


def change(entity: Entity, number: int, body: Any, base: str, *, whole: bool) -> None:
    """Change an entity; links lead to existing entities only.

    Raises Problem: no such entity (404), the body does not fit (400, 409).
    """
    row = locked(entity, number)
    named = fields.named(entity, body)
    held = _held(entity, named, base)
    if row is None:
        _observation(number, named, held, whole=whole)
        return
    for name, value in fields.attributes(entity, named, whole=whole, row=row).items():
        setattr(row, name, value)
    for name, other in held.items():
        setattr(row, name, other)
    if isinstance(row, MultiDatastream):
        resolve = partial(_existing, OBSERVED_PROPERTIES, base=base)
        multi.save(row, named, resolve, whole=whole)
    else:
        row.save()
    _move(entity, row, named, base)
    _attach(entity, named, number, base)


def _held(entity: Entity, named: Body, base: str) -> dict[str, int]:
    return {
        column: _existing(links.target_of(entity, name), named[name], base)
        for name, column in links.held_by(entity).items()
        if named.get(name) is not None
    }


def _existing(target: Entity, value: Any, base: str) -> int:
    number = links.linked(target, value, base)
    if number is None:
        raise Problem(400, f"a change links to an existing {target.singular} by its @iot.id")
    return number


def _move(entity: Entity, row: Model, named: Body, base: str) -> None:
    """The Locations of a body replace those there were; an empty list leaves a thing nowhere."""
    if links.placed(entity, "Locations") and named.get("Locations") is not None:
        values = links.items(entity, "Locations", named["Locations"])
        places = [_existing(LOCATIONS, value, base) for value in values]
        if isinstance(row, Thing):
            moves.stand(row, places)
        elif isinstance(row, HistoricalLocation) and places:
            moves.tell(row, places)
        else:
            raise Problem(400, f"{entity.singular} needs its Locations")
    if isinstance(row, HistoricalLocation):
        moves.follow(row)


def _attach(entity: Entity, named: Body, number: int, base: str) -> None:
    for name in links.hung_on(entity):
        if name not in named:
            continue
        target = links.target_of(entity, name)
        values = links.items(entity, name, named[name])
        if values and target is OBSERVATIONS:
            raise Problem(400, "an Observation stays with its Datastream")
        for value in values:
            attach(target, _existing(target, value, base), links.INVERSE[entity.name, name], number)


def _observation(number: int, named: Body, held: dict[str, int], *, whole: bool) -> None:
    stream = held.get("datastream_id")
    if stream is not None and stream != observations.stream_of(number):
        raise Problem(400, "an Observation stays with its Datastream")
    observations.correct(number, named, held.get("foi_id"), whole=whole)
