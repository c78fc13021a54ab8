"""Server-sent events: values change on open pages within a second or two of being stored."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

from stadtkern.site.live_hub import Full, Hub, Reading, Watcher

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MOST = 1000
HEARTBEAT = 15.0
# Transactions commit in another order than they stamp `received`.
OVERLAP = timedelta(seconds=60)
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
]
_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


class Unclear(ValueError):
    """The request cannot be answered; the message says why."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """`/live/?datastreams=1,2,3`: an event for each of their values, from now on.

    With `Last-Event-ID` (the instant of receipt) also those that were missed.
    """
    if scope["method"] not in ("GET", "HEAD"):
        return await _refuse(send, 405, "This address answers GET only.")
    try:
        watcher = _watcher(scope)
    except Unclear as problem:
        return await _refuse(send, 400, str(problem))
    try:
        hub = _hub()
        hub.join(watcher)
    except Full:
        return await _refuse(send, 503, "Too many pages listen right now. Please try again later.")
    try:
        await _until_gone(_stream(watcher, scope["method"], send), receive)
    except asyncio.CancelledError:
        # The server stops: a finished answer makes the browser come back after its two seconds.
        await send({"type": "http.response.body", "body": b""})
    finally:
        hub.leave(watcher)
    return None


def _hub() -> Hub:
    """One for all watchers of this process: it holds the only connections to the database."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def _watcher(scope: Scope) -> Watcher:
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    headers = {name.lower(): value for name, value in scope.get("headers", ())}
    return Watcher(
        datastreams=_numbers(query.get("datastreams", [""])[-1]),
        since=_since(headers.get(b"last-event-id", b"").decode("latin-1")),
        language="en" if query.get("language", [""])[-1] == "en" else "de",
    )


def _numbers(text: str) -> frozenset[int]:
    parts = [part for part in text.split(",") if part]
    if not parts:
        raise Unclear("Name the datastreams to watch: /live/?datastreams=1,2,3.")
    if len(parts) > MOST:
        raise Unclear(f"At most {MOST} datastreams can be watched at once.")
    if not all(part.isascii() and part.isdecimal() and len(part) <= 18 for part in parts):
        raise Unclear("Datastreams are whole numbers separated by commas.")
    return frozenset(int(part) for part in parts)


def _since(text: str) -> datetime | None:
    """An id that is not ours is as good as none: everything current is sent."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)) - OVERLAP


async def _until_gone(stream: Awaitable[None], receive: Receive) -> None:
    """Stream until the client is gone or the stream ends."""
    streaming = asyncio.ensure_future(stream)
    leaving = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({streaming, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if streaming.done():
            streaming.result()
    finally:
        for task in (streaming, leaving):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await task


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stream(watcher: Watcher, method: str, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    if method == "HEAD":
        return await send({"type": "http.response.body", "body": b""})
    await _write(send, b"retry: 2000\n: welcome\n\n")
    while True:
        readings = await watcher.next(HEARTBEAT)
        await _write(send, _events(readings, watcher.language) if readings else b": still here\n\n")


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _events(readings: Iterable[Reading], language: str) -> bytes:
    """In the order of receipt, so that the last id is the newest."""
    ordered = sorted(readings, key=lambda one: one.received)
    return b"".join(_event(one, language) for one in ordered)


def _event(one: Reading, language: str) -> bytes:
    said = {
        "datastream": one.datastream,
        "time": one.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "value": one.value,
        "text": one.text(language),
    }
    data = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    received = one.received.astimezone(UTC).isoformat()
    return f"id: {received}\nevent: observation\ndata: {data}\n\n".encode()


async def _refuse(send: Send, status: int, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if status == 503:
        headers.append((b"retry-after", b"30"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})
