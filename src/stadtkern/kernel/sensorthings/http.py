"""The SensorThings API as an ASGI application: one request in, one answer out."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from stadtkern.kernel.sensorthings import pool
from stadtkern.kernel.sensorthings.access import limits
from stadtkern.kernel.sensorthings.answer import Answer, refusal
from stadtkern.kernel.sensorthings.posts import door
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.routes import READS, Call, answer
from stadtkern.kernel.sensorthings.sending import send_answer

PREFIX = "/api/sensorthings/v1.1"
LONGEST_BODY = 10_000_000

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
# A read that takes longer is given up when its client hangs up. Seconds.
GRACE = 0.2


class _Gone(Exception):
    """The client hung up."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers HTTP requests whose path begins with PREFIX, and closes its pool on shutdown."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    if scope["method"] not in READS:
        await _serve(scope, receive, send)
        return
    serving = asyncio.ensure_future(_serve(scope, receive, send))
    try:
        if not (await asyncio.wait({serving}, timeout=GRACE))[0]:
            await _watch(serving, receive)
        else:
            await serving
    finally:
        serving.cancel()


async def _serve(scope: Scope, receive: Receive, send: Send) -> None:
    headers = _headers(scope)
    try:
        allowance = limits.check(scope, headers)
        found = await _answer(scope, headers, receive)
        found = replace(found, headers=(*found.headers, *allowance))
    except Problem as problem:
        found = refusal(problem)
    except _Gone:
        return
    # A client that takes nothing any more, or for whom there is no more all of a sudden, gets no
    # end: it is not to take a part for all.
    with suppress(TimeoutError, Problem):
        await send_answer(scope["method"], headers, found, send)


async def _watch(serving: asyncio.Future[None], receive: Receive) -> None:
    """Serve until the client hangs up; then nobody waits for the statement any more."""
    gone = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({serving, gone}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            await serving
            return
        serving.cancel()
        await asyncio.wait({serving})
    finally:
        gone.cancel()


async def _gone(receive: Receive) -> None:
    """Returns when the client has hung up; before that comes the body, which is empty."""
    for _ in range(2):
        if (await receive())["type"] == "http.disconnect":
            return
    await asyncio.Event().wait()


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            await close()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def close() -> None:
    """Write what waits to be written, and close the connections of this event loop."""
    await door.close()
    await pool.close()


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _base(scope: Scope, headers: dict[str, str]) -> str:
    """The service's address as the client wrote it; only names of this city are repeated."""
    host = headers.get("host", "")
    if settings.USE_X_FORWARDED_HOST:
        host = headers.get("x-forwarded-host", host)
    name, _ = split_domain_port(host)
    if not name or not validate_host(name, settings.ALLOWED_HOSTS):
        raise Problem(400, "this host name does not belong to this service")
    proxied = settings.SECURE_PROXY_SSL_HEADER and headers.get("x-forwarded-proto") == "https"
    return f"{'https' if proxied else scope.get('scheme', 'http')}://{host}{PREFIX}"


async def _answer(scope: Scope, headers: dict[str, str], receive: Receive) -> Answer:
    call = Call(
        method=scope["method"],
        path=scope["path"].removeprefix(PREFIX).strip("/"),
        query=scope["query_string"],
        headers=headers,
        base=_base(scope, headers),
        body=lambda: _body(headers, receive),
        count=partial(_count, scope, headers),
    )
    return await door.answer(call, answer)


def _count(scope: Scope, headers: dict[str, str], method: str) -> None:
    """Count one request of a batch as if it came by itself."""
    who = {name: headers[name] for name in headers.keys() & {"authorization"}}
    limits.check({**scope, "method": method}, who)


async def _body(headers: dict[str, str], receive: Receive) -> bytes:
    length = headers.get("content-length", "0")
    size, more = int(length) if length.isdigit() else 0, True
    body = bytearray()
    while more and size <= LONGEST_BODY:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        body += message.get("body", b"")
        size = max(size, len(body))
        more = message.get("more_body", False)
    if size > LONGEST_BODY:
        raise Problem(413, f"the body is longer than {LONGEST_BODY} bytes")
    return bytes(body)
