"""Links in mails that prove an address: made, looked at, used once."""

import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import Account, MailLink, digest_of

HOLDS: Final = {
    "register": timedelta(hours=24), "email": timedelta(hours=24), "reset": timedelta(hours=1),
}  # fmt: skip


class Spent(Exception):
    """The link was used, is too old, or there never was one."""


def make(purpose: str, *, email: str, account: Account | None = None, language: str) -> str:
    """The token of a new link; of the same purpose and account only the newest holds."""
    token = secrets.token_urlsafe(32)
    if account is not None:
        MailLink.objects.filter(purpose=purpose, account=account, used=None).delete()
    made = MailLink(
        digest=digest_of(token), purpose=purpose, account=account,
        until=clock.now() + HOLDS[purpose],
    )  # fmt: skip
    made.inside = {"email": email, "language": language}
    made.save()
    return token


def look(purpose: str, token: str) -> MailLink:
    """The link behind a token, without using it. Raises Spent."""
    rows = MailLink.objects.filter(purpose=purpose, digest=digest_of(token), used=None)
    found = rows.filter(until__gt=clock.now()).select_related("account").first()
    if found is None:
        raise Spent
    return found


def use(purpose: str, token: str) -> MailLink:
    """The same, once: of two at a time one gets it. Raises Spent."""
    with transaction.atomic():
        found = look(purpose, token)
        if not MailLink.objects.filter(pk=found.pk, used=None).update(used=clock.now()):
            raise Spent
    return found
