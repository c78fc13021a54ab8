"""Recognises a post of a plain observation, before anything else looks at the request."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from stadtkern.kernel.people.models import digest_of
from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.call import Call
from stadtkern.kernel.sensorthings.posts.collector import Collector
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import bodies, keys
from stadtkern.kernel.things.store import Observation

_PATH = re.compile(r"(?:(Multi)?Datastreams\((\d{1,18})\)/)?Observations", re.ASCII)
_PLAIN = frozenset(
    ("result", "phenomenonTime", "resultTime", "validTime", "resultQuality", "parameters")
)
_LINKS = frozenset(("Datastream", "MultiDatastream", "FeatureOfInterest"))
_NEVER = ("idempotency-key", "prefer", "content-encoding", "if-match")
_LARGEST_ID = 2**63 - 1

General = Callable[[Call], Awaitable[Answer]]
_Loop = asyncio.AbstractEventLoop
_collectors: WeakKeyDictionary[_Loop, Collector] = WeakKeyDictionary()


async def answer(call: Call, general: General) -> Answer:
    """The answer to any request; plain posts are written together, the others go to `general`.

    Raises Problem: it cannot be served.
    """
    if not _maybe_plain(call):
        return await general(call)
    body = await call.body()
    read = plain(call.path, body)
    digest = _digest(call.authorization)
    if read is not None and digest is not None:
        row, multi = read
        number = await _collector().write(row, multi=multi, digest=digest)
        if number is not None:
            return _told(call.base, number)
    return await general(replace(call, body=partial(_given, body)))


async def _given(body: bytes) -> bytes:
    return body


def _maybe_plain(call: Call) -> bool:
    """Whether this is the post of an observation, and not of one with deeper wishes."""
    if call.method != "POST" or call.query or not _PATH.fullmatch(call.path):
        return False
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" and call.headers.keys().isdisjoint(_NEVER)


def _digest(authorization: str) -> str | None:
    try:
        return digest_of(keys.secret_in(authorization))
    except Problem:
        return None


def plain(path: str, body: bytes) -> tuple[Observation, bool] | None:
    """The observation, and whether it is for a MultiDatastream; None where it is none, or more."""
    match = _PATH.fullmatch(path)
    try:
        given: Any = msgspec.json.decode(body)
        links = given.keys() - _PLAIN
        if match is None or not links <= _LINKS:
            return None
        multi, stream = bool(match[1]), int(match[2] or 0)
        if match[2] is None:
            multi = "MultiDatastream" in links
            stream = _linked(given.pop("MultiDatastream" if multi else "Datastream"))
        feature = _linked(given.pop("FeatureOfInterest")) if "FeatureOfInterest" in links else None
        if given.keys() - _PLAIN:
            return None
        return bodies.observation(given, stream, feature), multi
    except (Problem, ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return None  # the general path says what is wrong


def _linked(value: Any) -> int:
    number = value["@iot.id"]
    if type(number) is not int or len(value) > 1 or not 0 < number <= _LARGEST_ID:
        raise ValueError
    return number


def _told(base: str, number: int) -> Answer:
    address = f"{base}/Observations({abs(number)})"
    text = msgspec.json.encode({"@iot.id": abs(number), "@iot.selfLink": address})
    status = 201 if number > 0 else 200
    return Answer(status=status, body=[text], headers=(("Location", address),))


def _collector() -> Collector:
    """This event loop's collector."""
    loop = asyncio.get_running_loop()
    found = _collectors.get(loop)
    if found is None:
        _collectors[loop] = found = Collector()
    return found


async def close() -> None:
    """Write what waits on this event loop, and close its connections."""
    found = _collectors.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.close()
