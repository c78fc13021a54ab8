"""What stands in the log of a handover, in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CODES: Final[dict[str, str | Promise]] = {
    "sent": _("Sent"),
    "failed": _("A try failed"),
    "dead": _("Given up"),
    "withdrawn": _("Not sent: the case was withdrawn"),
    "again": _("To be tried again"),
    "elsewhere": _("Handed to another back office"),
    "by_hand": _("Worked on by hand"),
    "accepted": _("Accepted by the receiver"),
    "rejected": _("Refused by the receiver"),
    "status": _("News from the back office"),
    "request": _("The back office asks for something"),
    "decided": _("The back office decided"),
    "receipt.refused": _("A receipt that is not believed"),
    "reply.refused": _("A reply that could not be taken"),
    "create-submission": _("Announced at the delivery service"),
    "submit-submission": _("Taken in by the delivery service"),
    "notify-submission": _("The receiver was told"),
    "forward-submission": _("Passed on to the procedure"),
    "delete-submission": _("Deleted at the delivery service"),
}


def word_of(code: str) -> str:
    """The code itself where there is no word for it."""
    return str(CODES.get(code, code))
