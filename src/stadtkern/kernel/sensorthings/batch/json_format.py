"""Batches as JSON (OData 4.01 JSON Format, 19)."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import msgspec

from stadtkern.kernel.sensorthings.batch.parts import Batch, Group, Part, Replies, Reply
from stadtkern.kernel.sensorthings.problem import Problem

KIND = "application/json"
_BODILESS = (204, 304)


class _Request(msgspec.Struct):
    id: str | int
    method: str
    url: str
    headers: dict[str, str] = {}
    body: msgspec.Raw = msgspec.Raw(b"")
    atomicityGroup: str = ""  # noqa: N815  OData's name
    dependsOn: list[str | int] = []  # noqa: N815  OData's name


class _Batch(msgspec.Struct):
    requests: list[_Request]


def read(body: bytes) -> Batch:
    """The requests of a body.

    Raises Problem (400): it is no batch.
    """
    try:
        found = msgspec.json.decode(body, type=_Batch).requests
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"this is no JSON batch: {error}") from None
    _check_names(found)
    batch: list[Part | Group] = []
    for name, together in groupby(found, lambda one: one.atomicityGroup):
        parts = tuple(_part(one) for one in together)
        batch.extend([Group(name=name, parts=parts)] if name else parts)
    return tuple(batch)


def _check_names(found: Sequence[_Request]) -> None:
    names = [str(one.id) for one in found]
    groups = [name for name, _ in groupby(one.atomicityGroup for one in found) if name]
    name, times = Counter(names + groups).most_common(1)[0] if names else ("", 0)
    if times > 1:
        raise Problem(400, f"the id or atomicityGroup '{name[:40]}' is there twice")
    known: set[str] = set()
    for one in found:
        if missing := {str(name) for name in one.dependsOn} - known:
            raise Problem(400, f"'{one.id}' depends on '{min(missing)}', which is not before it")
        known |= {str(one.id), one.atomicityGroup}


def _part(one: _Request) -> Part:
    return Part(
        name=str(one.id),
        method=one.method.upper(),
        url=one.url,
        headers={name.lower(): value for name, value in one.headers.items()},
        body=bytes(one.body),
        after=tuple(str(name) for name in one.dependsOn),
    )


def write(replies: Replies) -> tuple[str, bytes]:
    """The Content-Type and the body that answer a batch."""
    flat = [
        one for each in replies for one in ([each] if isinstance(each, Reply) else each.replies)
    ]
    text = msgspec.json.encode({"responses": [_reply(one) for one in flat]})
    return f"{KIND}; charset=utf-8", text


def _reply(reply: Reply) -> dict[str, Any]:
    answer = reply.answer
    told: dict[str, Any] = {"id": reply.name, "status": answer.status}
    headers = {name.lower(): value for name, value in answer.headers}
    if "location" in headers:
        told["location"] = headers["location"]
    if reply.body and answer.status not in _BODILESS:
        headers["content-type"] = answer.kind
        told["body"] = _body(answer.kind, reply.body)
    return {**told, "headers": headers}


def _body(kind: str, body: bytes) -> Any:
    if "json" in kind.partition(";")[0]:
        return msgspec.Raw(body)
    return body.decode("utf-8", "replace")
