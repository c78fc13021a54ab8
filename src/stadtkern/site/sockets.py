"""Websockets: each promised first segment belongs to the system that declares it and is on."""

from collections.abc import Awaitable, Callable
from typing import Any

from stadtkern.kernel import registry

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a connection to its system; where no system answers, there is nothing here."""
    first, _slash, rest = str(scope["path"]).lstrip("/").partition("/")
    serve = _serving(first)
    if serve is None:
        return await _nothing_here(scope, receive, send)
    await registry.resolve(serve)({**scope, "rest": rest}, receive, send)
    return None


def _serving(first: str) -> str | None:
    declared = (one for system in registry.active() for one in system.websockets)
    return next((one.serve for one in declared if one.path == first), None)


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        return await send({"type": "websocket.close", "code": 1008})
    await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
    await send({"type": "websocket.http.response.body", "body": b"There is nothing here.\n"})
    return None
