"""Sends an answer: entity tags, compression, headers for other sites' scripts, slow clients."""

import asyncio
import hashlib
import re
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.methods import READS

Send = Callable[[dict[str, Any]], Awaitable[None]]
_Headers = list[tuple[bytes, bytes]]

# A client that takes nothing for so long is given up. Seconds.
PATIENCE = 60.0
# Below it, packing costs more than it saves; above it, packing goes into a thread. Bytes.
_SMALL, _LARGE = 1_000, 60_000
# A tag is made where its answer is short enough to be worth it. Bytes.
_TAGGED = 200_000
# Fast: the lowest level takes a tenth of the time of the usual one for a fifth more bytes.
_LEVEL, _MARK = 1, "-gzip"
_PACKED = ("application/", "text/csv", "text/plain")
_GZIP = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?!;\s*q=0(?:\.0*)?\s*(?:,|$))(?:;|,|$)", re.I)
CORS: _Headers = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Location, ETag, Link, Content-Disposition, Retry-After, RateLimit, RateLimit-Policy",
    ),
]
_ASK_AGAIN: _Headers = [
    (b"vary", b"Accept-Encoding, Authorization, Cookie"),
    (b"cache-control", b"no-cache"),
]
_PREFLIGHT: _Headers = [
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS, POST, PATCH, PUT, DELETE"),
    (
        b"access-control-allow-headers",
        b"Authorization, Content-Type, Accept, Idempotency-Key, If-Match, If-None-Match, Prefer",
    ),
    (b"access-control-max-age", b"86400"),
]


async def send_answer(method: str, headers: Mapping[str, str], answer: Answer, send: Send) -> None:
    """Send it as the client can take it."""
    if answer.stream is None:
        answer, body = _tagged(method, headers, answer)
    else:
        body = b""
    packed = _packs(headers, answer, len(body))
    if packed and body:
        body = await _packed(body)
    whole = answer.stream is None
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": _headers(method, answer, packed, len(body) if whole else None),
        }
    )
    if answer.stream is not None:
        await _flow(method, answer.stream, send, packed=packed)
    else:
        shown = b"" if method == "HEAD" else body
        await send({"type": "http.response.body", "body": shown, "more_body": False})


def _tagged(method: str, headers: Mapping[str, str], answer: Answer) -> tuple[Answer, bytes]:
    """With its tag and its body; without the body where the client has it already."""
    body = b"".join(answer.body)
    known = any(name.lower() == "etag" for name, _ in answer.headers)
    if method not in READS or answer.status != 200 or known or len(body) > _TAGGED:
        return answer, body
    digest = hashlib.blake2b(body, digest_size=12, usedforsecurity=False).hexdigest()
    tag = f'"{answer.version}.{digest}"' if answer.version else f'W/"{digest}"'
    answer = replace(answer, headers=(*answer.headers, ("ETag", tag)))
    if _has(headers.get("if-none-match", ""), tag):
        return replace(answer, status=304, body=()), b""
    return answer, body


def _has(header: str, tag: str) -> bool:
    """Whether an If-None-Match names the tag; compared weakly (RFC 9110, 13.1.2)."""
    named = {one.strip().removeprefix("W/").replace(f'{_MARK}"', '"') for one in header.split(",")}
    return tag.removeprefix("W/") in named or "*" in named


def _packs(headers: Mapping[str, str], answer: Answer, size: int) -> bool:
    if answer.stream is None and size < _SMALL:
        return False
    if not answer.kind.startswith(_PACKED):
        return False
    return bool(_GZIP.search(headers.get("accept-encoding", "")))


async def _packed(body: bytes) -> bytes:
    if len(body) < _LARGE:
        return _zipped(body)
    return await asyncio.to_thread(_zipped, body)


def _zipped(body: bytes) -> bytes:
    packer = _packer()
    return packer.compress(body) + packer.flush()


def _packer() -> "zlib._Compress":
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)


async def _packing(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece in a thread: the packer waits for no one, and no one waits for it."""
    packer = _packer()
    async for piece in stream:
        if packed := await asyncio.to_thread(packer.compress, piece):
            yield packed
    yield packer.flush()


def _headers(method: str, answer: Answer, packed: bool, length: int | None) -> _Headers:
    found: _Headers = []
    if answer.status not in (204, 304):
        found.append((b"content-type", answer.kind.encode()))
        if length is not None:
            found.append((b"content-length", b"%d" % length))
        if packed:
            found.append((b"content-encoding", b"gzip"))
    found += [
        (name.lower().encode(), _value(name, value, packed)) for name, value in answer.headers
    ]
    if method in READS:
        found += _ASK_AGAIN
    return found + CORS + (_PREFLIGHT if method == "OPTIONS" else [])


def _value(name: str, value: str, packed: bool) -> bytes:
    """A strong tag is of these very bytes, so what is packed has another one."""
    if packed and name == "ETag" and not value.startswith("W/"):
        value = f'{value[:-1]}{_MARK}"'
    return value.encode("latin-1")


async def _flow(method: str, stream: AsyncGenerator[bytes], send: Send, *, packed: bool) -> None:
    """Piece after piece, as fast as the client takes them; closes what reads them in any case."""
    try:
        if method != "HEAD":
            async for piece in _packing(stream) if packed else stream:
                async with asyncio.timeout(PATIENCE):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        await stream.aclose()
