"""Server-sent events that only say that a topic changed: `/live/bells/?topics=a,b`."""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

import psycopg
import structlog

from stadtkern.kernel import clock
from stadtkern.kernel.bell import CHANNEL, TOPIC
from stadtkern.site.live import HEADERS
from stadtkern.site.live_hub import BACKOFF, MOST_WATCHERS, connect

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

PATH = "/live/bells"
MOST = 20
HEARTBEAT = 10.0
log = structlog.get_logger("live")


class Tower:
    """One connection listens for all pages of this process that wait for a topic."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._pages: dict[asyncio.Event, frozenset[str]] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def full(self) -> bool:
        """Whether no further page can listen."""
        return len(self._pages) >= MOST_WATCHERS

    def join(self, page: asyncio.Event, topics: frozenset[str]) -> None:
        """From now on the page's event is set when one of its topics rings."""
        self._pages[page] = topics
        for topic in topics:
            self._waiting[topic].add(page)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="bells")

    def leave(self, page: asyncio.Event) -> None:
        """Forget it; without any page, nothing is listened to."""
        for topic in self._pages.pop(page, ()):
            self._waiting[topic].discard(page)
            if not self._waiting[topic]:
                del self._waiting[topic]
        if not self._pages and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        """Stay connected; after every interruption every page looks again."""
        failures = 0
        while True:
            try:
                async with await connect() as ears:
                    await ears.execute(f"listen {CHANNEL}")
                    failures = 0
                    for page in self._pages:
                        page.set()
                    async for notice in ears.notifies():
                        for page in self._waiting.get(notice.payload, ()):
                            page.set()
            except (psycopg.Error, OSError) as error:
                log.warning("bells wait for the database", error=str(error))
            await asyncio.sleep(BACKOFF[min(failures, len(BACKOFF) - 1)])
            failures += 1


_towers: WeakKeyDictionary[asyncio.AbstractEventLoop, Tower] = WeakKeyDictionary()


def is_ours(path: str) -> bool:
    """Whether this application answers a path."""
    return path.rstrip("/") == PATH


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """An event at once and each time a topic rings; between them a heartbeat with our time."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    topics = frozenset(part for part in query.get("topics", [""])[-1].split(",") if part)
    tower = _towers.setdefault(asyncio.get_running_loop(), Tower())
    if scope["method"] != "GET":
        return await _refuse(send, 405, "This address answers GET only.")
    if not 1 <= len(topics) <= MOST or not all(TOPIC.fullmatch(topic) for topic in topics):
        return await _refuse(send, 400, "Name topics: /live/bells/?topics=a,b.")
    if tower.full:
        return await _refuse(send, 503, "Too many pages listen right now. Please try again later.")
    page = asyncio.Event()
    tower.join(page, topics)
    try:
        await _until_gone(asyncio.ensure_future(_stream(page, send)), receive)
    except asyncio.CancelledError:
        # The server stops: a finished answer makes the browser come back after its two seconds.
        await send({"type": "http.response.body", "body": b""})
    finally:
        tower.leave(page)
    return None


async def _until_gone(streaming: "asyncio.Future[None]", receive: Receive) -> None:
    leaving = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({streaming, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (streaming, leaving):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await task


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stream(page: asyncio.Event, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await _write(send, f"retry: 2000\n\n{_event('rung')}")
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT):
                await page.wait()
        rung = page.is_set()
        page.clear()
        await _write(send, _event("rung" if rung else "beat"))


def _event(kind: str) -> str:
    now = clock.now()
    return f"event: {kind}\ndata: {json.dumps({'now': now.isoformat()})}\n\n"


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send, status: int, sentence: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})
