"""Geometries of rows, and the statements that read those which a spatial function is about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from shapely.geometry.base import BaseGeometry

from stadtkern.kernel.sensorthings.entities import Property
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, all_of, at
from stadtkern.kernel.sensorthings.plan.geometry import Row
from stadtkern.kernel.sensorthings.plan.scope import Place

# So many geometries are looked at for one function.
MOST = 20_000
_POINT = "{a}.west = {a}.east and {a}.south = {a}.north"
_BOX = ("west", "south", "east", "north")


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A value of a statement that another one gives: `answer` makes it of that one's rows."""

    sql: str
    values: dict[str, Any]
    answer: Callable[[Sequence[Row]], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """The geometry of the rows under an alias."""

    place: Place
    geometry: Property

    @property
    def boxed(self) -> bool:
        """Whether the row holds the box of its geometry."""
        return "geometry" in self.geometry.columns

    @property
    def there(self) -> Sql:
        """Whether the row has a geometry."""
        return self.at(
            "{a}.west is not null" if self.boxed else f"{self.geometry.value} is not null"
        )

    @property
    def is_point(self) -> Sql:
        """Whether it is a point, or none larger."""
        return self.at(_POINT)

    def at(self, template: str) -> Sql:
        """A template of the entity table for this row."""
        return at(template, self.place.alias)


def asked(
    target: Target,
    near: BaseGeometry | None,
    answer: Callable[[Sequence[Row]], Any],
    build: Build,
    *,
    kind: str,
    points: bool = True,
) -> Sql:
    """A placeholder for what is found of the candidates, of this SQL type.

    They are those whose box meets that of `near`, perhaps without the `points`.
    """
    own = Build(build.address, build.viewer)
    conditions: list[Sql] = [
        sql.SQL("c.west is not null" if target.boxed else "c.text is not null")
    ]
    if target.boxed and near is not None:
        conditions.append(_meets(near, own))
    if target.boxed and not points:
        conditions.append(sql.SQL(f"not ({_POINT.replace('{a}', 'c')})"))
    statement = sql.SQL(
        "select c.id, c.west, c.south, c.text from ({rows}) c where {where} limit {most}"
    ).format(rows=_rows(target, own), where=all_of(conditions), most=own.value(MOST + 1, "bigint"))
    question = Question(sql=statement.as_string(None), values=own.values, answer=answer)
    return build.value(question, kind)


def _rows(target: Target, build: Build) -> Sql:
    """Ids, boxes and, unless the box tells it all, the GeoJSON of the rows."""
    alias = build.alias()
    columns, text = [f"null::float8 as {side}" for side in _BOX], f"({target.geometry.value})::text"
    if target.boxed:
        columns = [f"{{a}}.{side}" for side in _BOX]
        text = f"case when not ({_POINT}) then {text} end"
    return sql.SQL("select {}, {} as text from {}").format(
        at(", ".join(["{a}.id", *columns]), alias),
        at(text, alias),
        build.source(target.place.entity, alias),
    )


def _meets(near: BaseGeometry, build: Build) -> Sql:
    west, south, east, north = (build.value(side, "float8") for side in near.bounds)
    return sql.SQL(
        "c.west <= {east} and c.east >= {west} and c.south <= {north} and c.north >= {south}"
    ).format(west=west, south=south, east=east, north=north)


def questions(values: dict[str, Any]) -> dict[str, Question]:
    """The values of a statement that have to be asked for before it can run."""
    return {name: value for name, value in values.items() if isinstance(value, Question)}
