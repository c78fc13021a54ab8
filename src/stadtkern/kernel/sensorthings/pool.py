"""Connections for reads: one bounded pool per event loop, read-only and with a time limit."""

import asyncio
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolClosed

SECONDS = 10
WAIT = 5.0
_Loop = asyncio.AbstractEventLoop
_pools: WeakKeyDictionary[_Loop, AsyncConnectionPool[AsyncConnection[Any]]] = WeakKeyDictionary()


async def pool() -> AsyncConnectionPool[AsyncConnection[Any]]:
    """This event loop's pool, opened when first asked for."""
    loop = asyncio.get_running_loop()
    found = _pools.get(loop)
    if found is None:
        _pools[loop] = found = AsyncConnectionPool(
            kwargs=_address(),
            min_size=0,
            max_size=8,
            timeout=WAIT,
            open=False,
            configure=_configure,
            check=AsyncConnectionPool.check_connection,
            name="sensorthings",
        )
        await found.open()
    return found


async def close() -> None:
    """Close this event loop's pool, if it was opened."""
    found = _pools.pop(asyncio.get_running_loop(), None)
    if found is not None:
        with suppress(PoolClosed):
            await found.close()


def _address() -> dict[str, Any]:
    """Django's database as it is now: under test its name is another than in the settings."""
    wanted = connection.get_connection_params()
    own = ("dbname", "user", "password", "host", "port", "service", "sslmode", "sslrootcert")
    found = {key: value for key, value in wanted.items() if key in own}
    return {**found, "client_encoding": "utf8", "autocommit": True}


async def _configure(one: AsyncConnection[Any]) -> None:
    await one.execute(
        "select set_config('default_transaction_read_only', 'on', false),"
        " set_config('statement_timeout', %s, false), set_config('TimeZone', 'UTC', false)",
        [f"{SECONDS}s"],
    )
