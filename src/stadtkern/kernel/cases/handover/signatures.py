"""Signed calls from outside: an HMAC over time and body, as FIT-Connect's callbacks have it."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

# What is older can be somebody who repeats what they overheard.
OLDEST: Final = timedelta(minutes=5)


class BadSignature(Exception):
    """A call that proves nothing; the text says why, for the caller."""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Hex of HMAC-SHA-512 over `timestamp.body` (FIT-Connect, “Verwendung von Callbacks”)."""
    told = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), told, hashlib.sha512).hexdigest()


def check(secret: str, timestamp: str, signature: str, body: bytes, now: datetime) -> None:
    """Raises BadSignature: no secret agreed upon, another signature, too old or from the future."""
    if not secret or not timestamp.isascii() or not timestamp.isdigit():
        raise BadSignature("no signature")
    right = sign(secret, timestamp, body)
    if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
        raise BadSignature("wrong signature")
    if (
        len(timestamp) > len("9999999999")
        or abs(now.timestamp() - int(timestamp)) > OLDEST.total_seconds()
    ):
        raise BadSignature("too old")
