"""Who may connect: a known point with its password, and a version of OCPP that we speak."""

import asyncio
import base64
import binascii
import contextlib
import hmac
import os
import re
import secrets
import socket
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import structlog
from django.db import DatabaseError, InterfaceError

from stadtkern.systems.charging.logic import points
from stadtkern.systems.charging.models import ChargePoint
from stadtkern.systems.charging.ocpp.exchange import here
from stadtkern.systems.charging.ocpp.line import Line
from stadtkern.systems.charging.ocpp.work import run

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

VERSIONS: Final = {"ocpp1.6": "1.6", "ocpp2.0.1": "2.0.1"}
IDENTITY: Final = re.compile(r"[A-Za-z0-9*_=:+|@.-]{1,48}")
# Wrong passwords of one point from one address, and of one address in all, within WINDOW seconds.
PER_POINT, PER_ADDRESS, WINDOW = 5, 100, 300.0
MOST_REMEMBERED: Final = 10_000
PROTOCOL_ERROR: Final = 1002
PROCESS: Final = f"{socket.gethostname()[:60]}:{os.getpid()}"

log = structlog.get_logger("charging")


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """How the door stays shut."""

    status: int
    text: str


class Throttle:
    """Counts failures in this process; time is monotonic, in seconds."""

    def __init__(self) -> None:
        self._failed: dict[str, deque[float]] = defaultdict(deque)

    def shut(self, key: str, most: int) -> bool:
        """Whether this key failed too often of late."""
        failed = self._failed.get(key)
        if failed is None:
            return False
        while failed and failed[0] < time.monotonic() - WINDOW:
            failed.popleft()
        return len(failed) >= most

    def note(self, key: str) -> None:
        """One failure more."""
        if len(self._failed) >= MOST_REMEMBERED:
            self._failed.clear()
        self._failed[key].append(time.monotonic())


throttle = Throttle()
# After a power cut all points come back at once: who was proven is not hashed for a second time.
_salt = secrets.token_bytes(32)
_proven: dict[str, tuple[str, bytes]] = {}


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """One connection from beginning to end (contract `Websocket`)."""
    await receive()  # websocket.connect
    try:
        found = await run(admit, scope)
    except (DatabaseError, InterfaceError, OSError):
        found = Refusal(status=503, text="Please come back in a minute.")
    if isinstance(found, Refusal):
        return await refuse(scope, receive, send, found)
    spoken = next((one for one in scope.get("subprotocols", ()) if one in VERSIONS), None)
    await send({"type": "websocket.accept", "subprotocol": spoken})
    if spoken is None:
        # OCPP-J 1.6, 3.2 and 2.0.1 part 4, 3.2: accepted without a protocol, and closed at once.
        return await send({"type": "websocket.close", "code": PROTOCOL_ERROR})
    line_id = uuid4()
    known = await run(
        points.connect, found, line=line_id, version=VERSIONS[spoken], process=PROCESS
    )
    await _hold(Line(known, send), receive)
    return None


async def _hold(line: Line, receive: Receive) -> None:
    exchange, known = here(), line.known
    exchange.join(line)
    try:
        await line.run(receive)
    finally:
        exchange.leave(line)
        try:
            await run(points.disconnect, known)
        except (DatabaseError, InterfaceError, OSError) as error:
            log.warning("hang-up not noted", point=known.identity, error=str(error))


def admit(scope: Mapping[str, Any]) -> ChargePoint | Refusal:
    """The point behind an address and a password (OCPP security profiles 1 and 2)."""
    identity = str(scope.get("rest", "")).strip("/")
    address = str((scope.get("client") or ("",))[0])
    if throttle.shut(address, PER_ADDRESS) or throttle.shut(f"{identity}|{address}", PER_POINT):
        return Refusal(status=429, text="Too many wrong passwords. Please wait five minutes.")
    user, password = credentials(scope.get("headers", ()))
    point = None
    if IDENTITY.fullmatch(identity) and hmac.compare_digest(user.encode(), identity.encode()):
        point = ChargePoint.objects.filter(identity=identity).first()
    if point is None or not _right(point, password):
        throttle.note(address)
        throttle.note(f"{identity}|{address}")
        log.warning("charge point refused", point=identity[:48], address=address)
        return Refusal(status=401, text="Name and password of the charge point are needed.")
    if point.security_profile >= 2 and scope.get("scheme") not in ("wss", "https"):
        return Refusal(status=403, text="This charge point may only come over TLS.")
    return point


def _right(point: ChargePoint, password: str) -> bool:
    mark = hmac.digest(_salt, password.encode(), "sha256")
    stored, proven = _proven.get(point.identity, ("", b""))
    if stored and stored == point.password and hmac.compare_digest(proven, mark):
        return True
    if not points.right(point, password):
        return False
    _proven[point.identity] = (point.password, mark)
    return True


def credentials(headers: Sequence[tuple[bytes, bytes]]) -> tuple[str, str]:
    """User and password of HTTP Basic (RFC 7617); empty where there are none."""
    given = next((value for name, value in headers if name.lower() == b"authorization"), b"")
    kind, _space, encoded = given.partition(b" ")
    if kind.lower() != b"basic":
        return "", ""
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    user, _colon, password = text.partition(":")
    return user, password


async def refuse(scope: Scope, receive: Receive, send: Send, why: Refusal) -> None:
    """An HTTP answer instead of a socket; then we wait a moment until the server has hung up."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        return await send({"type": "websocket.close", "code": 1008})
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if why.status == 401:
        headers.append((b"www-authenticate", b'Basic realm="OCPP", charset="UTF-8"'))
    elif why.status in (429, 503):
        headers.append((b"retry-after", b"300" if why.status == 429 else b"60"))
    await send({"type": "websocket.http.response.start", "status": why.status, "headers": headers})
    body = f"{why.text}\n".encode()
    await send({"type": "websocket.http.response.body", "body": body})
    # Told at once, and once more when the line is gone: who leaves before is taken for broken.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(2):
            await receive()
            await receive()
    return None
