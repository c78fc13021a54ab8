"""Where names lead: from a row over links to properties, joining what is needed on the way."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from stadtkern.kernel.sensorthings.entities import ENTITIES, Entity, Link
from stadtkern.kernel.sensorthings.parse.expressions import Path
from stadtkern.kernel.sensorthings.parse.tokens import Spot
from stadtkern.kernel.sensorthings.plan import terms
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, all_of, at, joined
from stadtkern.kernel.sensorthings.plan.terms import Term

# The row a path begins at, and the names of the links that were followed from it.
Prefix = tuple[str, tuple[str, ...]]


class Trail:
    """Rows reached over links to many; the condition that uses them asks whether any fits."""

    def __init__(self) -> None:
        self.known: dict[Prefix, str] = {}
        self._sources: list[Sql] = []
        self._conditions: list[Sql] = []

    def add(self, prefix: Prefix, alias: str, source: Sql, condition: Sql) -> None:
        """Rows under this alias, joined by this condition."""
        self.known[prefix] = alias
        self._sources.append(source)
        self._conditions.append(condition)

    def exists(self, condition: Sql) -> Sql:
        """Whether there are rows for which the condition is true."""
        return sql.SQL("exists (select from {} where {})").format(
            sql.SQL(", ").join(self._sources), all_of([*self._conditions, condition])
        )

    def exists_or_none(self, condition: Sql) -> Sql:
        """As `exists`; a link that leads nowhere counts as a row of nulls."""
        joins = [
            sql.SQL("left join {} on {}").format(*pair)
            for pair in zip(self._sources, self._conditions, strict=True)
        ]
        return sql.SQL("exists (select from (select) o {} where {})").format(
            sql.SQL(" ").join(joins), condition
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A row that a path reached, and the names that are left of it."""

    entity: Entity
    alias: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """What a link leads to from a row: the link's condition holds for the near values."""

    link: Link
    near: Sequence[Sql]


class Scope:
    """The row an expression is about, with the joins to one row each that its names need.

    Inside `any` and `all` it is one of the collection, called by the name of the `variable`; other
    names are those of the `outer` scope.
    """

    def __init__(
        self, entity: Entity, build: Build, *, outer: "Scope | None" = None, variable: str = ""
    ) -> None:
        self.entity = entity
        self.build = build
        self.outer = outer
        self.variable = variable
        self.alias = build.alias()
        self.joins: list[Sql] = []
        self.element: Term | None = None
        self._known: dict[tuple[str, ...], str] = {}

    def inner(self, entity: Entity, variable: str, element: Term | None = None) -> "Scope":
        """The scope of `any` or `all`; `element` where it goes through a list in JSON."""
        scope = Scope(entity, self.build, outer=self, variable=variable)
        scope.element = element
        return scope

    def owner(self, names: tuple[str, ...]) -> tuple["Scope", tuple[str, ...]]:
        """The scope that a path begins in, and its names there."""
        if self.outer is None:
            return self, names
        return (self, names[1:]) if names[0] == self.variable else self.outer.owner(names)

    def manys(self, path: Path) -> set[Prefix]:
        """The links to many that a path leads over."""
        scope, names = self.owner(path.names)
        found: set[Prefix] = set()
        entity = scope.entity
        for done, name in enumerate(names, 1):
            link = None if scope.element else entity.links.get(name)
            if link is None:
                break
            if link.many:
                found.add((scope.alias, names[:done]))
            entity = ENTITIES[link.target]
        return found

    def term(self, path: Path, trail: Trail | None = None) -> Term:
        """The value a path names.

        Raises Problem (400): no such property, or a link to many where one value is needed.
        """
        scope, names = self.owner(path.names)
        if scope.element:
            return terms.inside(scope.element, names, self.build, path.at)
        place = scope.reach(names, path.at, trail)
        if place.names and (link := place.entity.links.get(place.names[0])):
            if place.names[1:] in (("id",), ("@iot.id",)) and link.to_key:
                return Term(kind="bigint", sql=at(link.near[0], place.alias))
            raise path.at.problem(f"'{link.name}' names an entity, not a property of one")
        return _property(place, path.at, self.build)

    def reach(self, names: tuple[str, ...], spot: Spot, trail: Trail | None) -> Place:
        """The row from which the names lead no further, or only to its neighbour's id."""
        entity, alias, done = self.entity, self.alias, 0
        while done < len(names) - 1 and (link := entity.links.get(names[done])):
            if link.to_key and names[done + 1 :] in (("id",), ("@iot.id",)):
                break
            done += 1
            alias = self._follow(link, names[:done], spot, alias, trail)
            entity = ENTITIES[link.target]
        return Place(entity=entity, alias=alias, names=names[done:])

    def collection(self, path: Path, trail: Trail | None) -> Collection | Term:
        """What `any` and `all` go through: a collection of entities, or a list in JSON.

        Raises Problem (400): the path leads to neither.
        """
        scope, names = self.owner(path.names)
        if scope.element or not names:
            return self.term(path, trail)
        place = scope.reach(names, path.at, trail)
        link = place.entity.links.get(place.names[0])
        if link is None:
            return self.term(path, trail)
        if len(place.names) > 1 or not link.many:
            raise path.at.problem(f"'{'/'.join(names)}' leads to one entity, not to many")
        return Collection(link=link, near=[at(near, place.alias) for near in link.near])

    def _follow(
        self, link: Link, prefix: tuple[str, ...], spot: Spot, near: str, trail: Trail | None
    ) -> str:
        on_trail = trail is not None and (link.many or near in trail.known.values())
        if link.many and trail is None:
            raise spot.problem(f"'{link.name}' leads to many entities, one value is needed")
        known = trail.known.get((self.alias, prefix)) if trail and on_trail else None
        if found := known or self._known.get(prefix):
            return found
        far = self.build.alias()
        source = self.build.source(ENTITIES[link.target], far, link)
        condition = joined(link, [at(one, near) for one in link.near], far)
        if trail and on_trail:
            trail.add((self.alias, prefix), far, source, condition)
        else:
            self._known[prefix] = far
            self.joins.append(sql.SQL("left join {} on {}").format(source, condition))
        return far


def _property(place: Place, spot: Spot, build: Build) -> Term:
    if not place.names:
        raise spot.problem("this names an entity, not a property of one")
    entity, first = place.entity, place.names[0]
    found = entity.properties.get("id" if first == "@iot.id" else first)
    if found is None:
        known = ", ".join([*entity.properties, *entity.links])
        raise spot.problem(f"{entity.singular} has no property '{first}'; it has {known}")
    if place.names[1:] == found.part[:1]:
        return Term(kind="jsonb", sql=at(found.part[1], place.alias))
    return terms.inside(terms.of_property(found, place.alias), place.names[1:], build, spot)
