"""The one way into an account, whatever proved who it is."""

from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.identity import hooks, known_devices, sessions, trust
from stadtkern.kernel.identity.trust import Trust
from stadtkern.kernel.people.access import SECOND_FACTOR
from stadtkern.kernel.people.models import Account

BACKEND = "django.contrib.auth.backends.ModelBackend"
# In the session: when somebody last showed who they are (seconds since 1970).
FRESH = "fresh"
FOR_SECONDS = 600


def enter(
    request: HttpRequest, account: Account, *, way: str, provider: str = "",
    level: Trust = Trust.BASIC, second: bool = False,
) -> None:  # fmt: skip
    """Sign in: a new session key, the level that was proved, all on record.

    What a guest had in the session stays; what another account had in it goes.
    """
    with transaction.atomic():
        setattr(request, sessions.WAY, (way, provider))
        if not request.user.is_authenticated:
            request.session.pop(trust.SESSION_KEY, None)
        login(request, account, backend=BACKEND)
        trust.reached(request, level)
        request.session[SECOND_FACTOR] = second
        fresh(request)
        sessions.moved(request)
        known_devices.remember(request, account)
        record(account, "login", account, way=way)
        hooks.entered(request, account)


def fresh(request: HttpRequest) -> None:
    """Note that the person showed who they are just now."""
    request.session[FRESH] = clock.now().timestamp()


def is_fresh(request: HttpRequest) -> bool:
    """Whether they did so in the last minutes, as what cannot be undone asks for."""
    return clock.now().timestamp() - float(request.session.get(FRESH, 0)) < FOR_SECONDS
