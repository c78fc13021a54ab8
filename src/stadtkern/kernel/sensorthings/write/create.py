"""New entities, with all that hangs on them in one body (deep insert)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from stadtkern.kernel.sensorthings.entities import (
    LOCATIONS,
    OBSERVATIONS,
    OBSERVED_PROPERTIES,
    THINGS,
    Entity,
)
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import bodies, fields, links, moves, multi, observations
from stadtkern.kernel.sensorthings.write.deed import Deed
from stadtkern.kernel.sensorthings.write.fields import Body
from stadtkern.kernel.sensorthings.write.observations import Written
from stadtkern.kernel.things.models import HistoricalLocation, MultiDatastream, Thing
from stadtkern.kernel.things.store import Observation

DEEPEST = 8

Given = Mapping[str, int]


def create(entity: Entity, body: Any, given: Given, deed: Deed) -> Written:
    """A new entity; `given` are links that the address settles.

    Raises Problem (400, 409): something is missing, unknown or does not fit.
    """
    if entity is OBSERVATIONS:
        row = _observation(fields.named(entity, body), given, deed, 0)
        return observations.write([row])[0]
    return Written(number=_create(entity, body, given, deed, 0), new=True)


def _create(entity: Entity, body: Any, given: Given, deed: Deed, depth: int) -> int:
    if depth > DEEPEST:
        raise Problem(400, f"the body nests entities deeper than {DEEPEST}")
    named = fields.named(entity, body)
    attributes = fields.attributes(entity, named, whole=True)
    held = _held(entity, named, given, deed, depth)
    places = _places(entity, named, given, deed, depth)
    if places:
        held["place_id"] = places[0]
    row = fields.model_of(entity)(**attributes, **held)
    if isinstance(row, MultiDatastream):
        resolve = partial(_one, OBSERVED_PROPERTIES, deed=deed, depth=depth)
        multi.save(row, multi.with_given(named, given), resolve, whole=True)
    else:
        row.save()
    _settle(row, places)
    deed.note(entity, int(row.pk))
    _hang(entity, named, int(row.pk), deed, depth)
    return int(row.pk)


def _settle(row: Any, places: list[int]) -> None:
    if isinstance(row, Thing):
        moves.represent(row, places)
        moves.remember(row, places)
    if isinstance(row, HistoricalLocation):
        if places[1:]:
            row.also.set(places[1:])
        moves.follow(row)


def _held(entity: Entity, named: Body, given: Given, deed: Deed, depth: int) -> dict[str, int]:
    """The keys of a row: given, linked to, or made from the body."""
    found = {}
    for name, column in links.held_by(entity).items():
        if name in given:
            _check_given(entity, name, named, given, deed)
            found[column] = given[name]
        elif named.get(name):
            found[column] = _one(links.target_of(entity, name), named[name], deed, depth)
        elif (entity.name, name) not in links.OPTIONAL:
            raise Problem(400, f"{entity.singular} needs its {name}")
    return found


def _check_given(entity: Entity, name: str, named: Body, given: Given, deed: Deed) -> None:
    """A body may repeat the link that its place settles, but not lead it elsewhere."""
    value = named.get(name)
    if value is not None:
        number = links.linked(links.target_of(entity, name), value, deed.base)
        if number != given[name]:
            raise Problem(400, f"{entity.singular}.{name} is settled by what it is posted below")


def _places(entity: Entity, named: Body, given: Given, deed: Deed, depth: int) -> list[int]:
    """Where the entity stands: the place of the address, and those of the body."""
    if not links.placed(entity, "Locations"):
        return []
    found = [given["Locations"]] if "Locations" in given else []
    for value in links.items(entity, "Locations", named.get("Locations") or []):
        found.append(_one(LOCATIONS, value, deed, depth))
    if not found and entity is not THINGS:
        raise Problem(400, f"{entity.singular} needs its Locations")
    return moves.in_order(found)


def _one(target: Entity, value: Any, deed: Deed, depth: int) -> int:
    """The entity that an object links to, or a new one that it describes."""
    number = links.linked(target, value, deed.base)
    return _create(target, value, {}, deed, depth + 1) if number is None else number


def _observation(named: Body, given: Given, deed: Deed, depth: int) -> Observation:
    multi.check_owner(named, given)
    held = _held(OBSERVATIONS, named, given, deed, depth)
    return bodies.observation(named, held["datastream_id"], held.get("foi_id"))


def _hang(entity: Entity, named: Body, number: int, deed: Deed, depth: int) -> None:
    """What the body hangs on the new entity over links whose key lies on the other side."""
    for name in links.hung_on(entity):
        if name not in named:
            continue
        target, inverse = links.target_of(entity, name), links.INVERSE[entity.name, name]
        for value in links.items(entity, name, named[name]):
            if target is OBSERVATIONS:
                inner = fields.named(OBSERVATIONS, value)
                deed.rows.append(_observation(inner, {inverse: number}, deed, depth + 1))
                continue
            existing = links.linked(target, value, deed.base)
            if existing is None:
                _create(target, value, {inverse: number}, deed, depth + 1)
            else:
                attach(target, existing, inverse, number)


def attach(entity: Entity, number: int, name: str, other: int) -> None:
    """Let an existing entity's link lead to another one; a thing moves there."""
    if (entity.name, name) in links.APART:
        raise Problem(400, multi.FIXED)
    found = fields.model_of(entity)._default_manager.select_for_update(no_key=True)
    row = found.get(pk=number)
    if isinstance(row, Thing) and links.placed(entity, name):
        moves.stand(row, [other])
        return
    if isinstance(row, HistoricalLocation) and links.placed(entity, name):
        moves.tell(row, [other])
        moves.follow(row)
        return
    column = links.held_by(entity)[name]
    found.filter(pk=number).update(**{column: other})
    if isinstance(row, HistoricalLocation):
        setattr(row, column, other)
        moves.follow(row)
