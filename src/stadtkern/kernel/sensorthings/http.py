"""The SensorThings API as an ASGI application: one request in, one answer out."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from stadtkern.kernel.sensorthings import pool, root, run
from stadtkern.kernel.sensorthings.answer import Answer, refusal
from stadtkern.kernel.sensorthings.parse.options import parse_options
from stadtkern.kernel.sensorthings.parse.path import Resource, parse_path
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.run import Request
from stadtkern.kernel.sensorthings.write import keys
from stadtkern.kernel.sensorthings.write.perform import WriteRequest, perform

PREFIX = "/api/sensorthings/v1.1"
LONGEST_BODY = 10_000_000

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
_READS = ("GET", "HEAD", "OPTIONS")
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
        answer = await _answer(scope, receive)
    except Problem as problem:
        answer = refusal(problem)
    except _Gone:
        return
    await _send(scope, answer, send)


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
    base = _base(scope, headers)
    path = scope["path"].removeprefix(PREFIX).strip("/")
    method = scope["method"]
    resource = parse_path(path) if path else None
    allowed = _allowed(resource)
    if method not in allowed:
        raise Problem(405, f"{method} is not possible here", ("Allow", ", ".join(allowed)))
    if method == "OPTIONS":
        return Answer(status=204, body=[], headers=(("Allow", ", ".join(allowed)),))
    if resource is None:
        parse_options(scope["query_string"])
        return root.root(base)
    if method in _READS:
        request = Request(base=base, path=path, query=scope["query_string"])
        return await run.read(resource, parse_options(scope["query_string"]), request)
    return await _write(method, resource, path, base, headers, receive)


def _allowed(resource: Resource | None) -> tuple[str, ...]:
    """The methods of an address: entities are changed at their own, not over a link."""
    if resource is None or resource.field or resource.ref:
        return _READS
    if resource.many:
        return (*_READS, "POST")
    return (*_READS, "PATCH", "PUT", "DELETE") if len(resource.steps) == 1 else _READS


async def _write(
    method: str,
    resource: Resource,
    path: str,
    base: str,
    headers: dict[str, str],
    receive: Receive,
) -> Answer:
    keys.secret_in(headers.get("authorization", ""))
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if method != "DELETE" and kind != "application/json":
        raise Problem(415, "the body must be application/json")
    body = await _body(headers, receive)
    request = WriteRequest(
        method=method,
        resource=resource,
        path=path,
        base=base,
        body=body,
        authorization=headers.get("authorization", ""),
        idempotency_key=headers.get("idempotency-key", ""),
    )
    return await sync_to_async(perform, thread_sensitive=False)(request)


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
    reading = scope["method"] in _READS
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
