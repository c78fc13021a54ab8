"""Connections of an event loop for writing, kept open between statements."""

import asyncio
import re
import select
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from psycopg import AsyncConnection, OperationalError
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

from stadtkern.kernel.sensorthings import pool
from stadtkern.kernel.sensorthings.posts.statement import STATEMENT

SECONDS = 10  # the longest a statement may take


def _numbered(statement: str) -> str:
    """With $1, $2, .. for the places of its values, as PREPARE wants them."""
    places: Iterator[int] = count(1)
    return re.sub("%s", lambda _: f"${next(places)}", statement)


NAME = b"post"
PREPARE = f"prepare {NAME.decode()} as {_numbered(STATEMENT)}"


class Connections:
    """Hands out a connection that was used before, or a new one."""

    def __init__(self) -> None:
        self._idle: list[AsyncConnection[Any]] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection in autocommit.

        Raises psycopg.OperationalError: the database is away.
        """
        found = await self._usable() or await _connect()
        try:
            yield found
        finally:
            if found.info.transaction_status is TransactionStatus.IDLE:
                self._idle.append(found)
            else:
                await found.close()

    async def _usable(self) -> AsyncConnection[Any] | None:
        while self._idle:
            found = self._idle.pop()
            if not _has_news(found):
                return found
            await found.close()
        return None

    async def close(self) -> None:
        """Close what is not in use."""
        while self._idle:
            await self._idle.pop().close()


def _has_news(one: AsyncConnection[Any]) -> bool:
    """An idle connection on which something arrives is being closed by the other side."""
    watch = select.poll()
    watch.register(one.fileno(), select.POLLIN)
    return bool(watch.poll(0))


async def _connect() -> AsyncConnection[Any]:
    found = await AsyncConnection.connect(
        **pool.address(), connect_timeout=5, application_name="stadtkern-posts"
    )
    await found.execute("select set_config('statement_timeout', %s, false)", [f"{SECONDS}s"])
    await found.execute(PREPARE.encode())
    return found


async def ask(connection: AsyncConnection[Any], values: Sequence[bytes | str | None]) -> bytes:
    """The one value that STATEMENT gives for these, both in PostgreSQL's binary form.

    Past psycopg's cursor, which for a single post costs as much as all the rest of the request.
    Raises psycopg.Error as the cursor would.
    """
    given = [one.encode() if isinstance(one, str) else one for one in values]
    one = connection.pgconn
    one.send_query_prepared(NAME, given, [Format.BINARY] * len(given), Format.BINARY)
    result = await _result(one)
    if result.status != ExecStatus.TUPLES_OK:
        raise error_from_result(result)
    return result.get_value(0, 0) or b""


async def _result(one: PGconn) -> PGresult:
    """What comes back, once it is complete."""
    loop, socket = asyncio.get_running_loop(), one.socket
    done: asyncio.Future[PGresult] = loop.create_future()
    results: list[PGresult] = []

    def write() -> None:
        try:
            if not one.flush():
                loop.remove_writer(socket)
        except OperationalError as error:
            _fail(done, error)

    def read() -> None:
        try:
            one.consume_input()
            while not done.done() and not one.is_busy():
                found = one.get_result()
                if found is not None:
                    results.append(found)
                elif results:
                    done.set_result(results[-1])
                else:
                    _fail(done, OperationalError("the connection gave no answer"))
        except OperationalError as error:
            _fail(done, error)

    loop.add_reader(socket, read)
    try:
        if one.flush():
            loop.add_writer(socket, write)
        return await done
    finally:
        loop.remove_reader(socket)
        loop.remove_writer(socket)


def _fail(done: asyncio.Future[PGresult], error: OperationalError) -> None:
    if not done.done():
        done.set_exception(error)
