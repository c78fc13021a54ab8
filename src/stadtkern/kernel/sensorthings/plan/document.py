"""One entity as JSON text, put together in the database."""

from collections.abc import Mapping, Sequence

from psycopg import sql

from stadtkern.kernel.sensorthings.entities import Entity
from stadtkern.kernel.sensorthings.parse.options import Chosen
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, at

_IDS = ("id", "@iot.id")
_SELF = ("selfLink", "@iot.selfLink")


def checked(select: Sequence[Chosen], entity: Entity) -> frozenset[str]:
    """The names of `$select`, all names where there is none.

    Raises Problem (400): the entity has no such property or link.
    """
    known = {*_IDS, *_SELF, *entity.properties, *entity.links}
    for one in select:
        if one.name not in known:
            raise one.at.problem(
                f"{entity.singular} has no property '{one.name}'; it has "
                + ", ".join([*entity.properties, *entity.links])
            )
    return frozenset(one.name for one in select) or frozenset(known)


def columns(entity: Entity, names: frozenset[str], expanded: Sequence[str]) -> set[str]:
    """The columns of the entity's row that its JSON reads."""
    found = {"id"}
    for name in names & entity.properties.keys():
        found.update(entity.properties[name].columns)
    for name in expanded:
        found.update(entity.links[name].columns)
    return found


def self_link(entity: Entity, alias: str, build: Build) -> Sql:
    """The address of an entity, without quotes."""
    return sql.SQL("{base} || {set} || {id} || ')'").format(
        base=build.base, set=sql.SQL(f"'/{entity.name}('"), id=sql.SQL(f"{alias}.id")
    )


def document(
    entity: Entity, alias: str, names: frozenset[str], expands: Mapping[str, Sql], build: Build
) -> Sql:
    """The JSON object of one row. Null parts of `concat` vanish, so a sparse property does too."""
    parts: list[Sql] = []
    if names & set(_IDS):
        parts.append(sql.SQL(f"',\"@iot.id\":', {alias}.id"))
    if names & set(_SELF):
        parts.append(
            sql.SQL("',\"@iot.selfLink\":\"', {}, '\"'").format(self_link(entity, alias, build))
        )
    for found in entity.properties.values():
        if found.name in names and found.name != "id":
            parts.append(_property(found.name, at(found.text, alias), sparse=found.sparse))
    for name in entity.links:
        if name in names and name not in expands:
            parts.append(_link(name, self_link(entity, alias, build)))
    parts.extend(expands.values())
    inner = sql.SQL(", ").join(parts) if parts else sql.SQL("','")
    return sql.SQL("concat('{{', substr(concat({}), 2), '}}')").format(inner)


def _property(name: str, text: Sql, *, sparse: bool) -> Sql:
    label = sql.SQL(f"',\"{name}\":'")
    template = "{} || ({})" if sparse else "{}, coalesce({}, 'null')"
    return sql.SQL(template).format(label, text)


def _link(name: str, owner: Sql) -> Sql:
    return sql.SQL("{}, {}, {}").format(
        sql.SQL(f'\',"{name}@iot.navigationLink":"\''), owner, sql.SQL(f"'/{name}\"'")
    )
