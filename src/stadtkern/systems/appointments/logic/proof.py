"""Proof of work: a browser counts until a hash fits, which costs people nothing and traders time.

The way of ALTCHA: SHA-256 of salt and number is given, signed with its end, and the number is
looked for. Nothing is stored before a proof is used; then it is, so that it works once.
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from django.conf import settings

from stadtkern.kernel import clock
from stadtkern.systems.appointments.models import Spent

HIGHEST = 60_000
LASTS = timedelta(minutes=30)


def challenge() -> str:
    """`salt.end.hash.signature` for a page."""
    end = int((clock.now() + LASTS).timestamp())
    salt = f"{secrets.token_hex(8)}.{end}"
    number = secrets.randbelow(HIGHEST)
    said = f"{salt}.{_hash(salt, number)}"
    return f"{said}.{_signature(said)}"


def is_proven(answer: str) -> bool:
    """Whether `challenge:number` is right, in time, and used for the first time."""
    asked, _colon, number = answer.partition(":")
    parts = asked.split(".")
    if len(parts) != 4 or not (number.isascii() and number.isdecimal() and len(number) < 9):
        return False
    random, end, wanted, signature = parts
    said = f"{random}.{end}.{wanted}"
    if not hmac.compare_digest(signature, _signature(said)):
        return False
    until = datetime.fromtimestamp(int(end), UTC)
    if until < clock.now() or _hash(f"{random}.{end}", int(number)) != wanted:
        return False
    Spent.objects.bulk_create([Spent(proof=wanted, until=until)], ignore_conflicts=True)
    # Of all who bring it, one finds it fresh.
    return bool(Spent.objects.filter(proof=wanted, fresh=True).update(fresh=False))


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _signature(said: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"appointments.proof|{said}".encode(), hashlib.sha256).hexdigest()
