"""What people who buy here are told by mail. The plate is never in it: mails are kept elsewhere."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from stadtkern.kernel.post import letters
from stadtkern.kernel.sealing import unseal
from stadtkern.systems.parking_tickets.logic import calendar, links
from stadtkern.systems.parking_tickets.models import Session

LETTERS: Final[dict[str, tuple[str | Promise, str | Promise]]] = {
    "bought": (
        gettext_lazy("Your right to park in zone %(zone)s"),
        gettext_lazy("You may park until %(until)s. On this page you see the time that is left,"
                     " extend it, or end it early and get money back:"),
    ),
    "ends_soon": (
        gettext_lazy("Your parking time ends at %(time)s"),
        gettext_lazy("Your right to park in zone %(zone)s ends on %(until)s. Extend it on this"
                     " page, as far as the zone allows:"),
    ),
    "not_possible": (
        gettext_lazy("Your payment for parking goes back"),
        gettext_lazy("What you paid for in zone %(zone)s could not be had any more when the money"
                     " came. You get all of it back. This page tells how it stands:"),
    ),
}  # fmt: skip


def later(row: Session, what: str, again: str) -> None:
    """A mail kept in the caller's transaction, once for each `again`; none without an address."""
    if row.email is None:
        return
    subject, text = LETTERS[what]
    at = calendar.local(row.during.upper)
    with override(row.language):
        told = {"zone": row.zone.number, "time": f"{at:%H:%M}", "until": f"{at:%d.%m.%Y, %H:%M}"}
        body = f"{str(text) % told}\n{links.address(row)}\n\n{_confirmation(row)}\n"
        letters.write(
            key=f"parking:{what}:{again}", to=unseal(row.email), subject=str(subject) % told,
            text=body, language=row.language, topic=f"parking:{row.pk}", until=row.during.upper
            if what == "ends_soon" else None,
        )  # fmt: skip


def _confirmation(row: Session) -> str:
    return _("Confirmation number: %s") % row.public_id
