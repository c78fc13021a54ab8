"""A lean HTTP/1.1 client on raw sockets, so that a comparison measures servers and not itself."""

import asyncio
import json
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httptools


@dataclass(frozen=True, kw_only=True)
class Reply:
    """Status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Refused(Exception):
    """The server answered with another status than one of success."""

    def __init__(self, method: str, path: str, reply: Reply) -> None:
        super().__init__(f"{method} {path}: {reply.status} {reply.body[:300]!r}")
        self.reply = reply


@dataclass
class _Reading:
    """What httptools tells of one answer."""

    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    done: bool = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, piece: bytes) -> None:
        self.body += piece

    def on_message_complete(self) -> None:
        self.done = True


class Connection:
    """One connection that is kept; opened anew where the server has closed it."""

    def __init__(self, base: str, key: str = "") -> None:
        parts = urlsplit(base)
        self._host, self._secure = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._secure else 80)
        self._head = f"Host: {parts.netloc}\r\nAccept: */*\r\n"
        if key:
            self._head += f"Authorization: {key if ' ' in key else f'Bearer {key}'}\r\n"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: Any = None) -> Reply:
        """The answer to a request; `body` is sent as JSON, bytes as they are."""
        payload = body if isinstance(body, bytes) else b"" if body is None else _json(body)
        head = f"{method} {path} HTTP/1.1\r\n{self._head}"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\n"
        return await self._exchange(f"{head}\r\n".encode() + payload)

    async def need(self, method: str, path: str, body: Any = None) -> Reply:
        """As `ask`. Raises Refused: the server did not do it."""
        reply = await self.ask(method, path, body)
        if not 200 <= reply.status < 300:
            raise Refused(method, path, reply)
        return reply

    async def _exchange(self, request: bytes) -> Reply:
        reader, writer = await self._opened()
        writer.write(request)
        found = _Reading()
        parser = httptools.HttpResponseParser(found)
        while not found.done:
            piece = await reader.read(262_144)
            if not piece:
                self.close()
                raise ConnectionError("the server closed the connection")
            parser.feed_data(piece)
        if not parser.should_keep_alive():
            self.close()
        return Reply(status=parser.get_status_code(), headers=found.headers, body=bytes(found.body))

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None or self._streams[0].at_eof():
            secure = ssl.create_default_context() if self._secure else None
            self._streams = await asyncio.open_connection(
                self._host, self._port, ssl=secure, limit=1_048_576
            )
        return self._streams

    def close(self) -> None:
        """Close the connection, if it is open."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _json(body: Any) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
