"""The answer to a request for observations with `$aggregate` or `$interval`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from psycopg import AsyncConnection

from stadtkern.kernel import clock
from stadtkern.kernel.sensorthings.aggregate import figures, formats, streams
from stadtkern.kernel.sensorthings.aggregate.ask import Ask, ask, is_asked, token
from stadtkern.kernel.sensorthings.aggregate.figures import Window
from stadtkern.kernel.sensorthings.aggregate.rows import Page, Source, Walk
from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.entities import OBSERVATIONS
from stadtkern.kernel.sensorthings.parse.options import pairs
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.plan.reads import Base, Statement
from stadtkern.kernel.sensorthings.run import Request, connection
from stadtkern.kernel.sensorthings.settle import settled
from stadtkern.kernel.things import series

_AHEAD = {
    False: "select min(at) from things_observation"
    " where datastream_id = %(d)s and at >= %(low)s and at < %(high)s",
    True: "select max(at) from things_observation"
    " where datastream_id = %(d)s and at >= %(low)s and at < %(high)s",
}


def concerns(resource: Resource, query: bytes) -> bool:
    """Whether a GET of this resource asks for aggregates."""
    return resource.many and resource.last.entity is OBSERVATIONS and is_asked(query)


async def answer(resource: Resource, request: Request) -> Answer:
    """The aggregates of a collection of observations.

    Raises Problem: an option does not fit (400), nothing there (404), it takes too long (503).
    """
    asked = ask(request.query, series.city_zone(), many=len(resource.steps) == 1)
    where = Base(base=request.base, viewer=request.viewer)
    async with connection() as one:
        wanted = streams.statement(resource, asked.streams, where)
        found = streams.streams([row[0] for row in await _rows(one, wanted)], resource)
        page = await Walk(asked, _source(one, asked, where), clock.now()).page(found)
    told = formats.Told(
        ask=asked, streams=found, rows=page.rows, base=request.base, link=_link(request, page)
    )
    return formats.answer(told)


def _source(one: AsyncConnection[Any], asked: Ask, where: Base) -> Source:
    city = series.city_zone()

    async def sums(window: Window) -> Sequence[tuple[Any, ...]]:
        return await _rows(one, figures.statement(asked, window, city, where))

    async def ahead(stream: int, low: datetime, high: datetime) -> datetime | None:
        values = {"d": stream, "low": low, "high": high}
        found = await _rows(one, Statement(sql=_AHEAD[asked.descending], values=values))
        return found[0][0]  # type: ignore[no-any-return]

    return Source(sums=sums, ahead=ahead)


async def _rows(one: AsyncConnection[Any], statement: Statement) -> list[tuple[Any, ...]]:
    values = await settled(one, statement.values)
    cursor = await one.execute(statement.sql.encode(), values)
    return await cursor.fetchall()


def _link(request: Request, page: Page) -> str:
    """The address of the next page; empty on the last one."""
    if page.mark is None:
        return ""
    kept = [
        f"{quote(name, safe='$')}={quote(text, safe='$,/()')}"
        for name, text in pairs(request.query)
        if name.lower() != "$skiptoken"
    ]
    query = "&".join([*kept, f"$skiptoken={token(page.mark)}"])
    return f"{request.base}/{request.path}?{query}"
