"""The door as an ASGI application: who may, keep it, then answer."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import msgspec
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from stadtkern.kernel import clock
from stadtkern.kernel.devices.ingest.event import Incoming, Message
from stadtkern.kernel.devices.networks import ADAPTERS, adapter, token
from stadtkern.site.device_door import inbox
from stadtkern.site.device_door.known import Known, look_up

PREFIX = "/api/devices"
# 2,500 values of openSenseMap with times and places are 400 kB.
LONGEST_BODY = 1_000_000
LONGEST_TOPIC = 300

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = dict[str, str]


class Refused(Exception):
    """An answer that is no success: status, sentence, further headers."""

    def __init__(self, status: int, said: str, **headers: str) -> None:
        super().__init__(said)
        self.status, self.said, self.headers = status, said, headers


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers below PREFIX; 2xx only when the message is committed."""
    try:
        status, said = await _take(scope, receive)
        headers: Headers = {}
    except Refused as refused:
        status, said, headers = refused.status, refused.said, refused.headers
    except (DatabaseError, PoolTimeout):
        status, said, headers = 503, "The database is away. Send it again.", {"retry-after": "10"}
    body = msgspec.json.encode({"message": said})
    fixed = {"content-type": "application/json", "content-length": str(len(body))}
    pairs = [(k.encode(), v.encode()) for k, v in {**fixed, **headers}.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def is_ours(path: str) -> bool:
    """Whether the door answers this path."""
    return path.startswith(f"{PREFIX}/") and bool(path[len(PREFIX) :].strip("/"))


async def _take(scope: Scope, receive: Receive) -> tuple[int, str]:
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
    slug, _slash, below = scope["path"][len(PREFIX) + 1 :].strip("/").partition("/")
    network = await look_up(slug)
    if network is None:
        raise Refused(404, f"There is no network “{slug[:40]}” here. Check the address.")
    door = _door(network, headers, scope["method"])
    # The query is decoded for the topic only; a GET has its content in it.
    asked = scope["query_string"]
    body = await _body(headers, receive)
    message = Message(
        topic=_topic(below, b"" if scope["method"] == "GET" else asked),
        body=asked if scope["method"] == "GET" else body,
        received=clock.now(),
        network=slug,
        headers={name: headers[name][:400] for name in door.keeps if name in headers},
    )
    await inbox.keep(message)
    return _answer(network, door, message)


def _door(network: Known, headers: Headers, method: str) -> adapter.Door:
    """The network's door, if this caller may use it."""
    if not token.opens(headers, network.digest):
        said = "The secret is missing or wrong. Send the token of this network."
        raise Refused(401, said, **{"www-authenticate": f'Basic realm="{network.slug}", Bearer'})
    door = adapter.door(ADAPTERS[network.kind], "http") if network.kind in ADAPTERS else None
    if not network.on or network.way != "http" or door is None:
        raise Refused(403, "This network is switched off, or takes nothing over HTTP.")
    if method not in door.methods:
        raise Refused(405, f"Use {' or '.join(door.methods)}.", allow=", ".join(door.methods))
    return door


def _topic(below: str, query: bytes) -> str:
    text = f"{below}?{unquote(query.decode('latin-1'))}" if query else below
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST_TOPIC]


async def _body(headers: Headers, receive: Receive) -> bytes:
    length = headers.get("content-length", "0")
    size = int(length) if length.isdecimal() and len(length) < 12 else 0
    body, more = bytearray(), True
    while more and size <= LONGEST_BODY:
        part = await receive()
        if part["type"] == "http.disconnect":
            raise Refused(400, "The message ended before its end.")
        body += part.get("body", b"")
        size, more = max(size, len(body)), part.get("more_body", False)
    if size > LONGEST_BODY:
        raise Refused(413, f"A message has {LONGEST_BODY} bytes at most. Send it in parts.")
    return bytes(body)


def _answer(network: Known, door: adapter.Door, message: Message) -> tuple[int, str]:
    """What the sender is told; what cannot be read is kept all the same, for staff to see."""
    if not door.strict:
        return door.done, "kept"
    events = ADAPTERS[network.kind].read(message, network.settings)
    problem = next((event.problem for event in events if event.problem), "")
    if problem:
        raise Refused(400, f"{_which(events)}: {problem}. It is kept for the city's staff to see.")
    return door.done, "kept"


def _which(events: "list[Incoming] | Any") -> str:
    """Where some of many could be read, the sender must not send these again."""
    broken = sum(bool(event.problem) for event in events)
    return "It cannot be read" if broken == len(events) else f"{broken} of {len(events)} not read"


async def close() -> None:
    """Close this event loop's connections."""
    await inbox.close()
