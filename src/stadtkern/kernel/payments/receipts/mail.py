"""Receipts by mail, once each."""

import smtplib
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction as database
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.payments.charges import address
from stadtkern.kernel.payments.models import Charge
from stadtkern.kernel.payments.receipts import pdf
from stadtkern.kernel.payments.receipts.content import receipt_of

SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"
# After so long a receipt is no news any more; it stays on the page.
FRESH: Final = timedelta(days=3)
BATCH: Final = 50


def send() -> str:
    """Send what is due. Claimed before it is sent: a crash between loses a mail, not money."""
    if not settings.EMAIL_HOST and settings.EMAIL_BACKEND == SMTP:
        return "no mail server: write [mail] host into the city file"
    sent = failed = 0
    for _turn in range(BATCH):
        if (charge := _claimed()) is None:
            break
        try:
            _mail(charge).send()
            sent += 1
        except (OSError, smtplib.SMTPException):
            failed += 1
            Charge.objects.filter(pk=charge.pk).update(receipted=None)
            break
    return f"{sent} receipts sent, {failed} failed"


def _claimed() -> Charge | None:
    with database.atomic():
        rows = Charge.objects.filter(receipted__isnull=True, paid__gt=clock.now() - FRESH)
        rows = rows.exclude(email="").select_for_update(skip_locked=True)
        charge = rows.order_by("paid").first()
        if charge is not None:
            charge.receipted = clock.now()
            charge.save(update_fields=["receipted"])
        return charge


def _mail(charge: Charge) -> EmailMessage:
    with override(charge.language):
        told = receipt_of(charge)
        assert told is not None
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
        message = EmailMessage(
            subject=_("Receipt %(reference)s") % {"reference": charge.reference},
            body=render_to_string(
                "payments/receipt.txt",
                {"receipt": told, "address": address(charge, "payments:receipt")},
            ),
            to=[charge.email],
            headers={"Message-ID": f"<receipt-{charge.public_id}@{domain}>",
                     "Auto-Submitted": "auto-generated"},
        )  # fmt: skip
        message.attach(f"{charge.reference}.pdf", pdf.drawn(told), "application/pdf")
    return message
