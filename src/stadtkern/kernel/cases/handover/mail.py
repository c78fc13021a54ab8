"""The last resort: a mail that says that there is something, without saying what."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from stadtkern.kernel.cases.handover.calling import setting
from stadtkern.kernel.cases.handover.delivered import Delivered
from stadtkern.kernel.cases.handover.protocol import Keep, NotHandedOver, Parcel
from stadtkern.kernel.cases.models import BackOffice
from stadtkern.kernel.post.address import base
from stadtkern.kernel.post.letters import write


class Mail(Delivered):
    """A mail is read by many on its way, so the application stays at the desk."""

    def send(
        self, office: BackOffice, parcel: Parcel, remote: str, memory: dict[str, Any], keep: Keep
    ) -> str:
        """Once per handover, whatever is repeated."""
        self._address(office)
        write(
            key=f"handover {parcel.key}", to=setting(office, "address"),
            subject=_subject(parcel) % {"reference": parcel.reference},
            text=_text(parcel) % {"title": parcel.title, "reference": parcel.reference,
                                  "address": f"{base()}/staff/"},
        )  # fmt: skip
        return parcel.key

    def check(self, office: BackOffice) -> str:
        """Only whether it is an address."""
        return _("Notices go to %(address)s.") % {"address": self._address(office)}

    def _address(self, office: BackOffice) -> str:
        address = setting(office, "address")
        try:
            validate_email(address)
        except ValidationError:
            raise NotHandedOver(_("This is no e-mail address.")) from None
        return address


def _subject(parcel: Parcel) -> str:
    if parcel.kind == "withdrawal":
        return _("Application %(reference)s was withdrawn")
    if parcel.kind != "application":
        return _("News on application %(reference)s")
    return _("New application %(reference)s")


def _text(parcel: Parcel) -> str:
    if parcel.kind == "withdrawal":
        return _("The application %(reference)s (%(title)s) was withdrawn. Please do not go on"
                 " with it.\n\nIt stands at the desk: %(address)s")  # fmt: skip
    if parcel.kind != "application":
        return _("Whoever applied has written or brought something: %(title)s, %(reference)s.\n\n"
                 "Please read it at the desk: %(address)s")  # fmt: skip
    return _("There is a new application: %(title)s, %(reference)s.\n\n"
             "Please work on it at the desk: %(address)s")  # fmt: skip
