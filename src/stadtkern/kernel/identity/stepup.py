"""Proving more in the middle of something: away to a provider and back to the same place."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from stadtkern.kernel.identity.trust import Trust


def url(request: HttpRequest, level: Trust | int, back: str) -> str:
    """The page that says why more is needed, offers the ways there, and leads on to `back`."""
    query = {"level": int(level), "back": safe(request, back)}
    return f"{reverse('account-step-up')}?{urlencode(query)}"


def safe(request: HttpRequest, back: str) -> str:
    """An address inside this site; empty for any other."""
    inside = back.startswith("/") and url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return back if inside else ""


def level_of(text: str) -> Trust:
    """The level that an address names; the highest one where it names none that there is."""
    try:
        return Trust(int(text))
    except ValueError:
        return Trust.HIGH
