"""Connections for reads: bounded pools per event loop, read-only and with a time limit."""

import asyncio
import select
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolClosed

SECONDS = 10
WAIT = 5.0
# So many statements stay planned: each plan takes memory for all partitions.
PREPARED = 30
_Connection = AsyncConnection[Any]
_Pool = AsyncConnectionPool[_Connection]


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A pool: how many connections it has at most, and when PostgreSQL plans a statement."""

    name: str
    size: int
    plans: str


# Planned for the values of each request; once for all values, which saves the time for it where
# nothing is filtered; and for answers that are read while they go out, so that slow clients keep
# no connection from the others.
SEARCHES = Kind(name="searches", size=4, plans="force_custom_plan")
STEADY = Kind(name="steady", size=3, plans="force_generic_plan")
STREAMS = Kind(name="streams", size=3, plans="force_custom_plan")

_pools: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Kind, _Pool]] = WeakKeyDictionary()


async def pool(kind: Kind = SEARCHES) -> _Pool:
    """This event loop's pool of a kind, opened when first asked for."""
    pools = _pools.setdefault(asyncio.get_running_loop(), {})
    found = pools.get(kind)
    if found is None:

        async def configured(one: _Connection) -> None:
            await configure(one, kind.plans)

        pools[kind] = found = AsyncConnectionPool(
            kwargs={**address(), "application_name": f"stadtkern {kind.name}"},
            min_size=0,
            max_size=kind.size,
            timeout=WAIT,
            open=False,
            configure=configured,
            check=_alive,
            name=kind.name,
        )
        await found.open()
    return found


async def close() -> None:
    """Close this event loop's pools, if they were opened."""
    for found in _pools.pop(asyncio.get_running_loop(), {}).values():
        with suppress(PoolClosed):
            await found.close()


async def _alive(one: _Connection) -> None:
    """An idle connection that has something to say may be cut off; of others nobody need ask."""
    watch = select.poll()
    watch.register(one.fileno(), select.POLLIN)
    if watch.poll(0):
        await AsyncConnectionPool.check_connection(one)


def address() -> dict[str, Any]:
    """Django's database as it is now: under test its name is another than in the settings."""
    wanted = connection.get_connection_params()
    own = ("dbname", "user", "password", "host", "port", "service", "sslmode", "sslrootcert")
    found = {key: value for key, value in wanted.items() if key in own}
    return {**found, "client_encoding": "utf8", "autocommit": True}


async def configure(one: _Connection, plans: str = "auto") -> None:
    """Read-only, in UTC, and no statement for longer than SECONDS."""
    one.prepared_max = PREPARED
    await one.execute(
        "select set_config('default_transaction_read_only', 'on', false),"
        " set_config('statement_timeout', %s, false), set_config('TimeZone', 'UTC', false),"
        " set_config('plan_cache_mode', %s, false)",
        [f"{SECONDS}s", plans],
    )
