"""The mails about one's account: few words, one link, and never whether others have one."""

import os
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from stadtkern.kernel import clock, registry
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.post import letters

CLOSED = _("Your account is closed")


def address_of(request: HttpRequest | None, name: str, *args: Any) -> str:
    """The full address of a page: under the city's own name, else where the person is now."""
    given = registry.city().web.address or os.environ.get("STADTKERN_ADDRESS", "")
    if not given and request is not None:
        given = f"{request.scheme}://{request.get_host()}"
    return f"{given.rstrip('/')}{reverse(name, args=args)}"


def send(name: str, *, key: str, to: str, subject: str | Promise, language: str, topic: str = "",
         **said: Any) -> None:  # fmt: skip
    """A mail from `identity/mail/<name>.txt`, with the caller's transaction."""
    with override(language):
        text = render_to_string(
            f"identity/mail/{name}.txt", {"city": registry.city().title, **said}
        )
        letters.write(key=key, to=to, subject=str(subject), text=text.strip() + "\n",
                      language=language, topic=topic)  # fmt: skip


def to_owner(account: Account, name: str, *, key: str, subject: str | Promise, **said: Any) -> None:
    """A mail to whoever owns the account; none where there is no address."""
    if account.email:
        send(name, key=key, to=account.email, subject=subject, language=account.language,
             topic=f"account:{account.pk}", **said)  # fmt: skip


def locked(account: Account) -> None:
    """Somebody failed to sign in too often: once a day, however often it is."""
    day = clock.now().date().isoformat()
    to_owner(account, "locked", key=f"account-locked:{account.pk}:{day}",
             subject=_("Signing in to your account failed several times"))  # fmt: skip


def changed(account: Account, what: str | Promise, *, mark: str) -> None:
    """Something about how one signs in has changed; `what` is a phrase to put into the mail."""
    to_owner(account, "changed", key=f"account-changed:{account.pk}:{mark}", what=what,
             subject=_("The way you sign in has changed"))  # fmt: skip
