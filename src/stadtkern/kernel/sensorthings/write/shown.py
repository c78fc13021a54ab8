"""An entity as the API shows it, read in the transaction that writes it."""

from typing import Any

import msgspec
from django.db import connection

from stadtkern.kernel.sensorthings.entities import Entity
from stadtkern.kernel.sensorthings.parse.options import Options
from stadtkern.kernel.sensorthings.parse.path import Resource, Step
from stadtkern.kernel.sensorthings.plan import reads
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import keys


def text(entity: Entity, number: int, base: str) -> bytes:
    """The JSON of an entity.

    Raises Problem (404): there is none.
    """
    resource = Resource(steps=(Step(entity=entity, id=number),))
    statement = reads.single(resource, Options(), reads.Base(base=base, viewer=keys.acting()))
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.values)
        found = cursor.fetchone()
    if found is None:
        raise Problem(404, f"there is no such {entity.singular}")
    return str(found[0]).encode()


def properties(entity: Entity, number: int) -> dict[str, Any]:
    """The properties of an entity by name, without its links.

    Raises Problem (404): there is none.
    """
    found = msgspec.json.decode(text(entity, number, ""), type=dict[str, Any])
    return {name: found[name] for name in entity.properties if name in found}
