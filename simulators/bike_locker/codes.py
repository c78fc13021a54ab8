"""What a terminal checks without a network: keyed digests, and codes of 20 digits.

Written from the description of the protocol (docs/reference/bike-box-apis.md) and from nothing
else: it is the second implementation that shows that the description is right.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
WRAP = 100_000


@dataclass(frozen=True)
class OfflineCode:
    """What a code says once its proof is right."""

    box: int
    pin: str
    until: datetime


def digest(secret: str, kind: str, text: str) -> str:
    """HMAC-SHA256 of `<kind>|<text>`, in hex."""
    return hmac.new(secret.encode(), f"{kind}|{text}".encode(), sha256).hexdigest()


def read_offline(secret: str, facility: str, typed: str, now: datetime) -> OfflineCode | None:
    """The code behind 20 typed digits; None where its proof is wrong or its time is over."""
    digits = "".join(c for c in typed if c.isdigit())
    if len(digits) != 20:
        return None
    said, proof = digits[:13], digits[13:]
    mac = hmac.new(secret.encode(), f"offline|{facility}|{said}".encode(), sha256).digest()
    right = f"{int.from_bytes(mac[:8], 'big') % 10_000_000:07d}"
    if not hmac.compare_digest(proof, right):
        return None
    until = _nearest(int(said[:5]), now)
    return OfflineCode(int(said[5:7]), said[7:13], until) if until > now else None


def _nearest(hours: int, now: datetime) -> datetime:
    """The hour is told modulo 100,000: the one within eleven years of now is meant."""
    passed = int((now - EPOCH).total_seconds() // 3600)
    turn = (passed - hours + WRAP // 2) // WRAP
    return EPOCH + timedelta(hours=hours + turn * WRAP)
