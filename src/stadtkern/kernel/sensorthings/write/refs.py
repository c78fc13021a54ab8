"""Links by themselves: `$ref` adds, moves or takes away one (OData 4.0 Protocol, 11.4.6)."""

from typing import Any
from urllib.parse import urljoin

from django.db.models import Model

from stadtkern.kernel.sensorthings.entities import (
    MULTI_DATASTREAMS,
    OBSERVATIONS,
    OBSERVED_PROPERTIES,
    Entity,
)
from stadtkern.kernel.sensorthings.parse.options import pairs
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import address, links, moves, multi, observations
from stadtkern.kernel.sensorthings.write.change import locked
from stadtkern.kernel.sensorthings.write.create import attach
from stadtkern.kernel.sensorthings.write.request import WriteRequest
from stadtkern.kernel.things.models import HistoricalLocation, MultiDatastream, Thing


def relink(request: WriteRequest) -> None:
    """Carry out a write to an address that ends in `$ref`.

    Raises Problem: no such entity (404), an entity cannot be without the link (409).
    """
    resource = request.resource
    owner, name = resource.steps[-2].entity, _name(resource)
    number = address.number(Resource(steps=resource.steps[:-1]))
    if request.method == "DELETE":
        _unlink(owner, number, name, _meant(request))
        return
    target = links.target_of(owner, name)
    other = links.linked(target, request.decoded(), request.base)
    if other is None:
        raise Problem(400, f'expected {{"@id": "{target.name}(..)"}} or {{"@iot.id": ..}}')
    _link(owner, number, name, other)


def _name(resource: Resource) -> str:
    link = resource.last.link
    if link is None:
        raise Problem(405, "$ref follows a link", ("Allow", "GET, HEAD, OPTIONS"))
    return link.name


def _meant(request: WriteRequest) -> int | None:
    """Which one to take away from a collection: by its id in the path, or by `$id`.

    Raises Problem: `$id` leads elsewhere (400), or nowhere (404).
    """
    step, query = request.resource.last, dict(pairs(request.query))
    if step.id is not None or "$id" not in query:
        return step.id
    url = query["$id"]
    if url.startswith("."):  # relative to the request, as OData has it
        url = urljoin(f"{request.base}/{request.path}", url)
    return address.check(links.resource_at(step.entity, url, request.base))


def _link(owner: Entity, number: int, name: str, other: int) -> None:
    target = links.target_of(owner, name)
    if links.placed(owner, name):
        _place(locked(owner, number), other)
    elif links.placed(target, links.INVERSE.get((owner.name, name), "")):
        _place(locked(target, other), number)
    elif owner is OBSERVATIONS:
        _observe(number, name, other)
    elif target is OBSERVATIONS:
        _observe(other, links.INVERSE[owner.name, name], number)
    elif name in links.held_by(owner):
        attach(owner, number, name, other)
    elif (owner.name, name) in links.INVERSE:
        attach(target, other, links.INVERSE[owner.name, name], number)
    else:
        raise Problem(400, multi.FIXED)


def _place(row: Model | None, place: int) -> None:
    if isinstance(row, Thing):
        moves.add(row, place)
    if isinstance(row, HistoricalLocation):
        moves.tell(row, [*moves.places_then(row), place])
        moves.follow(row)


def _observe(observation: int, name: str, other: int) -> None:
    if name == "FeatureOfInterest":
        observations.correct(observation, {}, other, whole=False)
    elif observations.stream_of(observation) != other:
        raise Problem(409, "an Observation stays with its Datastream")


def _unlink(owner: Entity, number: int, name: str, other: int | None) -> None:
    target, inverse = links.target_of(owner, name), links.INVERSE.get((owner.name, name), "")
    if other is None and owner.links[name].many:
        raise Problem(400, f"say which one: {name}(..)/$ref, or $ref?$id={target.name}(..)")
    if links.placed(owner, name):
        _vacate(locked(owner, number), other)
    elif links.placed(target, inverse) and other is not None:
        _vacate(locked(target, other), number)
    elif owner is MULTI_DATASTREAMS and target is OBSERVED_PROPERTIES:
        _unlink_property(number, other)
    elif owner is OBSERVED_PROPERTIES and target is MULTI_DATASTREAMS:
        _unlink_property(other, number)
    else:
        one, needs = (target, inverse) if inverse else (owner, name)
        raise Problem(
            409, f"{one.singular} cannot be without its {needs}: link another one instead"
        )


def _unlink_property(stream: int | None, observed_property: int | None) -> None:
    row = locked(MULTI_DATASTREAMS, stream or 0)
    if isinstance(row, MultiDatastream):
        multi.unlink(row, observed_property or 0)


def _vacate(row: Any, place: int | None) -> None:
    there = moves.places_of(row) if isinstance(row, Thing) else moves.places_then(row)
    if place not in there:
        raise Problem(404, "there is no such link")
    if isinstance(row, Thing):
        moves.leave(row, place)
    elif len(there) == 1:
        raise Problem(409, "HistoricalLocation cannot be without its Locations")
    else:
        moves.tell(row, [one for one in there if one != place])
        moves.follow(row)
