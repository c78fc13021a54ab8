"""Scripts, styles and fonts, straight from the packages, under addresses with their version."""

import asyncio
import gzip
import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import SuspiciousOperation

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

PREFIX = "/static/"
# Where the system's own list of types is missing or old.
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
         ".woff2": "font/woff2"}  # fmt: skip
PACKED = ("text/", "image/svg", "application/json")
FOREVER, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"


@dataclass(frozen=True, kw_only=True)
class Served:
    """A file as it was when `changed` was its time of change, in nanoseconds."""

    path: Path
    changed: int
    version: str
    kind: str
    packed: bytes | None


_known: dict[str, Served] = {}


class Versioned(StaticFilesStorage):
    """`{% static %}` with the file's version in its address, so that browsers may keep it."""

    def url(self, name: str | None) -> str:
        """The address; without a version where there is no such file."""
        address: str = super().url(name)
        found = served(name or "")
        return f"{address}?v={found.version}" if found else address


def served(name: str) -> Served | None:
    """The file of this name in any package; read again once it has changed."""
    known = _known.get(name)
    path = known.path if known else _find(name)
    if path is None or not path.is_file():
        _known.pop(name, None)
        return None
    changed = path.stat().st_mtime_ns
    if known is None or known.changed != changed:
        known = _known[name] = _read(path, changed)
    return known


def _find(name: str) -> Path | None:
    try:
        found = finders.find(name) if name and "\0" not in name else None
    except SuspiciousOperation:
        return None
    return Path(found) if isinstance(found, str) else None


def _read(path: Path, changed: int) -> Served:
    body = path.read_bytes()
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    kind = kind or "application/octet-stream"
    packed = gzip.compress(body, mtime=0) if kind.startswith(PACKED) else None
    return Served(path=path, changed=changed, version=sha256(body).hexdigest()[:12],
                  kind=kind, packed=packed)  # fmt: skip


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application that answers below `/static/`."""
    if scope["method"] not in ("GET", "HEAD"):
        return await _answer(scope, send, HTTPStatus.METHOD_NOT_ALLOWED, {"allow": "GET, HEAD"})
    found = await asyncio.to_thread(served, scope["path"].removeprefix(PREFIX))
    if found is None:
        return await _answer(scope, send, HTTPStatus.NOT_FOUND, {"cache-control": ASK_AGAIN})
    asked = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    packed = found.packed if "gzip" in asked.get("accept-encoding", "") else None
    headers = _headers(found, scope, packed=packed is not None)
    if headers["etag"] in asked.get("if-none-match", ""):
        return await _answer(scope, send, HTTPStatus.NOT_MODIFIED, headers)
    body = await asyncio.to_thread(found.path.read_bytes) if packed is None else packed
    return await _answer(scope, send, HTTPStatus.OK, headers, body)


def _headers(found: Served, scope: Scope, *, packed: bool) -> dict[str, str]:
    """Kept for ever under the version's own address; asked for again under any other."""
    wanted = parse_qs(scope["query_string"].decode("latin-1")).get("v")
    text = found.kind.startswith("text/")
    return {
        "content-type": f"{found.kind}; charset=utf-8" if text else found.kind,
        "cache-control": FOREVER if wanted == [found.version] else ASK_AGAIN,
        "etag": f'"{found.version}{"-gz" if packed else ""}"',
        "vary": "Accept-Encoding",
        "x-content-type-options": "nosniff",
        **({"content-encoding": "gzip"} if packed else {}),
    }


async def _answer(
    scope: Scope, send: Send, status: HTTPStatus, headers: dict[str, str], body: bytes = b""
) -> None:
    if status != HTTPStatus.NOT_MODIFIED:
        headers = {**headers, "content-length": str(len(body))}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status.value, "headers": pairs})
    sent = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": sent})
