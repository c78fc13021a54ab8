"""One entity as JSON text, put together in the database."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from psycopg import sql

from stadtkern.kernel.sensorthings.entities import Entity
from stadtkern.kernel.sensorthings.parse.options import Chosen
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, at

_IDS = ("id", "@iot.id")
_SELF = ("selfLink", "@iot.selfLink")
# What the store keeps of a datastream's observations.
_KEPT = {"first_at", "last_at", "west", "south", "east", "north"}


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
    shown = [name for name in names & entity.links.keys() if entity.links[name].shown]
    for name in [*expanded, *shown]:
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
    pieces = [*_control(entity, alias, names, build), *_properties(entity, alias, names)]
    if build.links:
        for name in entity.links:
            if name in names:
                pieces += _link(entity, alias, name, build)
    return _object([*pieces, *expands.values()], build)


def array(entity: Entity, alias: str, names: Sequence[str]) -> Sql:
    """The JSON array of these properties of one row; null where one is not set."""
    texts = [at(entity.properties[name].text, alias) for name in names]
    cells = [sql.SQL("coalesce({}, 'null')").format(text) for text in texts]
    return sql.SQL("concat('[', {}, ']')").format(sql.SQL(", ',', ").join(cells))


def columns_of_version(entity: Entity) -> set[str]:
    """The columns of the entity's row that hold what a client can set of it."""
    sent = [one for one in entity.properties.values() if one.writable or one.apart]
    found = {column for one in sent for column in one.columns}
    return found.union(*(one.columns for one in entity.links.values() if one.to_key)) - _KEPT


def version(entity: Entity, alias: str) -> Sql:
    """A digest of these columns of one row: it changes when one of them does."""
    found = ", ".join(f"{alias}.{name}" for name in sorted(columns_of_version(entity)))
    return sql.SQL(f"md5(row({found})::text)")


# A piece of an object: text that is the same for every row, or an expression; both begin with a
# comma.
_Piece = str | Sql


def _control(entity: Entity, alias: str, names: frozenset[str], build: Build) -> list[_Piece]:
    found: list[_Piece] = []
    if names & set(_IDS):
        found += [',"@iot.id":', sql.SQL(f"{alias}.id")]
    if build.links and names & set(_SELF):
        found += [f',"@iot.selfLink":"{build.address}/{entity.name}(', sql.SQL(f"{alias}.id"), ')"']
    return found


def _properties(entity: Entity, alias: str, names: frozenset[str]) -> list[_Piece]:
    found: list[_Piece] = []
    for one in entity.properties.values():
        if one.name not in names or one.name == "id":
            continue
        label, text = f',"{one.name}":', at(one.text, alias)
        if one.sparse:
            found.append(sql.SQL("{} || ({})").format(sql.Literal(label), text))
        else:
            found += [label, sql.SQL("coalesce({}, 'null')").format(text)]
    return found


def _link(entity: Entity, alias: str, name: str, build: Build) -> list[_Piece]:
    link = entity.links[name]
    label = f',"{name}@iot.navigationLink":"{build.address}/{entity.name}('
    number, tail = sql.SQL(f"{alias}.id"), f')/{name}"'
    if link.shown and alias in build.plain:
        return [] if link.target == "MultiDatastreams" else [label, number, tail]
    if not link.shown:
        return [label, number, tail]
    found = sql.SQL("case when {} then concat({}, {}, {}) end")
    return [
        found.format(at(link.shown, alias), build.value(label, "text"), number, sql.Literal(tail))
    ]


def _object(pieces: Sequence[_Piece], build: Build) -> Sql:
    """What is the same for every row goes over as one value: each part of `concat` costs."""
    if pieces and isinstance(pieces[0], str):
        return _concat(["{" + pieces[0][1:], *pieces[1:], "}"], build)
    inner = _concat(pieces or [","], build)
    return sql.SQL("concat('{{', substr({}, 2), '}}')").format(inner)


def _concat(pieces: Sequence[_Piece], build: Build) -> Sql:
    parts: list[Sql] = []
    for same, run in groupby(pieces, key=lambda one: isinstance(one, str)):
        if same:
            parts.append(build.value("".join(str(one) for one in run), "text"))
        else:
            parts.extend(one for one in run if not isinstance(one, str))
    return sql.SQL("concat({})").format(sql.SQL(", ").join(parts))
