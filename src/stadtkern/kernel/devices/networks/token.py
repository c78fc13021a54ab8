"""The token with which others open our door: made once, kept as a digest, compared unhurriedly."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping

LONGEST = 4096


def made() -> str:
    """A new token of 192 bits."""
    return secrets.token_urlsafe(24)


def digest(token: str) -> str:
    """SHA-256 in hex, as `Network.digest` keeps it; the token has entropy enough for no more."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def opens(headers: Mapping[str, str], wanted: str) -> bool:
    """Whether one of the tokens presented is the right one; with no digest, none is."""
    # All are compared, each in constant time, so that time says nothing about which came near.
    found = [hmac.compare_digest(digest(one), wanted) for one in presented(headers)]
    return bool(wanted) and any(found)


def presented(headers: Mapping[str, str]) -> Iterator[str]:
    """`Authorization: Bearer <token>`, basic authentication, the bare token, or X-API-Key."""
    said = headers.get("authorization", "")[:LONGEST]
    scheme, _space, rest = said.partition(" ")
    if scheme.lower() == "bearer":
        yield rest.strip()
    elif scheme.lower() == "basic":
        yield _password(rest)
    elif said:
        yield said
    if key := headers.get("x-api-key", "")[:LONGEST]:
        yield key


def _password(encoded: str) -> str:
    """RFC 7617: user and password, parted by the first colon."""
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8", "replace")
    except binascii.Error:
        return ""
    return text.partition(":")[2]
