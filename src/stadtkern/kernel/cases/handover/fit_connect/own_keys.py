"""Our own keys: replies are encrypted to one, our receipts for replies are signed with another."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from django.db import transaction
from joserfc.jwk import RSAKey

from stadtkern.kernel import clock
from stadtkern.kernel.cases.handover.fit_connect import service
from stadtkern.kernel.cases.models import BackOffice
from stadtkern.kernel.sealing import seal

Use = Literal["enc", "sig"]
USES: Final[Mapping[Use, Mapping[str, Any]]] = {
    "enc": {"alg": "RSA-OAEP-256", "key_ops": ["wrapKey"]},
    "sig": {"alg": "PS512", "key_ops": ["verify"]},
}
BITS: Final = 4096
# Replies to what was sent before a change still come with the keys before.
KEPT: Final = 5


def renew(office: BackOffice) -> list[str]:
    """New keys in front of those before, which still open what is on its way; their ids."""
    made = [_made(use) for use in USES]
    with transaction.atomic():
        row = BackOffice.objects.select_for_update().get(pk=office.pk)
        secrets = json.loads(row.secret or "{}")
        together = [*made, *_all(secrets)]
        secrets["keys"] = [
            one for use in USES for one in [k for k in together if k["use"] == use][:KEPT]
        ]
        row.secret_sealed = seal(json.dumps(secrets))
        row.save(update_fields=["secret_sealed"])
    office.secret_sealed = row.secret_sealed
    service.forget_all()
    return [str(one["kid"]) for one in made]


def _made(use: Use) -> dict[str, Any]:
    key = RSAKey.generate_key(BITS)
    return {"use": use, "kid": key.thumbprint(), "made": clock.now().isoformat(),
            "private": key.as_dict(private=True)}  # fmt: skip


def private(secrets: Mapping[str, Any], use: Use) -> list[dict[str, Any]]:
    """Private keys (JWK with kid), the newest first."""
    return [{**one["private"], "kid": one["kid"]} for one in _all(secrets) if one["use"] == use]


def public(secrets: Mapping[str, Any], use: Use) -> list[dict[str, Any]]:
    """Public keys (JWK with kid and purpose), the newest first."""
    return [
        {"kty": "RSA", "n": one["n"], "e": one["e"], "kid": one["kid"], **USES[use]}
        for one in private(secrets, use)
    ]


def dates(secrets: Mapping[str, Any]) -> list[tuple[str, str, datetime]]:
    """Use, id and when it was made, for a page."""
    return [
        (str(one["use"]), str(one["kid"]), datetime.fromisoformat(one["made"]))
        for one in _all(secrets)
    ]


def _all(secrets: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    found = secrets.get("keys", [])
    return found if isinstance(found, list) else []
