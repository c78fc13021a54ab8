"""Batches as multipart/mixed (OData 4.0 Protocol, 11.7; 18-088, 11.2)."""

import re
from email.message import Message
from email.parser import BytesHeaderParser
from http import HTTPStatus
from uuid import uuid4

from stadtkern.kernel.sensorthings.batch.parts import Batch, Group, GroupReply, Part, Replies, Reply
from stadtkern.kernel.sensorthings.problem import Problem

KIND = "multipart/mixed"
_LINE = re.compile(r"\r\n|\n|\r")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_EOL = b"\r\n"


def read(kind: str, body: bytes) -> Batch:
    """The requests of a body; `kind` is its whole Content-Type, with the boundary.

    Raises Problem (400): it is no batch.
    """
    head = _header(f"Content-Type: {kind}".encode("latin-1", "replace"))
    parts = _split(head, body, "the batch")
    return tuple(_item(one, f"part {number}") for number, one in enumerate(parts, 1))


def _header(text: bytes) -> "Message[str, str]":
    return BytesHeaderParser().parsebytes(text)


def _split(head: "Message[str, str]", body: bytes, where: str) -> list[bytes]:
    """The parts of a multipart body (RFC 2046, 5.1.1), each with its own header."""
    boundary = head.get_boundary()
    if not boundary:
        raise Problem(400, f"{where}: its Content-Type names no boundary")
    line = re.escape(boundary.encode("latin-1", "replace"))
    delimiter = re.compile(rb"(?:\A|\r?\n)--" + line + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    found: list[bytes] = []
    start = None
    for match in delimiter.finditer(body):
        if start is not None:
            found.append(body[start : match.start()])
        if match[1]:
            return found
        start = match.end()
    raise Problem(400, f"{where}: it is not closed by --{boundary}--")


def _item(raw: bytes, where: str) -> Part | Group:
    head, body = _cut(raw)
    fields = _header(head)
    if fields.get_content_type() == KIND:
        inner = _split(fields, body, where)
        parts = [_part(one, f"{where}, request {place}") for place, one in enumerate(inner, 1)]
        return Group(name="", parts=tuple(parts))
    return _part(raw, where)


def _part(raw: bytes, where: str) -> Part:
    outer, request = _cut(raw)
    fields = _header(outer)
    if fields.get_content_type() != "application/http":
        raise Problem(400, f"{where}: expected application/http")
    if fields.get("Content-Transfer-Encoding", "binary").lower() not in ("binary", "8bit", "7bit"):
        raise Problem(400, f"{where}: its Content-Transfer-Encoding must be binary")
    head, body = _cut(request.lstrip(b"\r\n"))
    lines = _LINE.split(head.decode("utf-8", "replace"))
    method, url = _request_line(lines[0], where)
    headers = _headers(lines[1:], where)
    name = str(fields.get("Content-ID", headers.get("content-id", "")))
    return Part(
        name="".join(name.split()).strip("<>"), method=method, url=url, headers=headers, body=body
    )


def _cut(raw: bytes) -> tuple[bytes, bytes]:
    """What stands before the first blank line, and after it; there may be no body."""
    found = _HEAD_END.search(raw)
    return (raw[: found.start()], raw[found.end() :]) if found else (raw.rstrip(), b"")


def _request_line(line: str, where: str) -> tuple[str, str]:
    method, _, rest = line.strip().partition(" ")
    url, _, version = rest.strip().rpartition(" ")
    if not version.upper().startswith("HTTP/"):
        url = rest
    if not method.isalpha() or not url.strip():
        raise Problem(400, f"{where}: expected a request such as 'GET Things HTTP/1.1'")
    return method.upper(), url.strip()


def _headers(lines: list[str], where: str) -> dict[str, str]:
    found = {}
    for line in filter(None, lines):
        name, colon, value = line.partition(":")
        if not colon:
            raise Problem(400, f"{where}: '{line[:40]}' is no header")
        found[name.strip().lower()] = value.strip()
    return found


def write(replies: Replies) -> tuple[str, bytes]:
    """The Content-Type and the body that answer a batch."""
    pieces = []
    for one in replies:
        if isinstance(one, Reply):
            pieces.append(_reply(one))
        elif one.failed is not None:
            # A change set that fails has one answer, that of the request to blame.
            pieces.append(_reply(one.replies[one.failed]))
        else:
            pieces.append(_group(one))
    kind, body = _joined("batch", pieces)
    return kind, body


def _group(group: GroupReply) -> bytes:
    kind, body = _joined("changeset", [_reply(one) for one in group.replies])
    return f"Content-Type: {kind}".encode() + _EOL * 2 + body


def _joined(what: str, pieces: list[bytes]) -> tuple[str, bytes]:
    boundary = f"{what}_{uuid4()}"
    line = b"--" + boundary.encode()
    body = b"".join(line + _EOL + piece + _EOL for piece in pieces)
    return f"{KIND}; boundary={boundary}", body + line + b"--"


def _reply(reply: Reply) -> bytes:
    answer = reply.answer
    outer = ["Content-Type: application/http"]
    if reply.name:
        outer.append(f"Content-ID: {reply.name}")
    status = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"
    inner = [status, *(f"{name}: {value}" for name, value in answer.headers)]
    if reply.body:
        inner.append(f"Content-Type: {answer.kind}")
    inner.append(f"Content-Length: {len(reply.body)}")
    head = "\r\n".join([*outer, "", *inner, "", ""])
    return head.encode("utf-8") + reply.body
