"""Where names lead: from a row over links to properties, joining what is needed on the way."""

from psycopg import sql

from stadtkern.kernel.sensorthings.entities import ENTITIES, Entity, Link
from stadtkern.kernel.sensorthings.parse.expressions import Path
from stadtkern.kernel.sensorthings.plan import terms
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, at, joined
from stadtkern.kernel.sensorthings.plan.terms import Term


class Trail:
    """Rows reached over a to-many link; the condition that uses them asks whether any fits."""

    def __init__(self) -> None:
        self.sources: list[Sql] = []
        self.conditions: list[Sql] = []
        self.known: dict[tuple[str, ...], str] = {}


class Scope:
    """The row an expression is about, with the to-one joins its names need."""

    def __init__(self, entity: Entity, build: Build) -> None:
        self.entity = entity
        self.build = build
        self.alias = build.alias()
        self.joins: list[Sql] = []
        self._known: dict[tuple[str, ...], str] = {}

    def term(self, path: Path, trail: Trail | None = None) -> Term:
        """The value a path names.

        Raises Problem (400): no such property, or a to-many link where one value is needed.
        """
        entity, alias, done = self.entity, self.alias, 0
        while link := entity.links.get(path.names[done]):
            rest = path.names[done + 1 :]
            if rest in (("id",), ("@iot.id",)) and link.to_key:
                return Term(kind="bigint", sql=at(link.near[0], alias))
            if not rest:
                raise path.at.problem(f"'{link.name}' names an entity, not a property of one")
            done += 1
            alias = self._follow(link, path, done, alias, trail)
            entity = ENTITIES[link.target]
        return self._property(entity, alias, path, done)

    def _property(self, entity: Entity, alias: str, path: Path, done: int) -> Term:
        name = "id" if path.names[done] == "@iot.id" else path.names[done]
        found = entity.properties.get(name)
        if found is None:
            known = ", ".join([*entity.properties, *entity.links])
            raise path.at.problem(
                f"{entity.singular} has no property '{path.names[done]}'; it has {known}"
            )
        value = terms.of_property(found, alias)
        return terms.inside(value, path.names[done + 1 :], self.build, path.at)

    def _follow(self, link: Link, path: Path, done: int, near: str, trail: Trail | None) -> str:
        prefix = path.names[:done]
        on_trail = trail is not None and (link.many or near in trail.known.values())
        if link.many and trail is None:
            raise path.at.problem(f"'{link.name}' leads to many entities, one value is needed")
        known = trail.known if trail and on_trail else self._known
        if prefix not in known:
            known[prefix] = far = self.build.alias()
            source = self.build.source(ENTITIES[link.target], far)
            condition = joined(link, [at(one, near) for one in link.near], far)
            if trail and on_trail:
                trail.sources.append(source)
                trail.conditions.append(condition)
            else:
                self.joins.append(sql.SQL("left join {} on {}").format(source, condition))
        return known[prefix]
