"""What the journey hears in the transaction of whoever tells it, and where it takes part."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from stadtkern.kernel.bookings.events import BookingChanged
from stadtkern.kernel.cases import retention
from stadtkern.kernel.cases.events import CaseChanged
from stadtkern.kernel.cases.journey import booking, export, guests, links, paying
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.events import Event
from stadtkern.kernel.identity import hooks
from stadtkern.kernel.identity.events import AccountClosed
from stadtkern.kernel.payments.events import ChargeChanged
from stadtkern.kernel.people.models import Account


def heard(event: Event) -> None:
    """Called for every event of the city, so it looks at its type first."""
    if isinstance(event, ChargeChanged):
        paying.heard(event)
    elif isinstance(event, BookingChanged):
        booking.heard(event)
    elif isinstance(event, CaseChanged):
        retention.heard(event)
    elif isinstance(event, AccountClosed):
        retention.account_closed(event)


def take_part() -> None:
    """In signing in, in the account's own page and in its export."""
    hooks.after_sign_in(guests.take_over)
    hooks.export(export.of_account)
    hooks.card(card)


def card(request: HttpRequest) -> hooks.Card | None:
    """“My applications” on the account page; nothing where no system shows cases."""
    url = links.list_path()
    if not url or not isinstance(request.user, Account):
        return None
    running = Case.objects.of(request.user).exclude(state__in=["closed", "withdrawn", "expired"])
    return hooks.Card(
        title=_("My applications"), url=url, count=running.count(),
        text=_("How they stand, messages and decisions."),
    )  # fmt: skip
