"""Keeps programs out of forms that need no account, without asking anything of people."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

# A person takes longer than a program, and does not keep a page open for days.
QUICKEST: Final = timedelta(seconds=3)
LONGEST: Final = timedelta(hours=12)
SALT: Final = "stadtkern.form"
TRAP: Final = "website"


def stamp() -> str:
    """What a form carries to say when it was opened."""
    return signing.TimestampSigner(salt=SALT).sign("form")


def took_its_time(stamped: str) -> bool:
    """Whether a form was filled in as slowly as people do, and not days ago."""
    signer = signing.TimestampSigner(salt=SALT)
    try:
        signer.unsign(stamped, max_age=LONGEST)
    except signing.BadSignature:
        return False
    try:
        signer.unsign(stamped, max_age=QUICKEST)
    except signing.SignatureExpired:
        return True
    return False


def mark_of(address: str, purpose: str) -> str:
    """Stands for an internet address; without the city's secret nobody can turn it back."""
    said = f"{purpose}|{address}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()


def sender_of(request: HttpRequest) -> str:
    """The internet address that a form came from."""
    return str(request.META.get("REMOTE_ADDR", ""))


class GuardedForm(forms.Form):
    """A form with a trap that people do not see, and a stamp of when it was opened.

    Pages draw `shown` and include `ui/parts/guard.html`.
    """

    stamp = forms.CharField(widget=forms.HiddenInput, required=False)
    website = forms.CharField(required=False, max_length=200)

    @property
    def shown(self) -> list[Any]:
        """The fields that people fill in."""
        return [one for one in self if one.name not in ("stamp", TRAP)]

    @property
    def fresh_stamp(self) -> str:
        """The stamp that came along, so that a second try after an error need not wait."""
        return str(self.data.get("stamp") or stamp())

    def clean(self) -> dict[str, Any]:
        """Refuses programs; what was written stays in the form."""
        said = super().clean() or {}
        if said.get(TRAP):
            raise ValidationError(_("Leave the field that says so empty, please."))
        if not took_its_time(str(said.get("stamp", ""))):
            raise ValidationError(
                _("This came very fast, or the page was open for long. Please send it once more.")
            )
        return said
