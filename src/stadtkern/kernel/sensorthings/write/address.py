"""Which entity an address names."""

from django.db import connection

from stadtkern.kernel.sensorthings.entities import Entity
from stadtkern.kernel.sensorthings.parse.path import Resource, Step
from stadtkern.kernel.sensorthings.plan import reads
from stadtkern.kernel.sensorthings.plan.reads import Statement
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import keys


def number(resource: Resource) -> int:
    """The id of the entity at the end of a path, be it given there or found over links.

    Raises Problem (404): nothing lies at the end of a link.
    """
    if len(resource.steps) == 1 and resource.last.id is not None and keys.acting().everything:
        return resource.last.id
    return check(resource)


def is_seen(entity: Entity, number: int) -> bool:
    """Whether there is an entity with this id that the writer sees."""
    steps = (Step(entity=entity, id=number),)
    return _found(reads.identity(steps, reads.Base(base="", viewer=keys.acting()))) is not None


def check(resource: Resource) -> int:
    """As `number`, and look whether it is there although the path gives it.

    Raises Problem (404): it is not.
    """
    statement = reads.identity(resource.steps, reads.Base(base="", viewer=keys.acting()))
    found = _found(statement)
    if found is None:
        raise Problem(404, f"there is no such {resource.last.entity.singular}")
    return found


def _found(statement: Statement) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.values)
        row = cursor.fetchone()
    return None if row is None else int(row[0])
