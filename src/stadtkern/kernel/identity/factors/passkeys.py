"""Passkeys (Web Authentication, level 2): made, and used to sign in."""

import json
from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpRequest
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from stadtkern.kernel import clock, registry
from stadtkern.kernel.people.models import Account, Passkey

# In the session: what the key has to sign.
CHALLENGE: Final = "passkey_challenge"
MOST: Final = 10


class NotTaken(Exception):
    """The browser's answer cannot be used; the text is for the log, not for people."""


def to_make(request: HttpRequest, account: Account) -> str:
    """What the browser needs to make a key (JSON); keys that are there are not made again."""
    name = account.email if account.email_confirmed else account.username
    known = account.passkeys.values_list("number", flat=True)
    options = generate_registration_options(
        rp_id=_host(request), rp_name=registry.city().title, user_name=name,
        user_id=account.public_id.bytes,
        user_display_name=account.get_full_name() or name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known
        ],
    )  # fmt: skip
    return _kept(request, options_to_json(options))


def make(request: HttpRequest, account: Account, said: dict[str, Any], name: str) -> Passkey:
    """Keep the key that the browser made. Raises NotTaken."""
    if account.passkeys.count() >= MOST:
        raise NotTaken("too many")
    try:
        found = verify_registration_response(
            credential=said, expected_challenge=_challenge(request),
            expected_rp_id=_host(request), expected_origin=_origin(request),
            require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotTaken(type(error).__name__) from None
    number = bytes_to_base64url(found.credential_id)
    if Passkey.objects.filter(number=number).exists():
        raise NotTaken("known already")
    return Passkey.objects.create(
        account=account, number=number, public_key=found.credential_public_key,
        uses=found.sign_count, name=" ".join(name.split())[:80] or "Passkey",
    )  # fmt: skip


def to_use(request: HttpRequest) -> str:
    """What the browser needs to sign in (JSON); it names nobody, the key says who it is."""
    options = generate_authentication_options(
        rp_id=_host(request), user_verification=UserVerificationRequirement.REQUIRED
    )
    return _kept(request, options_to_json(options))


def use(request: HttpRequest, said: dict[str, Any]) -> Account:
    """Whose key signed. Raises NotTaken: unknown, wrong, an old challenge, or a copied key."""
    rows = Passkey.objects.filter(number=str(said.get("id", "")), account__is_active=True)
    key = rows.select_for_update(of=("self",)).select_related("account").first()
    challenge = _challenge(request)
    if key is None:
        raise NotTaken("unknown")
    try:
        found = verify_authentication_response(
            credential=said, expected_challenge=challenge, expected_rp_id=_host(request),
            expected_origin=_origin(request), credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.uses, require_user_verification=True,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotTaken(type(error).__name__) from None
    key.uses, key.used = found.new_sign_count, clock.now()
    key.save(update_fields=["uses", "used"])
    return key.account


def _kept(request: HttpRequest, options: str) -> str:
    request.session[CHALLENGE] = json.loads(options)["challenge"]
    return options


def _challenge(request: HttpRequest) -> bytes:
    """What had to be signed, once. Raises NotTaken."""
    kept = request.session.pop(CHALLENGE, "")
    if not kept:
        raise NotTaken("no challenge")
    return base64url_to_bytes(kept)


def _host(request: HttpRequest) -> str:
    return urlsplit(f"//{request.get_host()}").hostname or ""


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
