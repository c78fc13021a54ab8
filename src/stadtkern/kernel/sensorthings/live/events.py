"""New observations as server-sent events: `GET ../Observations`, accepting text/event-stream."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

import psycopg

from stadtkern.kernel.sensorthings import run
from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.call import Call
from stadtkern.kernel.sensorthings.entities import OBSERVATIONS
from stadtkern.kernel.sensorthings.live.hub import Event, Full, Listener, hub, missed
from stadtkern.kernel.sensorthings.live.spans import State, state_of
from stadtkern.kernel.sensorthings.live.topics import topic_of
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.plan.reads import Base
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.run import Request

TYPE = "text/event-stream"
HEARTBEAT = 15.0
PATIENCE = 10.0  # seconds in which the database must answer
# Then the client comes again, and its key is looked at again. Seconds.
LONGEST = 3600.0
# So far back a client can come back to, in observations of the whole city.
RESUMABLE = 500_000
_HEADERS = (("X-Accel-Buffering", "no"),)
_LOST = b"event: lost\ndata: {}\n"


def concerns(call: Call) -> bool:
    """Whether a request asks for events."""
    return TYPE in call.headers.get("accept", "").lower()


async def answer(call: Call, resource: Resource, request: Request) -> Answer:
    """A stream of events that ends when the client leaves, or after an hour.

    Raises Problem: no such collection (404), an option does not fit (400), too many listen (503).
    """
    listener = await _listener(call, resource, request)
    if not hub().fits(listener):
        raise Problem(503, "too many programs listen right now", ("Retry-After", "30"))
    return Answer(status=200, body=(), kind=TYPE, headers=_HEADERS, stream=_stream(listener))


async def _listener(call: Call, resource: Resource, request: Request) -> Listener:
    if resource.last.entity is not OBSERVATIONS or not resource.many or resource.ref:
        raise Problem(406, "only collections of Observations are told as events")
    topic = topic_of(
        f"{request.path}?{call.query.decode('ascii', 'replace')}", resource, call.query
    )
    # Says what is wrong with the address, before anything is streamed.
    await run.read(resource, _first_of(request))
    told = state_of(call.headers.get("last-event-id", ""))
    return Listener(topic=topic, where=Base(base=request.base, viewer=request.viewer), told=told)


def _first_of(request: Request) -> Request:
    query = b"&".join(part for part in (request.query, b"$top=0") if part)
    return Request(base=request.base, path=request.path, query=query, viewer=request.viewer)


async def _stream(listener: Listener) -> AsyncGenerator[bytes, None]:
    """Joins only when it is read, so that it leaves in any case."""
    found = hub()
    try:
        found.join(listener)
        async with asyncio.timeout(PATIENCE):
            await listener.begun.wait()
        async with aclosing(_pieces(listener)) as pieces:
            async for piece in pieces:
                yield piece
    except (Full, TimeoutError, psycopg.Error):
        return  # the client comes again
    finally:
        found.leave(listener)


async def _pieces(listener: Listener) -> AsyncGenerator[bytes, None]:
    """First where the client is, then what it missed, then what is new."""
    known, here = listener.told or State(), listener.here
    lost = here.high - known.high > RESUMABLE
    if lost:
        known = listener.told = here
    yield b"retry: 2000\n%sid: %s\n\n" % (_LOST if lost else b"", str(known).encode())
    async with aclosing(missed(listener)) as pieces:
        async for events in pieces:
            yield _text(events)
    until = time.monotonic() + LONGEST
    while not listener.slow and time.monotonic() < until:
        events = await listener.next(HEARTBEAT)
        yield _text(events) if events else b": still here\n\n"


def _text(events: list[Event]) -> bytes:
    return b"".join(
        b"id: %s\nevent: observation\ndata: %s\n\n" % (str(one.state).encode(), one.body)
        for one in events
    )
