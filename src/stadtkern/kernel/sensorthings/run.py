"""Runs the plans of reads and puts the answers together, without decoding the entities' JSON."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.pq.abc import PGresult
from psycopg_pool import PoolTimeout

from stadtkern.kernel.sensorthings import pool
from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.formats.form import About, Form
from stadtkern.kernel.sensorthings.parse.options import pairs
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.plan import order
from stadtkern.kernel.sensorthings.plan.reads import Count, Page, Statement
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.settle import settled
from stadtkern.kernel.sensorthings.viewer import Viewer
from stadtkern.kernel.sensorthings.work import Work, planned

_CHUNK = 500
# So few rows at once that neither memory nor the other requests feel a long answer.
_NEXT = Statement(sql="fetch 1000 from answer", values={})
# Seen as one: the page, what is streamed, and their count.
_BEGIN = b"begin isolation level repeatable read read only"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a read needs to know of its request: the service's address, the path, the query."""

    base: str
    path: str
    query: bytes
    viewer: Viewer


async def read(resource: Resource, request: Request) -> Answer:
    """The answer to a GET.

    Raises Problem: nothing there (404), an option does not fit (400), the database is away (503).
    """
    work = planned(resource, request.path, request.query, request.base, request.viewer)
    if isinstance(work.plan, Statement):
        return await _single(work, work.plan)
    if work.streams:
        return await _streamed(work, work.plan, request)
    return await _page(work, work.plan, request)


@asynccontextmanager
async def connection(kind: pool.Kind = pool.SEARCHES) -> Any:
    """A connection whose errors are told in the client's words."""
    try:
        async with (await pool.pool(kind)).connection() as one:
            yield one
    except psycopg.errors.QueryCanceled:
        message = f"this takes longer than {pool.SECONDS} s: ask for less"
        raise Problem(503, message) from None
    except (psycopg.DataError, psycopg.errors.ProgramLimitExceeded) as error:
        raise Problem(400, f"a value does not fit: {_first_line(error)}") from None
    except PoolTimeout:
        message = "too many questions at once, or the database does not answer"
        raise Problem(503, message, ("Retry-After", "5")) from None
    except psycopg.OperationalError:
        raise Problem(503, "the database does not answer", ("Retry-After", "5")) from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


async def fetch(one: AsyncConnection[Any], statement: Statement) -> PGresult:
    """The rows of a statement as they came from the database."""
    values = await settled(one, statement.values)
    cursor = await one.execute(statement.sql.encode(), values)
    result = cursor.pgresult
    if result is None:
        raise psycopg.OperationalError("no result")
    return result


def _kind(statement: Statement) -> pool.Kind:
    return pool.STEADY if statement.steady else pool.SEARCHES


@asynccontextmanager
async def _snapshot(one: AsyncConnection[Any]) -> AsyncIterator[None]:
    await one.execute(_BEGIN)
    try:
        yield
    finally:
        await one.rollback()


async def _page(work: Work, plan: Page, request: Request) -> Answer:
    async with connection(_kind(plan.rows)) as one:
        if plan.count is None:
            found, about = await fetch(one, plan.rows), About()
        else:
            async with _snapshot(one):
                found, about = await fetch(one, plan.rows), await _counted(one, work, plan.count)
        if not found.ntuples:
            await _check_parent(one, plan)
    shown = min(found.ntuples, plan.limit)
    more = found.ntuples > shown > 0
    link = _next_link(request, _keys(plan, found, shown - 1), shown) if more else None
    about = About(
        count=about.count, estimated=about.estimated, next=link if work.shown.pages else None
    )
    form = work.form()
    return Answer(
        status=200,
        body=_pieces(form, about, found, shown),
        kind=form.kind,
        headers=_headers(work, form, link),
    )


async def _check_parent(one: AsyncConnection[Any], plan: Page) -> None:
    if plan.parent and not (await fetch(one, plan.parent)).ntuples:
        raise Problem(404, "there is no such entity")


def _headers(work: Work, form: Form, link: str | None) -> tuple[tuple[str, str], ...]:
    """A name for what is kept as a file, and the next page of what has no other place for it."""
    found: list[tuple[str, str]] = []
    if form.ending == "csv":
        found.append(("Content-Disposition", f'attachment; filename="{work.file_name(form)}"'))
    if form.ending and link and work.shown.pages:
        found.append(("Link", f'<{link}>; rel="next"'))
    return tuple(found)


def _pieces(form: Form, about: About, found: PGresult, shown: int) -> Iterator[bytes]:
    """The body of a page or of one entity."""
    yield form.head(about)
    for first in range(0, shown, _CHUNK):
        yield form.rows(found, first, min(first + _CHUNK, shown))
    yield form.tail(None)


def _keys(plan: Page, found: PGresult, row: int) -> list[bytes | None]:
    """The keys of a row, after which the next page begins."""
    columns = range(found.nfields - plan.keys, found.nfields)
    return [found.get_value(row, column) for column in columns]


def _next_link(request: Request, keys: Sequence[bytes | None], shown: int) -> str:
    """`$skip` counts what was shown: by it, clients such as Masterportal tell when to stop."""
    given = pairs(request.query)
    kept = [
        f"{quote(name, safe='$')}={quote(text, safe='$,/()')}"
        for name, text in given
        if name.lower() not in ("$skip", "$skiptoken")
    ]
    skip = shown + sum(int(text) for name, text in given if name.lower() == "$skip")
    token = order.encoded([None if key is None else key.decode() for key in keys])
    query = "&".join([*kept, f"$skip={skip}", f"$skiptoken={token}"])
    return f"{request.base}/{request.path}?{query}"


async def _counted(one: AsyncConnection[Any], work: Work, count: Count) -> About:
    if work.shown.estimate and count.rows and not await _hides(one, count):
        plan = (await fetch(one, count.rows)).get_value(0, 0)
        guess = msgspec.json.decode(plan or b"[]")[0]["Plan"]["Plan Rows"]
        return About(count=int(guess), estimated=True)
    return About(count=int((await fetch(one, count.exact)).get_value(0, 0) or 0))


async def _hides(one: AsyncConnection[Any], count: Count) -> bool:
    return count.hidden is not None and (await fetch(one, count.hidden)).get_value(0, 0) == b"t"


async def _single(work: Work, plan: Statement) -> Answer:
    async with connection(_kind(plan)) as one:
        found = await fetch(one, plan)
    resource = work.resource
    if not found.ntuples:
        raise Problem(404, f"there is no such {resource.last.entity.singular}")
    version = (found.get_value(0, 1) or b"").decode()
    if resource.field:
        return _property(resource, found.get_value(0, 0))
    if work.shown.format == "JSON":
        return Answer(status=200, body=[found.get_value(0, 0) or b""], version=version)
    form = work.form()
    return Answer(
        status=200,
        body=_pieces(form, About(), found, 1),
        kind=form.kind,
        headers=_headers(work, form, None),
        version=version,
    )


def _property(resource: Resource, text: bytes | None) -> Answer:
    # The store keeps an entity without properties as one that has none in them.
    bare = resource.field == "properties" and not resource.inside and text == b"{}"
    if text is None or text == b"null" or bare:
        return Answer(status=204, body=[])
    if not resource.raw:
        label = msgspec.json.encode(resource.label)
        return Answer(status=200, body=[b"{%s:%s}" % (label, text)])
    value = msgspec.json.decode(text)
    if isinstance(value, dict | list):
        return Answer(status=200, body=[text])
    plain = value.encode() if isinstance(value, str) else text
    return Answer(status=200, body=[plain], kind="text/plain; charset=utf-8")


async def _streamed(work: Work, plan: Page, request: Request) -> Answer:
    """Begins to read, so that what is wrong is told before the answer has begun."""
    form = work.form()
    pieces = _flow(work, plan, form, request)
    await anext(pieces)
    return Answer(
        status=200, body=(), kind=form.kind, headers=_headers(work, form, None), stream=pieces
    )


async def _flow(work: Work, plan: Page, form: Form, request: Request) -> AsyncGenerator[bytes]:
    """The body in pieces, read from a cursor only as fast as the client takes them.

    The first piece is empty: it says that there is something to read.
    """
    async with connection(pool.STREAMS) as one, _snapshot(one):
        about = await _counted(one, work, plan.count) if plan.count else About()
        declare = "declare answer no scroll cursor for " + plan.rows.sql
        values = await settled(one, plan.rows.values)
        await one.execute(declare.encode(), values, prepare=False)
        found, left = await fetch(one, _NEXT), plan.limit
        if not found.ntuples:
            await _check_parent(one, plan)
        yield b""
        yield form.head(about)
        keys: list[bytes | None] = []
        link = None
        while found.ntuples:
            shown = min(found.ntuples, left)
            if shown:
                yield form.rows(found, 0, shown)
                keys, left = _keys(plan, found, shown - 1), left - shown
            if shown < found.ntuples and keys:
                link = _next_link(request, keys, plan.limit - left)
            found = await fetch(one, _NEXT)
    yield form.tail(link if work.shown.pages else None)
