"""Keeps messages for ingest; those that wait while others are committed share a transaction."""

import asyncio
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from psycopg import AsyncConnection
from psycopg import Error as DatabaseError

from stadtkern.kernel.devices.ingest.event import Message
from stadtkern.kernel.sensorthings.pool import address

LARGEST = 500
KEEP = """
insert into devices_arrival (network, topic, body, headers, received)
select * from unnest(%s::text[], %s::text[], %s::bytea[], %s::jsonb[], %s::timestamptz[])
"""
Waiting = tuple[Message, "asyncio.Future[None]"]


class Inbox:
    """One connection and one writer for an event loop."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._writer: asyncio.Task[None] | None = None
        self._connection: AsyncConnection[Any] | None = None

    async def keep(self, message: Message) -> None:
        """Returns when the message is committed. Raises psycopg.Error: it is not."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((message, future))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await future

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
            try:
                await self._commit([message for message, _ in batch])
            except (DatabaseError, OSError) as error:
                await self._hang_up()
                _tell(batch, error)
            else:
                _tell(batch, None)

    async def _commit(self, messages: list[Message]) -> None:
        if self._connection is None or self._connection.closed:
            self._connection = await AsyncConnection.connect(
                **address(), application_name="stadtkern arrivals"
            )
        columns = [
            [one.network for one in messages],
            [one.topic for one in messages],
            [one.body for one in messages],
            [msgspec.json.encode(dict(one.headers)).decode() for one in messages],
            [one.received for one in messages],
        ]
        await self._connection.execute(KEEP, columns)

    async def _hang_up(self) -> None:
        if self._connection is not None:
            with suppress(DatabaseError, OSError):
                await self._connection.close()
        self._connection = None

    async def close(self) -> None:
        """Commit what waits, then hang up."""
        if self._writer is not None:
            await self._writer
        await self._hang_up()


def _tell(batch: list[Waiting], error: Exception | None) -> None:
    for _message, future in batch:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error if isinstance(error, DatabaseError) else DatabaseError())


_inboxes: WeakKeyDictionary[asyncio.AbstractEventLoop, Inbox] = WeakKeyDictionary()


async def keep(message: Message) -> None:
    """Returns when the message is committed. Raises psycopg.Error: it is not."""
    await _inboxes.setdefault(asyncio.get_running_loop(), Inbox()).keep(message)


async def close() -> None:
    """Close this event loop's inbox, if it has one."""
    found = _inboxes.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.close()
