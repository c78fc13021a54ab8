"""Entity tags by which a client makes sure that it changes what it has seen (RFC 9110, 13.1.1).

The tag of an entity has two parts, `"set.shown"`: what a client can set of the entity, and all that
the answer showed. `If-None-Match` compares both, `If-Match` the first alone: a new observation
changes how its datastream is shown, and takes no change of the datastream away.
"""

from django.db import connection

from stadtkern.kernel.sensorthings.entities import Entity
from stadtkern.kernel.sensorthings.parse.options import Options
from stadtkern.kernel.sensorthings.parse.path import Resource, Step
from stadtkern.kernel.sensorthings.plan import reads
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.viewer import Viewer

_WRITER = Viewer(everything=True)


def etag_of(entity: Entity, number: int) -> str:
    """The first part of the tag of an entity as it is now; empty where there is none."""
    resource = Resource(steps=(Step(entity=entity, id=number),))
    statement = reads.single(resource, Options(), reads.Base(base="", viewer=_WRITER))
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.values)
        found = cursor.fetchone()
    return str(found[1]) if found else ""


def check(entity: Entity, number: int, if_match: str) -> None:
    """Checks that an entity is still what an `If-Match` says.

    Ask once the row is locked: otherwise two that saw the same may both change it.
    Raises Problem (412): somebody has changed it since, or it is gone.
    """
    if not if_match:
        return
    now = etag_of(entity, number)
    seen = {one.strip().strip('"').partition(".")[0] for one in if_match.split(",")}
    if not now or ("*" not in seen and now not in seen):
        raise Problem(412, f"{entity.name}({number}) has been changed since: read it again")
