"""Gives a statement the values that have to be asked of the database before it can run."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from psycopg import AsyncConnection

from stadtkern.kernel.sensorthings.plan.candidates import questions
from stadtkern.kernel.sensorthings.plan.geometry import Row


async def settled(one: AsyncConnection[Any], values: dict[str, Any]) -> dict[str, Any]:
    """The values of a statement, all of them known.

    Raises Problem (400): a spatial function would look at too much, or cannot be decided.
    """
    found = values
    for name, question in questions(values).items():
        rows = await (await one.execute(question.sql.encode(), question.values)).fetchall()
        # Geometry takes time: the event loop has others to serve.
        found = {**found, name: await asyncio.to_thread(question.answer, rows)}
    return found


def settled_now(
    fetch: Callable[[str, dict[str, Any]], Sequence[Row]], values: dict[str, Any]
) -> dict[str, Any]:
    """As `settled`, where the caller is no coroutine; `fetch` gives the rows of a statement."""
    asked = questions(values).items()
    answers = {name: one.answer(fetch(one.sql, one.values)) for name, one in asked}
    return {**values, **answers}
