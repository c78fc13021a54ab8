"""Runs what waits for the database beside the event loop, in a few threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connection

# Points that wait here cost nothing; more threads would take the pages' connections.
THREADS = 4

P = ParamSpec("P")
T = TypeVar("T")

_pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="ocpp")


async def run(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The answer of a plain function, which has a connection of its own."""

    def work() -> T:
        close_old_connections()
        try:
            return call(*args, **kwargs)
        finally:
            connection.close()

    return await asyncio.get_running_loop().run_in_executor(_pool, work)
