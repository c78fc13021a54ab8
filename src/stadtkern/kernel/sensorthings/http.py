"""The SensorThings API as an ASGI application: one request in, one answer out."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from stadtkern.kernel.sensorthings import pool
from stadtkern.kernel.sensorthings.answer import Answer, refusal
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.routes import READS, Call, answer

PREFIX = "/api/sensorthings/v1.1"
LONGEST_BODY = 10_000_000

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
_CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-headers", b"content-type, accept"),
    (b"access-control-max-age", b"86400"),
]


class _Gone(Exception):
    """The client hung up."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers HTTP requests whose path begins with PREFIX, and closes its pool on shutdown."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    try:
        found = await _answer(scope, receive)
    except Problem as problem:
        found = refusal(problem)
    except _Gone:
        return
    await _send(scope, found, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.shutdown":
            await pool.close()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _base(scope: Scope, headers: dict[str, str]) -> str:
    """The service's address as the client wrote it; only names of this city are repeated."""
    host = headers.get("host", "")
    name, _ = split_domain_port(host)
    if not name or not validate_host(name, settings.ALLOWED_HOSTS):
        raise Problem(400, "this host name does not belong to this service")
    proxied = settings.SECURE_PROXY_SSL_HEADER and headers.get("x-forwarded-proto") == "https"
    return f"{'https' if proxied else scope.get('scheme', 'http')}://{host}{PREFIX}"


async def _answer(scope: Scope, receive: Receive) -> Answer:
    headers = _headers(scope)
    call = Call(
        method=scope["method"],
        path=scope["path"].removeprefix(PREFIX).strip("/"),
        query=scope["query_string"],
        headers=headers,
        base=_base(scope, headers),
        body=lambda: _body(headers, receive),
    )
    return await answer(call)


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


async def _send(scope: Scope, answer: Answer, send: Send) -> None:
    headers = [(b"content-type", answer.kind.encode())] if answer.status != 204 else []
    headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
    reading = scope["method"] in READS
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": headers + (_CORS if reading else []),
        }
    )
    body: Iterable[bytes] = () if scope["method"] == "HEAD" else answer.body
    for piece in body:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
