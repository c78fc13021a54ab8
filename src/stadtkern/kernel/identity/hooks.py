"""Where other parts of the kernel take part in signing in and in the account page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from stadtkern.kernel.people.models import Account


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """Something on the account page: where it leads, and how many there are (None: no number)."""

    title: str
    text: str
    url: str
    count: int | None = None


Entered = Callable[[HttpRequest, Account], None]
Exported = Callable[[Account], dict[str, Any]]
Shown = Callable[[HttpRequest], Card | None]
_entered: list[Entered] = []
_exported: list[Exported] = []
_shown: list[Shown] = []


def after_sign_in(call: Entered) -> Entered:
    """Have `call(request, account)` follow each sign-in, in its transaction.

    The session still holds what a guest had in it.
    """
    if call not in _entered:
        _entered.append(call)
    return call


def export(call: Exported) -> Exported:
    """Have what `call(account)` returns be a part of the account's data export."""
    if call not in _exported:
        _exported.append(call)
    return call


def card(call: Shown) -> Shown:
    """Have the account page show the card that `call(request)` returns; None shows nothing."""
    if call not in _shown:
        _shown.append(call)
    return call


def entered(request: HttpRequest, account: Account) -> None:
    """Tell all that somebody has signed in."""
    for call in _entered:
        call(request, account)


def exported(account: Account) -> dict[str, Any]:
    """The parts of the others, as one."""
    parts: dict[str, Any] = {}
    for call in _exported:
        parts |= call(account)
    return parts


def cards(request: HttpRequest) -> Iterator[Card]:
    """What there is to show."""
    for call in _shown:
        if found := call(request):
            yield found
