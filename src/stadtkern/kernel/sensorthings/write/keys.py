"""Who writes, and that a program of one project stays inside it: the database holds it there."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from django.db import connection

from stadtkern.kernel.sensorthings.access import credentials, lookup
from stadtkern.kernel.sensorthings.access.grant import Grant
from stadtkern.kernel.sensorthings.viewer import Viewer

Result = TypeVar("Result")
# Who writes in this request; nobody where the city itself does.
_acting: ContextVar[Grant | None] = ContextVar("acting", default=None)


def writer(authorization: str) -> Grant:
    """Who writes in the transaction that is open, which then holds them to their projects.

    Raises Problem: no key or token, or none that is valid (401), one for something else (403).
    """
    found = lookup.writer(authorization)
    _bind(found)
    return found


def within(grant: Grant, work: Callable[[], Result]) -> Result:
    """Do the work as this writer, in a further transaction of the same request."""
    _bind(grant)
    return work()


def acting() -> Viewer:
    """What the writer of this request sees."""
    grant = _acting.get()
    return grant.viewer if grant else Viewer(everything=True)


def secret_in(authorization: str) -> str:
    """The key or token itself: a bearer token, or the password of a basic log-in.

    Raises Problem (401): there is none.
    """
    found = credentials.secret_in(authorization)
    if not found:
        raise credentials.missing("writing needs an API key: Authorization: Bearer <key>")
    return found


def _bind(grant: Grant) -> None:
    """The triggers of rights.sql read the settings, which end with the transaction."""
    before = _acting.get()
    _acting.set(grant)
    if not grant.everywhere:
        _hold("{" + ",".join(map(str, grant.projects)) + "}", str(grant.projects[0]))
    elif before and not before.everywhere:
        _hold("", "")


def _hold(projects: str, into: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('stadtkern.writes', %s, true),"
            " set_config('stadtkern.into', %s, true)",
            [projects, into],
        )
