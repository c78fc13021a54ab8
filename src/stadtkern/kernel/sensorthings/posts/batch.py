"""One batch of posts, from the waiting requests to their answers."""

import asyncio
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
import structlog
from asgiref.sync import sync_to_async
from django.db import Error

from stadtkern.kernel import events
from stadtkern.kernel.sensorthings.posts.connections import SECONDS, Connections, ask
from stadtkern.kernel.sensorthings.posts.heard import write_and_tell
from stadtkern.kernel.sensorthings.posts.statement import HEARD, parameters, size
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.things.packing import longs_in
from stadtkern.kernel.things.store import Observation

log = structlog.get_logger("sensorthings")

# What the server answers to a statement that it rolled back and that may do better alone.
_AGAIN = ("40001", "40P01")
PATIENCE = SECONDS + 5


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Post:
    """An observation, of a MultiDatastream or not, with the digest of the key it came with.

    `done` gets its id once it is committed, negated where the same was there already; None where
    it has to take the general path.
    """

    row: Observation
    multi: bool
    digest: str
    done: asyncio.Future[int | None]


async def write(posts: Sequence[Post], connections: Connections) -> None:
    """Write these posts and settle each; what breaks a batch is found by halves and left out."""
    try:
        async with asyncio.timeout(PATIENCE):
            numbers = await _numbers(posts, connections)
    except (psycopg.Error, OSError, ValueError, struct.error) as error:
        if _is_away(error):
            log.warning("posts wait for the database", error=str(error), posts=len(posts))
            refuse(posts)
        elif len(posts) == 1:
            _settle(posts, [None])
        else:
            middle = len(posts) // 2
            await write(posts[:middle], connections)
            await write(posts[middle:], connections)
        return
    await _settle_heard(posts, numbers)
    _settle(posts, numbers)


def _is_away(error: Exception) -> bool:
    """Whether the database is away or too slow, rather than a row at fault."""
    if isinstance(error, psycopg.OperationalError):
        return error.sqlstate not in _AGAIN
    return isinstance(error, psycopg.InterfaceError | OSError)


async def _numbers(posts: Sequence[Post], connections: Connections) -> list[int | None]:
    values = parameters(
        [post.row for post in posts],
        [size(post.row, post.multi) for post in posts],
        digests=[post.digest for post in posts],
        heard=events.kinds_heard(),
    )
    async with connections.one() as connection:
        return longs_in(await ask(connection, values))


async def _settle_heard(posts: Sequence[Post], numbers: Sequence[int | None]) -> None:
    """Those that somebody listens to, over Django's connection, in which events are published."""
    heard = [post for post, number in zip(posts, numbers, strict=True) if number == HEARD]
    if not heard:
        return
    told = [(post.row, post.multi, post.digest) for post in heard]
    try:
        _settle(heard, await sync_to_async(write_and_tell, thread_sensitive=False)(told))
    except Error as error:
        log.warning("posts that are listened to go one by one", error=str(error))
        _settle(heard, [None] * len(heard))


def _settle(posts: Sequence[Post], numbers: Sequence[int | None]) -> None:
    for post, number in zip(posts, numbers, strict=True):
        if not post.done.done():
            post.done.set_result(number)


def refuse(posts: Sequence[Post]) -> None:
    """Tell those who still wait that nothing of theirs is written."""
    for post in posts:
        if not post.done.done():
            problem = Problem(503, "the database does not answer", ("Retry-After", "5"))
            post.done.set_exception(problem)
