"""`$name` in addresses and bodies stands for what an earlier request made or named."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import msgspec

from stadtkern.kernel.sensorthings.problem import Problem

# By the name of a request, the path of the entity it is about: `Things(3)`.
Known = Mapping[str, str]

_START = re.compile(r"/?\$([^/?]+)")
_NUMBER = re.compile(r"\w+\((\d+)\)")
_IDS = ("@iot.id", "id")
_ADDRESSES = ("@id", "@odata.id", "@iot.selfLink")


def place_of(url: str, base: str, known: Known) -> tuple[str, bytes]:
    """The path below the service's root, and the query, of a part's address.

    Raises Problem: it leads out of the service, or refers to nothing (400).
    """
    named = _START.match(url)
    if named and named[1] != "batch":
        if named[1] not in known:
            raise Problem(400, f"no request before this one made '${named[1][:40]}'")
        url = known[named[1]] + url[named.end() :]
    path, query = _below(url, base)
    return unquote(path).strip("/"), quote(query, safe="%$=&+,()'/;:*!@?~-._").encode()


def _below(url: str, base: str) -> tuple[str, str]:
    """The path below the service's root, which may be told in full, and the query."""
    elsewhere = Problem(400, f"'{url[:200]}' is no address of this service")
    try:
        parts, own = urlsplit(url), urlsplit(base)
    except ValueError:
        raise elsewhere from None
    if parts.netloc not in ("", own.netloc):
        raise elsewhere
    for root in (own.path, "/" + own.path.rpartition("/")[2]):
        if parts.path == root or parts.path.startswith(root + "/"):
            return parts.path.removeprefix(root), parts.query
    if parts.netloc:
        raise elsewhere
    return parts.path, parts.query


def resolved(body: bytes, known: Known) -> bytes:
    """A body whose references are what they stand for."""
    if not known or b'"$' not in body:
        return body
    try:
        return msgspec.json.encode(_filled(msgspec.json.decode(body), known))
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, RecursionError):
        return body  # whoever reads it says what is wrong


def _filled(value: Any, known: Known) -> Any:
    if isinstance(value, list):
        return [_filled(one, known) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: _stands_for(name, one, known) for name, one in value.items()}


def _stands_for(name: str, value: Any, known: Known) -> Any:
    bound = name in _ADDRESSES or name.endswith(".bind")
    if isinstance(value, list) and bound:
        return [_stands_for(name, one, known) for one in value]
    if not isinstance(value, str) or not value.startswith("$"):
        return _filled(value, known)
    path = known.get(value[1:])
    if path is None or not (bound or name in _IDS):
        return value
    number = _NUMBER.fullmatch(path)
    return int(number[1]) if number and name in _IDS else path
