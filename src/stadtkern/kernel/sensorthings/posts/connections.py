"""Connections of an event loop for writing, kept open between statements."""

import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

from stadtkern.kernel.sensorthings import pool
from stadtkern.kernel.things.packing import Column, ColumnDumper

SECONDS = 10  # the longest a statement may take


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
    found.adapters.register_dumper(Column, ColumnDumper)
    found.prepare_threshold = 0
    await found.execute("select set_config('statement_timeout', %s, false)", [f"{SECONDS}s"])
    return found
