"""The secret link to a right that was bought here."""

import base64
import binascii
from datetime import timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.payments.charges import base
from stadtkern.systems.parking_tickets.logic import settings
from stadtkern.systems.parking_tickets.models import Session


def token(row: Session) -> str:
    """Short text for a path; no person can guess it."""
    return _signer().sign(base64.urlsafe_b64encode(row.public_id.bytes).decode().rstrip("="))


def read(text: str) -> Session | None:
    """The right behind a link; None: there is none, or it is long over."""
    try:
        key = UUID(bytes=base64.urlsafe_b64decode(f"{_signer().unsign(text)}=="))
    except (BadSignature, binascii.Error, ValueError):
        return None
    oldest = clock.now() - timedelta(days=settings().mail_days)
    rows = Session.objects.filter(public_id=key, source="web", during__endswith__gt=oldest)
    return rows.select_related("zone__place", "tariff", "charge").first()


def path(row: Session) -> str:
    """Its page on this site, in the language of whoever bought it."""
    with override(row.language):
        return reverse("parking_tickets:right", args=[token(row)])


def address(row: Session) -> str:
    """The same with the city's name before it, for mails."""
    return f"{base()}{path(row)}"


def _signer() -> Signer:
    return Signer(salt="parking_tickets.right", sep=".")
