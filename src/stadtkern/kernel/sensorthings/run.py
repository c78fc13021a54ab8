"""Runs the plans of reads and puts the answers together, without decoding the entities' JSON."""

from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.pq.abc import PGresult

from stadtkern.kernel.sensorthings import pool
from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.parse.options import Options, pairs
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.plan import order, reads
from stadtkern.kernel.sensorthings.plan.reads import Count, Page, Statement
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.viewer import Viewer

_CHUNK = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a read needs to know of its request: the service's address, the path, the query."""

    base: str
    path: str
    query: bytes
    viewer: Viewer


async def read(resource: Resource, options: Options, request: Request) -> Answer:
    """The answer to a GET.

    Raises Problem: nothing there (404), an option does not fit (400), the database is away (503).
    """
    where = reads.Base(base=request.base, viewer=request.viewer)
    if resource.many:
        return await _page(reads.page(resource, options, where), request)
    return await _single(resource, reads.single(resource, options, where))


@asynccontextmanager
async def _connection() -> Any:
    """A connection whose errors are told in the client's words."""
    try:
        async with (await pool.pool()).connection() as one:
            yield one
    except psycopg.errors.QueryCanceled:
        message = f"this takes longer than {pool.SECONDS} s: ask for less"
        raise Problem(503, message) from None
    except (psycopg.DataError, psycopg.errors.ProgramLimitExceeded) as error:
        raise Problem(400, f"a value does not fit: {_first_line(error)}") from None
    except psycopg.OperationalError:
        raise Problem(503, "the database does not answer", ("Retry-After", "5")) from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


async def _fetch(one: AsyncConnection[Any], statement: Statement) -> PGresult:
    cursor = await one.execute(statement.sql.encode(), statement.values)
    result = cursor.pgresult
    if result is None:
        raise psycopg.OperationalError("no result")
    return result


async def _page(plan: Page, request: Request) -> Answer:
    async with _connection() as one:
        found = await _fetch(one, plan.rows)
        if not found.ntuples and plan.parent and not (await _fetch(one, plan.parent)).ntuples:
            raise Problem(404, "there is no such entity")
        head = await _counted(one, plan.count) if plan.count else b""
    shown = min(found.ntuples, plan.limit)
    if found.ntuples > plan.limit and shown:
        keys = [found.get_value(shown - 1, column) for column in range(1, found.nfields)]
        link = _next_link(request, [None if key is None else key.decode() for key in keys])
        head += b'"@iot.nextLink":' + msgspec.json.encode(link) + b","
    return Answer(status=200, body=_pieces(head, found, shown))


def _pieces(head: bytes, found: PGresult, shown: int) -> Iterator[bytes]:
    """The body in pieces, so that a long page goes out before it is all put together."""
    yield b"{" + head + b'"value":['
    for first in range(0, shown, _CHUNK):
        last = min(first + _CHUNK, shown)
        texts = [found.get_value(row, 0) or b"" for row in range(first, last)]
        yield (b"," if first else b"") + b",".join(texts)
    yield b"]}"


def _next_link(request: Request, keys: list[str | None]) -> str:
    kept = [
        f"{quote(name, safe='$')}={quote(text, safe='$,/()')}"
        for name, text in pairs(request.query)
        if name not in ("$skip", "$skiptoken")
    ]
    query = "&".join([*kept, f"$skiptoken={order.encoded(keys)}"])
    return f"{request.base}/{request.path}?{query}"


async def _counted(one: AsyncConnection[Any], count: Count) -> bytes:
    number = int((await _fetch(one, count.exact)).get_value(0, 0) or 0)
    if number <= reads.COUNTED or count.rows is None:
        return b'"@iot.count":%d,' % number
    plan = (await _fetch(one, count.rows)).get_value(0, 0)
    guess = int(msgspec.json.decode(plan or b"[]")[0]["Plan"]["Plan Rows"])
    return b'"@iot.count":%d,"@iot.countIsEstimate":true,' % max(number, guess)


async def _single(resource: Resource, statement: Statement) -> Answer:
    async with _connection() as one:
        found = await _fetch(one, statement)
    if not found.ntuples:
        raise Problem(404, f"there is no such {resource.last.entity.singular}")
    text = found.get_value(0, 0)
    if not resource.field:
        return Answer(status=200, body=[text or b""])
    if text is None or text == b"null":
        return Answer(status=204, body=[])
    if resource.raw:
        value = msgspec.json.decode(text)
        plain = value.encode() if isinstance(value, str) else text
        return Answer(status=200, body=[plain], kind="text/plain; charset=utf-8")
    return Answer(status=200, body=[b'{"%s":%s}' % (resource.field.encode(), text)])
