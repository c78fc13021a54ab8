"""A request and an answer, without a server round them."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True, kw_only=True)
class Request:
    """`path` without its query."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def data(self) -> dict[str, Any]:
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def told(body: object, status: int = 200, kind: str = "application/json", **headers: str) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode(), kind=kind, headers=headers)


def text(body: str, kind: str = "text/html; charset=utf-8", status: int = 200) -> Answer:
    return Answer(status=status, body=body.encode(), kind=kind)


def away(url: str) -> Answer:
    return Answer(status=303, headers={"Location": url})
