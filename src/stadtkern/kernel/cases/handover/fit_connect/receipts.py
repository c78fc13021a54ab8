"""Receipts of FIT-Connect: signed event tokens (RFC 8417), believed only when all of it fits."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from stadtkern.kernel.cases.handover.fit_connect import keys
from stadtkern.kernel.cases.handover.protocol import NotThere

EVENTS: Final = "https://schema.fitko.de/fit-connect/events/"
SCHEMA: Final = re.compile(
    r"https://schema\.fitko\.de/fit-connect/set-payload/1\.\d+\.\d+/set-payload\.schema\.json"
)
TYPE, ALGORITHM = "secevent+jwt", "PS512"
# Who may say what: the delivery service itself, or the receiver (its destination).
SAID_BY_SERVICE: Final = frozenset({
    "create-submission", "submit-submission", "notify-submission", "delete-submission",
    "reject-submission", "create-reply", "submit-reply", "reject-reply", "delete-reply",
})  # fmt: skip
SAID_BY_RECEIVER: Final = frozenset({
    "forward-submission", "reject-submission", "accept-submission",
})  # fmt: skip
# A receipt cannot be from the future; clocks differ a little.
AHEAD: Final = timedelta(minutes=5)
PARTS: Final = 3


class NotBelieved(Exception):
    """A token that proves nothing; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What a token must speak of. `tags` are all tags we ever made for a part of the submission.

    `service` is the base address of the delivery service, `destination` the receiver's id.
    """

    service: str
    destination: str
    case: str
    subject: str
    tags: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What a believed token says; `key` is the public key that proves it."""

    id: str
    event: str
    issuer: str
    at: datetime
    said: Mapping[str, Any]
    key: Mapping[str, Any]


KeyOf = Callable[[str, str], Mapping[str, Any]]


def subject_of(token: str) -> str:
    """What a token claims to be about, unverified: only to sort tokens of one case."""
    return str(_payload_of(token).get("sub", ""))


def verify(token: str, expected: Expected, key_of: KeyOf, now: datetime) -> Receipt:
    """The receipt in a token; `key_of(issuer, kid)` finds its key. Raises NotBelieved."""
    header, claimed = _header_of(token), _payload_of(token)
    issuer, kid = str(claimed.get("iss", "")), str(header.get("kid", ""))
    if issuer not in (expected.service, expected.destination):
        raise NotBelieved("somebody else issued it")
    key = _fit_key(key_of, issuer, kid, now)
    payload = signed_by(token, key)
    event, said = _event(payload, issuer == expected.service)
    _check_claims(payload, expected, now)
    _check_tags(event, said, expected)
    return Receipt(
        id=str(payload["jti"]), event=event, issuer=issuer, key=key, said=said,
        at=datetime.fromtimestamp(payload["iat"], tz=now.tzinfo),
    )  # fmt: skip


def signed_by(token: str, key: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of a token, if this public key signed it. Raises NotBelieved.

    Also years later: what was kept with a receipt is enough.
    """
    header = _header_of(token)
    if header.get("typ") != TYPE or header.get("alg") != ALGORITHM:
        raise NotBelieved("not a signed event token")
    if header.get("kid") != key.get("kid"):
        raise NotBelieved("signed with another key")
    bare = RSAKey.import_key({name: key[name] for name in ("kty", "n", "e")})
    try:
        found = jws.deserialize_compact(token, bare, algorithms=[ALGORITHM])
        payload = json.loads(found.payload)
    except (JoseError, ValueError):
        raise NotBelieved("the signature is wrong") from None
    if not isinstance(payload, dict):
        raise NotBelieved("no claims")
    return payload


def _fit_key(key_of: KeyOf, issuer: str, kid: str, now: datetime) -> Mapping[str, Any]:
    try:
        key = {**key_of(issuer, kid), "kid": kid}
        return keys.check(key, keys.FOR_SIGNATURES, now=now)
    except keys.UnfitKey as unfit:
        raise NotBelieved(str(unfit)) from None
    except NotThere:
        raise NotBelieved("no such key") from None


def _event(payload: Mapping[str, Any], by_service: bool) -> tuple[str, Mapping[str, Any]]:
    """Exactly one event, of those that its issuer may tell."""
    events = payload.get("events")
    if not isinstance(events, dict) or len(events) != 1:
        raise NotBelieved("not exactly one event")
    uri, said = next(iter(events.items()))
    name = str(uri).removeprefix(EVENTS)
    if name not in (SAID_BY_SERVICE if by_service else SAID_BY_RECEIVER):
        raise NotBelieved("an event that its issuer may not tell")
    return name, said if isinstance(said, dict) else {}


def _check_claims(payload: Mapping[str, Any], expected: Expected, now: datetime) -> None:
    schema = payload.get("$schema")
    if schema is not None and not SCHEMA.fullmatch(str(schema)):
        raise NotBelieved("an unknown schema")
    if payload.get("sub") != expected.subject:
        raise NotBelieved("about something else")
    if payload.get("txn") != f"case:{expected.case}":
        raise NotBelieved("about another case")
    try:
        UUID(str(payload.get("jti")))
    except ValueError:
        raise NotBelieved("no id") from None
    at = payload.get("iat")
    if isinstance(at, bool) or not isinstance(at, int) or at > (now + AHEAD).timestamp():
        raise NotBelieved("issued in the future, or at no time")


def _check_tags(event: str, said: Mapping[str, Any], expected: Expected) -> None:
    """Bind the receipt to exactly our ciphertext: an acceptance has all tags, none is foreign."""
    told = said.get("authenticationTags")
    if told is None and event != "accept-submission":
        return
    if not isinstance(told, dict) or "metadata" not in told:
        raise NotBelieved("no authentication tags")
    ours = expected.tags
    parts = {"metadata": told.get("metadata"), "data": told.get("data")}
    if any(tag not in ours.get(name, ()) for name, tag in parts.items()):
        raise NotBelieved("for another ciphertext")
    files, known = told.get("attachments") or {}, ours.get("attachments", {})
    if set(files) != set(known) or any(files[one] not in known[one] for one in known):
        raise NotBelieved("for other attachments")


def _header_of(token: str) -> Mapping[str, Any]:
    return _part(token, 0)


def _payload_of(token: str) -> Mapping[str, Any]:
    return _part(token, 1)


def _part(token: str, number: int) -> Mapping[str, Any]:
    parts = token.split(".")
    try:
        if len(parts) != PARTS:
            raise ValueError
        found = json.loads(
            base64.urlsafe_b64decode(parts[number] + "=" * (-len(parts[number]) % 4))
        )
    except ValueError:
        raise NotBelieved("not a token") from None
    if not isinstance(found, dict):
        raise NotBelieved("not a token")
    return found
