"""Tokens are found without being readable: by a keyed digest, with the number sealed beside it."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from django.conf import settings
from django.db.models import Q

from stadtkern.kernel import clock
from stadtkern.kernel.sealing import seal, unseal
from stadtkern.systems.charging.models import Token, Transaction

# OCPP 1.6, 7.2 AuthorizationStatus; 2.0.1 has the same words for these.
Verdict = Literal["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"]
# What has told nothing for so long keeps nobody from charging elsewhere.
FORGOTTEN = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A token, if it is known, and whether it may charge."""

    token: Token | None
    verdict: Verdict


def normal(number: str) -> str:
    """OCPP compares tokens without regard to case (1.6: CiString20, 2.0.1: identifierString)."""
    return number.strip().upper()


def digest(number: str) -> str:
    """HMAC-SHA256 in hex, with a key derived from the city's secret."""
    return _digest(normal(number), settings.SECRET_KEY)


def _digest(number: str, secret: str) -> str:
    key = sha256(b"charging tokens:" + secret.encode()).digest()
    return hmac.new(key, number.encode(), sha256).hexdigest()


def find(number: str) -> Token | None:
    """The token with this number; those from before a change of the city's secret are found too."""
    secrets = (settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", ()))
    known = [_digest(normal(number), secret) for secret in secrets]
    return Token.objects.filter(digest__in=known).first()


def issue(number: str, *, kind: str = "RFID", label: str = "", **fields: object) -> Token:
    """A new token, or the one that is there."""
    found = find(number)
    if found is not None:
        return found
    return Token.objects.create(
        digest=digest(number), sealed=seal(normal(number)), kind=kind, label=label, **fields
    )


def number_of(token: Token) -> str:
    """The number itself, for a point that is to start or reserve with it.

    Raises ValueError: it was sealed with another secret.
    """
    return unseal(token.sealed)


def check(number: str, *, starts: bool = False, evse: int | None = None) -> Checked:
    """Whether this token may charge now; only where it `starts` do its other cars count.

    What it still has open at this very EVSE is over: the new session takes its place.
    """
    token = find(number)
    if token is None:
        return Checked(token=None, verdict="Invalid")
    if token.blocked:
        return Checked(token=token, verdict="Blocked")
    if token.valid_until is not None and token.valid_until <= clock.now():
        return Checked(token=token, verdict="Expired")
    if starts and _cars(token, clock.now(), evse) >= token.at_once:
        return Checked(token=token, verdict="ConcurrentTx")
    return Checked(token=token, verdict="Accepted")


def _cars(token: Token, now: datetime, evse: int | None) -> int:
    rows = Transaction.objects.filter(token=token, state="active", authorised=True)
    elsewhere = Q(evse=None) | ~Q(evse=evse) if evse is not None else Q()
    return rows.filter(elsewhere, heard__gt=now - FORGOTTEN).count()
