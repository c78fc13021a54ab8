"""Browsers in which somebody has signed in before: strangers cannot lock them out of an account.

Whoever guesses locks a log-in for everybody who is unknown. A known browser has a count of its own
(OWASP, “device cookies”): the owner still comes in, and a stolen browser guesses no more often.
"""

import secrets
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from stadtkern.kernel.people.models import Account

SALT: Final = "identity.known-device"
LASTS: Final = timedelta(days=180)
# On the request: whose browser this is from now on.
MARK: Final = "_known_device_of"


def number_of(request: HttpRequest, account: Account) -> str:
    """The number of this browser where this account has signed in with it before; else empty."""
    try:
        said: Any = signing.loads(request.COOKIES.get(_name(), ""), salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return ""
    return str(said.get("id", "")) if said.get("who") == _who(account) else ""


def remember(request: HttpRequest, account: Account) -> None:
    """The answer to this request marks the browser as known to this account."""
    setattr(request, MARK, account)


def write(request: HttpRequest, answer: HttpResponseBase) -> None:
    """Set the mark where somebody has just signed in; what it says opens nothing."""
    account = getattr(request, MARK, None)
    if account is None:
        return
    said = {"who": _who(account), "id": number_of(request, account) or secrets.token_hex(8)}
    answer.set_cookie(
        _name(), signing.dumps(said, salt=SALT), max_age=LASTS, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def _name() -> str:
    return "__Host-known" if settings.SESSION_COOKIE_SECURE else "known"


def _who(account: Account) -> str:
    return salted_hmac(SALT, str(account.public_id), algorithm="sha256").hexdigest()
