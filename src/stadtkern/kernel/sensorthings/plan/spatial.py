"""Spatial functions (18-088, 9.3.3.5.3): the database has no geometry type, so it is asked first.

`geo.distance`, `st_within` and the like hold a constant geometry against that of a row. Candidates
are read by their boxes, decided apart (geometry.py), and the ids found go into the statement as one
value. Thus however many rows there are, there is one statement more for each such function.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec
import shapely
from psycopg import sql
from shapely.geometry.base import BaseGeometry

from stadtkern.kernel.sensorthings.parse.expressions import Call, Expression, Literal, Path, Shape
from stadtkern.kernel.sensorthings.parse.tokens import Spot
from stadtkern.kernel.sensorthings.plan import geometry
from stadtkern.kernel.sensorthings.plan.build import Build
from stadtkern.kernel.sensorthings.plan.candidates import MOST, Target, asked
from stadtkern.kernel.sensorthings.plan.geometry import Decide, Row
from stadtkern.kernel.sensorthings.plan.scope import Scope, Trail
from stadtkern.kernel.sensorthings.plan.terms import Term

FUNCTIONS = {
    "geo.distance": 2,
    "geo.length": 1,
    "geo.intersects": 2,
    "st_equals": 2,
    "st_disjoint": 2,
    "st_touches": 2,
    "st_within": 2,
    "st_overlaps": 2,
    "st_crosses": 2,
    "st_intersects": 2,
    "st_contains": 2,
    "st_relate": 3,
}


def called(found: Call, scope: Scope, trail: Trail | None) -> Term:
    """The value of a spatial function.

    Raises Problem (400): its arguments are not a geometry of the row and, where it takes two, a
    constant one.
    """
    name = found.name.lower()
    if len(found.arguments) != FUNCTIONS[name]:
        raise found.at.problem(
            f"{name} takes {FUNCTIONS[name]} arguments, found {len(found.arguments)}"
        )
    if name == "geo.length":
        return _length(found.arguments[0], scope, trail)
    one, other, first = _sides(found)
    if isinstance(other, Literal):
        return _known(name, one, _shape(other), found, scope.build)
    target = _target(other, scope, trail)
    if name == "geo.distance":
        return _distance(one, target, scope.build, found.at)
    decide = _decide(name, one, found, first=first)
    return _relation(name, one, target, decide, found, scope.build)


def _known(name: str, one: BaseGeometry, other: BaseGeometry, found: Call, build: Build) -> Term:
    """A function of two constants."""
    others = geometry.array(other)
    if name == "geo.distance":
        figure = float(geometry.distances(one, others)[0])
        return Term(kind="float8", sql=build.value(figure, "float8"))
    truth = bool(_decide(name, one, found, first=True)(others)[0])
    return Term(kind="boolean", sql=build.value(truth, "boolean"))


def _sides(found: Call) -> tuple[BaseGeometry, Expression, bool]:
    """The constant geometry, the other argument, and whether the constant comes first."""
    left, right = found.arguments[:2]
    if isinstance(left, Literal):
        return _shape(left), right, True
    if isinstance(right, Literal):
        return _shape(right), left, False
    raise found.at.problem(
        f"{found.name} needs a constant such as geography'POINT (7.2 51.5)' as one argument"
    )


def _shape(found: Literal) -> BaseGeometry:
    if not isinstance(found.value, Shape):
        raise found.at.problem("expected a geometry such as geography'POINT (7.2 51.5)'")
    return geometry.shape(found.value.text, found.at)


def _target(found: Expression, scope: Scope, trail: Trail | None) -> Target:
    if not isinstance(found, Path):
        raise found.at.problem("expected a property that is a geometry")
    owner, names = scope.owner(found.names)
    place = owner.reach(names, found.at, trail) if names and not owner.element else None
    known = place.entity.properties.get(place.names[0]) if place else None
    if place is None or known is None or known.kind != "geometry" or len(place.names) > 1:
        raise found.at.problem(f"'{'/'.join(found.names)}' is no geometry")
    return Target(place=place, geometry=known)


def _decide(name: str, one: BaseGeometry, found: Call, *, first: bool) -> Decide:
    relation = name.rpartition("_")[2].rpartition(".")[2]
    if relation != "relate":
        return partial(geometry.related, relation, one, first=first)
    text = _pattern(found)
    return partial(geometry.matching, one, text=text if first else geometry.turned(text))


def _pattern(found: Call) -> str:
    last = found.arguments[2]
    if not isinstance(last, Literal) or not isinstance(last.value, str):
        raise last.at.problem("expected a pattern such as 'T********'")
    return geometry.pattern(last.value, last.at)


def _relation(
    name: str, one: BaseGeometry, target: Target, decide: Decide, found: Call, build: Build
) -> Term:
    """True for the rows whose ids are found beforehand; apart are all but those that meet."""
    apart = name == "st_disjoint"
    if apart:
        decide = partial(geometry.related, "intersects", one, first=True)
    near = one if name != "st_relate" or geometry.touching(_pattern(found)) else None
    answer = partial(_answer, name, found.at, partial(geometry.numbers, decide=decide))
    ids = asked(target, near, answer, build, kind="bigint[]")
    template = sql.SQL("(case when {} then {}{} = any ({}) end)")
    return Term(
        kind="boolean",
        sql=template.format(
            target.there, sql.SQL("not " if apart else ""), target.at("{a}.id"), ids
        ),
    )


def _distance(one: BaseGeometry, target: Target, build: Build, spot: Spot) -> Term:
    """Between points the database knows it; all else is measured beforehand."""
    plain = target.boxed and one.geom_type == "Point"
    answer = partial(
        _answer, "geo.distance", spot, partial(_figures, partial(geometry.distances, one))
    )
    found = asked(target, None, answer, build, kind="jsonb", points=not plain)
    value = sql.SQL("({} ->> {}::text)::float8").format(found, target.at("{a}.id"))
    if plain:
        template = "(case when {} then sqrt(({} - {}) ^ 2 + ({} - {}) ^ 2) else {} end)"
        value = sql.SQL(template).format(
            target.is_point,
            target.at("{a}.west"),
            build.value(float(shapely.get_x(one)), "float8"),
            target.at("{a}.south"),
            build.value(float(shapely.get_y(one)), "float8"),
            value,
        )
    return Term(kind="float8", sql=value)


def _length(argument: Expression, scope: Scope, trail: Trail | None) -> Term:
    build = scope.build
    if isinstance(argument, Literal):
        figure = geometry.lengths(geometry.array(_shape(argument)))[0]
        return Term(kind="float8", sql=build.value(float(figure), "float8"))
    target = _target(argument, scope, trail)
    answer = partial(_answer, "geo.length", argument.at, partial(_figures, geometry.lengths))
    found = asked(target, None, answer, build, kind="jsonb", points=False)
    value = sql.SQL("(case when {} then coalesce(({} ->> {}::text)::float8, 0) end)")
    return Term(kind="float8", sql=value.format(target.there, found, target.at("{a}.id")))


def _figures(measure: Decide, rows: Sequence[Row]) -> str:
    """What is measured by id, as a JSON object in which the database looks it up."""
    return msgspec.json.encode(geometry.figures(rows, measure)).decode()


def _answer(name: str, spot: Spot, of: Callable[[Sequence[Row]], Any], rows: Sequence[Row]) -> Any:
    if len(rows) > MOST:
        raise spot.problem(
            f"{name} would have to look at more than {MOST} geometries: ask for a smaller area"
        )
    try:
        return of(rows)
    except shapely.GEOSException as error:
        raise spot.problem(f"{name} cannot be decided: {str(error)[:200]}") from None
