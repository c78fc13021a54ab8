"""Access tokens of OAuth 2 client credentials (RFC 6749, 4.4), kept until they are about to end."""

import base64
import hashlib
import time
from threading import Lock
from typing import Final

from django.utils.translation import gettext as _

from stadtkern.kernel.payments.models import Provider
from stadtkern.kernel.payments.problems import ProviderProblem, ProviderRefuses
from stadtkern.kernel.payments.providers.call import Answer, call, secret, setting

# Seconds before its end from which on a token is not used any more.
MARGIN: Final = 30.0

_kept: dict[str, tuple[str, float]] = {}
_guard = Lock()


def bearer(provider: Provider, url: str, *, basic: bool = False) -> dict[str, str]:
    """The header of a call. `basic` sends id and secret in the header and not in the form.

    Raises ProviderProblem, and ProviderRefuses where id or secret are wrong.
    """
    key = _key(provider, url)
    with _guard:
        token, until = _kept.get(key, ("", 0.0))
    if not token or time.monotonic() > until - MARGIN:
        token, until = _fetched(provider, url, basic=basic)
        with _guard:
            _kept[key] = (token, until)
    return {"Authorization": f"Bearer {token}"}


def forget(provider: Provider, url: str) -> None:
    """The provider does not take the token any more."""
    with _guard:
        _kept.pop(_key(provider, url), None)


def _key(provider: Provider, url: str) -> str:
    """Another secret makes another key, so that a changed contract is used at once."""
    told = f"{url} {setting(provider, 'client')} {secret(provider)}"
    return hashlib.sha256(told.encode()).hexdigest()


def _fetched(provider: Provider, url: str, *, basic: bool) -> tuple[str, float]:
    client, word = setting(provider, "client"), secret(provider)
    form, headers = {"grant_type": "client_credentials"}, {}
    if basic:
        pair = base64.b64encode(f"{client}:{word}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
    else:
        form |= {"client_id": client, "client_secret": word}
    begun = time.monotonic()
    answer = call("POST", url, form=form, headers=headers)
    if not answer.good:
        _refuse(answer)
    token = answer.body.get("access_token")
    lasts = answer.body.get("expires_in", 300)
    if not isinstance(token, str) or not token or not isinstance(lasts, int | float):
        raise ProviderProblem(_("The payment service gave no access token."))
    return token, begun + float(lasts)


def _refuse(answer: Answer) -> None:
    code = str(answer.body.get("error", answer.status))
    raise ProviderRefuses(
        _("The payment service does not know this id and secret (%(code)s).") % {"code": code}, code
    )
