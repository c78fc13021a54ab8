"""PINs, digests that only one terminal understands, and codes that it checks without a network.

An offline code has 20 digits: five for the hour until which it is valid (hours since 2026-01-01
00:00 UTC, modulo 100,000), two for the box, six for the PIN, and seven that prove it: the first 8
bytes of HMAC-SHA256(secret, "offline|<facility>|" + the 13 digits before) modulo 10,000,000.
"""

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime
from math import ceil

from django.utils.crypto import salted_hmac

from stadtkern.kernel.sealing import unseal
from stadtkern.systems.bike_boxes.models import Facility

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
PIN_DIGITS = 6
HOURS, PROOF = 10**5, 10**7
CARD = re.compile(r"[0-9A-F]{8,20}")


def new_pin() -> str:
    """Six digits, each as likely as any other, from the system's random source."""
    return "".join(secrets.choice("0123456789") for _digit in range(PIN_DIGITS))


def new_secret() -> str:
    """What a facility and its controller share: 32 bytes in hex."""
    return secrets.token_hex(32)


def digest(facility: Facility, kind: str, text: str) -> str:
    """HMAC-SHA256 of `<kind>|<text>` with the facility's secret, in hex."""
    return _hmac(facility, f"{kind}|{text}").hex()


def offline_code(facility: Facility, box: int, pin: str, until: datetime) -> str:
    """The code in groups of four; valid until the full hour at or after `until`."""
    hours = ceil((until - EPOCH).total_seconds() / 3600) % HOURS
    said = f"{hours:05d}{box:02d}{pin}"
    proof = int.from_bytes(_hmac(facility, f"offline|{facility.slug}|{said}")[:8], "big") % PROOF
    code = f"{said}{proof:07d}"
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def card_number(typed: str) -> str:
    """A card's number without blanks and separators; empty where it cannot be one."""
    number = re.sub(r"[\s:\-.]", "", typed).upper()
    return number if CARD.fullmatch(number) else ""


def pseudonym(number: str) -> str:
    """What a card is known by here; the number itself is not kept."""
    return salted_hmac("bike_boxes.card", number, algorithm="sha256").hexdigest()


def _hmac(facility: Facility, text: str) -> bytes:
    return hmac.new(unseal(facility.secret).encode(), text.encode(), hashlib.sha256).digest()
