"""How sure the city is of who somebody is: the levels of BundID, kept in the session."""

from enum import IntEnum
from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

SESSION_KEY: Final = "trust"


class Trust(IntEnum):
    """Levels of assurance; STORK-QAA-Level-1, -3 and -4 of BundID, above them nobody at all."""

    NONE = 0
    BASIC = 1
    SUBSTANTIAL = 3
    HIGH = 4


TITLES = {
    Trust.NONE: _("without signing in"),
    Trust.BASIC: _("basic"),
    Trust.SUBSTANTIAL: _("substantial"),
    Trust.HIGH: _("high"),
}


def of(request: HttpRequest) -> Trust:
    """The level that this session has reached; an account with a password alone is basic."""
    if not request.user.is_authenticated:
        return Trust.NONE
    try:
        return Trust(request.session.get(SESSION_KEY, Trust.BASIC))
    except ValueError:
        return Trust.BASIC


def reached(request: HttpRequest, level: Trust) -> None:
    """Note a level that was proved just now; a lower one never takes a higher one away."""
    request.session[SESSION_KEY] = int(max(of(request), level))
