"""The city's mail server: whether there is one, and handing it a mail."""

import hashlib
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class NotSent(Exception):
    """A mail was not taken; the text says why."""


def is_set_up() -> bool:
    """Whether there is a server that takes mail."""
    return bool(settings.EMAIL_HOST) or settings.EMAIL_BACKEND != SMTP


def message_id(*keys: str) -> str:
    """The same for the same messages, so that a mailbox can tell a second sending."""
    digest = hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    return f"<{digest[:32]}@{domain}>"


def hand_over(message: EmailMessage) -> None:
    """Give a mail to the server. Raises NotSent."""
    if not is_set_up():
        raise NotSent("no mail server: write [mail] host into the city file")
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"{type(error).__name__}: {error}"[:300]) from None
