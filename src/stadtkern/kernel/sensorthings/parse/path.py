"""The resource path: entity sets, ids, links, properties, `$value`, `$ref`."""

import re
from dataclasses import dataclass

from stadtkern.kernel.sensorthings.entities import ENTITIES, Entity, Link
from stadtkern.kernel.sensorthings.problem import Problem

_SEGMENT = re.compile(r"([A-Za-z]+)(?:\(([0-9]{1,30})\))?")
_PART = re.compile(r"([^\[\]]+)((?:\[[0-9]{1,9}\])*)")
BIGGEST = 2**63 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One entity set on the way, reached over `link` (None at the start), narrowed by `id`."""

    entity: Entity
    link: Link | None = None
    id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """What a path names: the steps, then perhaps a property, its bare value, or references.

    `inside` leads further into a property that is JSON; `label` is the last word of this way.
    """

    steps: tuple[Step, ...]
    field: str = ""
    inside: tuple[str, ...] = ()
    label: str = ""
    raw: bool = False
    ref: bool = False

    @property
    def last(self) -> Step:
        """The step whose entities are meant."""
        return self.steps[-1]

    @property
    def many(self) -> bool:
        """Whether it names a collection rather than one entity."""
        last = self.last
        return last.id is None and (last.link is None or last.link.many)


def parse_path(path: str) -> Resource:
    """The resource of a path below the service root.

    Raises Problem (404): nothing has this address.
    """
    steps: list[Step] = []
    words = path.strip("/").split("/")
    while words and (step := _step(steps, words[0])):
        steps.append(step)
        words.pop(0)
    if not steps:
        raise Problem(404, f"there is no entity set '{words[0]}'; see the service root")
    return _tail(Resource(steps=tuple(steps)), words)


def _step(steps: list[Step], word: str) -> Step | None:
    match = _SEGMENT.fullmatch(word)
    if match is None:
        return None
    link: Link | None = None
    if steps:
        if Resource(steps=tuple(steps)).many:
            return None
        link = steps[-1].entity.links.get(match[1])
    entity = ENTITIES.get(link.target if link else "" if steps else match[1])
    if entity is None or (match[2] and link and not link.many):
        return None
    number = int(match[2]) if match[2] else None
    if number is not None and number > BIGGEST:
        raise Problem(404, f"there is no {entity.singular} with the id {match[2]}")
    return Step(entity=entity, link=link, id=number)


def _tail(resource: Resource, words: list[str]) -> Resource:
    entity = resource.last.entity
    match words:
        case []:
            return resource
        case ["$ref"]:
            return Resource(steps=resource.steps, ref=True)
        case [*way, last] if not resource.many:
            raw = last == "$value" and bool(way)
            return _property(resource, way if raw else words, raw=raw)
    raise Problem(404, f"'{words[0]}' leads nowhere from {entity.name}")


def _property(resource: Resource, way: list[str], *, raw: bool) -> Resource:
    """A property, or what lies in it: `properties/floor`, `result[0]`."""
    entity = resource.last.entity
    field, *inside = [key for word in way for key in _keys(word)]
    if field not in entity.properties or (inside and not _open(entity, field)):
        raise Problem(404, f"'{'/'.join(way)}' leads nowhere from {entity.name}")
    return Resource(steps=resource.steps, field=field, inside=tuple(inside), label=way[-1], raw=raw)


def _keys(word: str) -> list[str]:
    match = _PART.fullmatch(word)
    return [match[1], *re.findall(r"[0-9]+", match[2])] if match else [word]


def _open(entity: Entity, name: str) -> bool:
    """Whether a property has parts."""
    return entity.properties[name].kind in ("jsonb", "result", "unit", "geometry")
