"""Mails that somebody asks for without being signed in: few at a time, the same for everybody."""

from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry, record
from stadtkern.kernel.formguard import mark_of
from stadtkern.kernel.identity import links, mails
from stadtkern.kernel.people.models import Account

TOO_MANY = _("This was asked for very often. Please wait an hour, then try again.")
ASKED: Final = "account.mail_asked"
PER_HOUR: Final = 10
# One address gets no more mails than this in an hour, whoever asks.
PER_ADDRESS: Final = 3


def may(sender: str) -> bool:
    """Whether this internet address may ask once more; it is counted."""
    actor = f"address:{sender}"
    since = clock.now() - timedelta(hours=1)
    if Entry.objects.filter(verb=ASKED, actor=actor, at__gte=since).count() >= PER_HOUR:
        return False
    record(actor, ASKED)
    return True


def owner_of(email: str) -> Account | None:
    """Whose confirmed address it is."""
    rows = Account.objects.filter(email__iexact=email, email_confirmed__isnull=False)
    return rows.filter(is_active=True).first()


def to_register(request: HttpRequest, email: str, language: str) -> None:
    """A link for a new account; whoever has one reads that they have."""
    if not _counts(email):
        return
    account = owner_of(email)
    with transaction.atomic():
        if account is not None:
            page = mails.address_of(request, "login")
            _send("known", account.email, account.language, page=page,
                  subject=_("You have an account already"))  # fmt: skip
            return
        token = links.make("register", email=email, language=language[:2])
        page = mails.address_of(request, "account-confirm", token)
        _send("register", email, language[:2], page=page, subject=_("Confirm your e-mail address"))


def to_reset(request: HttpRequest, email: str) -> None:
    """A link for a new password; an address without an account gets no mail."""
    account = owner_of(email)
    if account is None or not _counts(email):
        return
    with transaction.atomic():
        token = links.make("reset", email=email, account=account, language=account.language)
        page = mails.address_of(request, "account-reset-set", token)
        _send(
            "reset", account.email, account.language, page=page, subject=_("Choose a new password")
        )


def to_change(request: HttpRequest, account: Account, email: str) -> None:
    """A link to the new address of somebody who is signed in."""
    if not _counts(email) or owner_of(email) is not None:
        return
    with transaction.atomic():
        token = links.make("email", email=email, account=account, language=account.language)
        page = mails.address_of(request, "account-email-confirm", token)
        _send("email", email, account.language, page=page, subject=_("Confirm your e-mail address"))


def tell_of_password(account: Account) -> None:
    """The owner hears that there is a new password."""
    mails.changed(account, _("There is a new password."), mark=f"{clock.now().timestamp():.0f}")


def _counts(email: str) -> bool:
    """Whether this mailbox may get one more mail now; the log names it by a mark only."""
    target = f"mailbox:{mark_of(email.lower(), 'account')[:32]}"
    since = clock.now() - timedelta(hours=1)
    if Entry.objects.filter(verb=ASKED, target=target, at__gte=since).count() >= PER_ADDRESS:
        return False
    record("system", ASKED, target)
    return True


def _send(name: str, to: str, language: str, *, subject: Promise, **said: Any) -> None:
    key = f"account-{name}:{mark_of(to.lower(), 'mail')[:24]}:{clock.now().timestamp():.3f}"
    mails.send(name, key=key, to=to, subject=subject, language=language, **said)


def tell_of_address(account: Account) -> None:
    """The address that mails went to so far hears of the change."""
    mails.changed(
        account, _("There is a new e-mail address. This one gets no more mails."),
        mark=f"{clock.now().timestamp():.0f}",
    )  # fmt: skip
