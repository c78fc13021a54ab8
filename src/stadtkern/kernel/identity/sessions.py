"""Sessions: on record with device and network, ended after a while, or by hand."""

import ipaddress
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.identity import known_devices, trust
from stadtkern.kernel.people.models import Account, SignIn

# What a session knows: its row, when it began, and when it was used last (seconds since 1970).
ROW: Final = "sign_in"
BEGUN: Final = "begun"
SEEN: Final = "seen"
STAFF: Final = "staff"
# Who signs in says by which way before the signal comes: `(way, provider)`.
WAY: Final = "_sign_in_way"

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
STAFF_LONGEST: Final = timedelta(hours=8)
# The time of last use is written no more often than this.
RHYTHM: Final = timedelta(minutes=1)

BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def begun(sender: Any, request: HttpRequest, user: Any, **_more: Any) -> None:
    """Somebody has signed in (Django's signal): the session begins, and is on record."""
    session = getattr(request, "session", None)
    if not isinstance(user, Account) or session is None:
        return
    way, provider = getattr(request, WAY, ("other", ""))
    now = clock.now()
    if known := session.get(ROW):
        SignIn.objects.filter(pk=known, ended=None).update(ended=now)
    row = SignIn.objects.create(
        account=user, session=session.session_key or "", way=way, provider=provider,
        level=int(session.get(trust.SESSION_KEY, 1)), begun=now, seen=now,
        device=device_of(str(request.META.get("HTTP_USER_AGENT", ""))),
        address=shortened(str(request.META.get("REMOTE_ADDR", ""))),
    )  # fmt: skip
    session[ROW], session[STAFF] = row.pk, user.is_staff
    session[BEGUN] = session[SEEN] = now.timestamp()


def left(sender: Any, request: HttpRequest, user: Any, **_more: Any) -> None:
    """Somebody signs out (Django's signal)."""
    session = getattr(request, "session", None)
    if session is not None and (row := session.get(ROW)):
        SignIn.objects.filter(pk=row, ended=None).update(ended=clock.now())


def moved(request: HttpRequest) -> None:
    """A new key for the same session, after which the old one opens nothing."""
    request.session.cycle_key()
    SignIn.objects.filter(pk=request.session.get(ROW, 0)).update(
        session=request.session.session_key, level=int(trust.of(request))
    )


def renamed(request: HttpRequest) -> str:
    """The session's key, where Django has just changed it; its row follows."""
    key = request.session.session_key or ""
    SignIn.objects.filter(pk=request.session.get(ROW, 0)).update(session=key)
    return key


def end(account: Account, *, row: int | None = None, but: str = "") -> int:
    """End one session of an account, or all but the one with this key; how many that were."""
    rows = SignIn.objects.filter(account=account, ended=None)
    rows = rows.filter(pk=row) if row is not None else rows.exclude(session=but)
    keys = [one for one in rows.values_list("session", flat=True) if one]
    Session.objects.filter(session_key__in=keys).delete()
    return rows.update(ended=clock.now())


def open_ones(account: Account) -> list[SignIn]:
    """Where the account is signed in now, the one used last first."""
    longest = STAFF_LONGEST if account.is_staff else LONGEST
    idle = STAFF_LONGEST if account.is_staff else IDLE
    now = clock.now()
    rows = account.sign_ins.filter(ended=None, begun__gt=now - longest, seen__gt=now - idle)
    return list(rows.order_by("-seen"))


class SessionMiddleware:
    """Ends sessions that are too old or were left alone for too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Looks at a session only where there is one, so that other pages cost nothing."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and BEGUN in request.session:
            _look(request)
        answer = self.get_response(request)
        known_devices.write(request, answer)
        return answer


def _look(request: HttpRequest) -> None:
    session, now = request.session, clock.now()
    seen = float(session.get(SEEN, session[BEGUN]))
    if _is_over(now, float(session[BEGUN]), seen, staff=bool(session.get(STAFF))):
        logout(request)
        messages.info(request, _("You were signed out because some time had passed."))
    elif now.timestamp() - seen >= RHYTHM.total_seconds():
        session[SEEN] = now.timestamp()
        SignIn.objects.filter(pk=session.get(ROW, 0)).update(seen=now)


def _is_over(now: datetime, begun: float, seen: float, *, staff: bool) -> bool:
    age, idle = now.timestamp() - begun, now.timestamp() - seen
    if staff:
        return age > STAFF_LONGEST.total_seconds()
    return age > LONGEST.total_seconds() or idle > IDLE.total_seconds()


def device_of(agent: str) -> str:
    """A browser and a system in words, from what a browser calls itself; empty if unknown."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return ", ".join(part for part in (browser, system) if part)


def shortened(address: str) -> str:
    """The network of an address: `192.0.2.0`, `2001:db8:1::`; empty for no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    bits = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network((found, bits), strict=False).network_address)
