"""Everything that is kept of an account, for whoever owns it (GDPR, articles 15 and 20)."""

from typing import Any

from stadtkern.kernel.identity import hooks
from stadtkern.kernel.people.models import Account, Identity, Mandate, SignIn


def of(account: Account) -> dict[str, Any]:
    """The account in plain words, with what other parts of the city add."""
    return {
        "account": {
            "id": account.public_id, "first_name": account.first_name,
            "last_name": account.last_name, "email": account.email,
            "email_confirmed": account.email_confirmed, "language": account.language,
            "since": account.date_joined, "last_login": account.last_login,
        },
        "identities": [_identity(one) for one in account.identities.select_related("provider")],
        "passkeys": list(account.passkeys.values("name", "created", "used")),
        "code_app": account.recovery_codes.exists(),
        "acting_for": [
            _mandate(one) for one in account.mandates.select_related("organisation")
        ],
        "acting_for_me": [_mandate(one) for one in account.represented_by.all()],
        "sign_ins": [_sign_in(one) for one in account.sign_ins.all()],
        **hooks.exported(account),
    }  # fmt: skip


def _identity(one: Identity) -> dict[str, Any]:
    return {
        "provider": one.provider.title, "level": one.level, "proved_by": one.proved_by,
        "verified": one.verified, "attributes": one.inside.get("attributes", {}),
    }  # fmt: skip


def _mandate(one: Mandate) -> dict[str, Any]:
    return {
        "kind": one.kind, "name": one.name, "state": one.state, "since": one.since,
        "until": one.until, "proved_by": one.proved_by,
    }  # fmt: skip


def _sign_in(one: SignIn) -> dict[str, Any]:
    return {
        "begun": one.begun, "ended": one.ended, "way": one.way, "provider": one.provider,
        "device": one.device, "network": one.address, "level": one.level,
    }  # fmt: skip
