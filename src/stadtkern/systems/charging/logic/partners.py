"""Tokens of OCPI partners: handed out once, kept as digests; theirs to us are sealed."""

import secrets
from typing import Any

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import digest_of
from stadtkern.kernel.sealing import seal
from stadtkern.systems.charging.models import OcpiPartner

BYTES = 32


def invite(name: str) -> tuple[OcpiPartner, str]:
    """A partner and its token A, with which it registers once (OCPI 2.2.1, 7.1.1)."""
    token = secrets.token_urlsafe(BYTES)
    return OcpiPartner.objects.create(name=name, digest=digest_of(token)), token


def known(token: str) -> OcpiPartner | None:
    """Whose token this is; None where nobody's, or the partner is switched off."""
    rows = OcpiPartner.objects.exclude(state="off")
    return rows.filter(digest=digest_of(token)).first()


def note_use(partner: OcpiPartner) -> None:
    """When it was here last."""
    OcpiPartner.objects.filter(pk=partner.pk).update(used=clock.now())


def register(partner: OcpiPartner, credentials: dict[str, Any], endpoints: list[Any]) -> str:
    """Keep what the partner told and give it token C; the token it came with is gone."""
    token = secrets.token_urlsafe(BYTES)
    role = (credentials.get("roles") or [{}])[0]
    with transaction.atomic():
        OcpiPartner.objects.filter(pk=partner.pk).update(
            state="registered", digest=digest_of(token), sealed=seal(credentials["token"]),
            url=credentials["url"], roles=credentials.get("roles") or [], endpoints=endpoints,
            country_code=str(role.get("country_code", ""))[:2],
            party_id=str(role.get("party_id", ""))[:3], registered=clock.now(),
        )  # fmt: skip
    return token


def forget(partner: OcpiPartner) -> None:
    """The partner has ended it: neither side's token is valid any more."""
    OcpiPartner.objects.filter(pk=partner.pk).update(
        state="off", sealed=None, digest=digest_of(secrets.token_urlsafe(BYTES))
    )
