"""Bearer tokens of an identity provider (RFC 7519, RFC 9068), which `[api.oidc]` names."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt
from jwt import PyJWK

from stadtkern.kernel import registry
from stadtkern.kernel.city import Oidc
from stadtkern.kernel.sensorthings.access import credentials
from stadtkern.kernel.sensorthings.access.key_set import LIMIT, KeySet
from stadtkern.kernel.sensorthings.problem import Problem

# Signatures with a private key only: with a shared secret, our copy of it could sign too.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
SKEW = 60
LONGEST = 16_384
_WORDS = {
    jwt.ExpiredSignatureError: "the token has expired",
    jwt.ImmatureSignatureError: "the token is not valid yet",
    jwt.InvalidAudienceError: "the token is for somebody else",
    jwt.InvalidIssuerError: "the token is from another issuer",
    jwt.InvalidSignatureError: "the token's signature is wrong",
    jwt.InvalidAlgorithmError: "the token is signed by an algorithm that is not taken here",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    """What a valid token says of its bearer."""

    subject: str
    scopes: tuple[str, ...]
    roles: tuple[str, ...]


def is_token(secret: str) -> bool:
    """Whether this is a signed token rather than one of our keys, which have no dots."""
    return secret.count(".") == 2


async def verified(token: str) -> Claims:
    """The claims of a valid token; others go on while the provider's keys are fetched.

    Raises Problem: it is not valid (401), or the provider is away (503).
    """
    oidc, kid = _oidc(), _kid(token)
    keys = key_set(oidc.issuer, oidc.jwks)
    if coming := keys.renewal(kid):
        try:
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(coming)), 2 * LIMIT)
        except TimeoutError:
            raise _away() from None
    return _claims(token, _key(keys, kid), oidc)


def verified_now(token: str) -> Claims:
    """As `verified`, for a thread that may wait."""
    oidc, kid = _oidc(), _kid(token)
    keys = key_set(oidc.issuer, oidc.jwks)
    if coming := keys.renewal(kid):
        _wait(coming)
    return _claims(token, _key(keys, kid), oidc)


def _wait(coming: Future[None]) -> None:
    try:
        coming.result(2 * LIMIT)
    except Late:
        raise _away() from None


@lru_cache(maxsize=8)
def key_set(issuer: str, address: str) -> KeySet:
    """The keys of a provider, kept as long as the process lives."""
    return KeySet(issuer=issuer, address=address)


def _oidc() -> Oidc:
    found = registry.city().api.oidc
    if found is None:
        raise credentials.invalid("this key is not valid (any more)")
    return found


def _kid(token: str) -> str:
    if len(token) > LONGEST:
        raise credentials.invalid(f"the token is longer than {LONGEST} characters")
    try:
        head = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise credentials.invalid("this is no token") from None
    if head.get("alg") not in ALGORITHMS:
        raise credentials.invalid(_WORDS[jwt.InvalidAlgorithmError])
    return str(head.get("kid", ""))


def _key(keys: KeySet, kid: str) -> PyJWK:
    found = keys.get(kid)
    if found is None and keys.empty:
        raise _away()
    if found is None:
        raise credentials.invalid("the token is signed with a key that the issuer does not have")
    return found


def _away() -> Problem:
    message = "the identity provider does not answer, so the token cannot be checked"
    return Problem(503, message, ("Retry-After", "10"))


def _claims(token: str, key: PyJWK, oidc: Oidc) -> Claims:
    try:
        found = jwt.decode(
            token,
            key,
            algorithms=[one for one in ALGORITHMS if one == key.algorithm_name],
            audience=oidc.audience,
            issuer=oidc.issuer,
            leeway=SKEW,
            options={"require": ["exp", "iss", "aud"]},
        )
    except jwt.PyJWTError as error:
        told = (words for kind, words in _WORDS.items() if isinstance(error, kind))
        raise credentials.invalid(next(told, "the token is not valid")) from None
    return Claims(
        subject=_subject(found),
        scopes=_texts(_at(found, oidc.scopes_claim)),
        roles=_texts(_at(found, oidc.roles_claim)),
    )


def _subject(found: dict[str, Any]) -> str:
    """Who bears it, as the audit log can hold it."""
    told = str(found.get("sub") or found.get("client_id") or "")
    return "".join(one for one in told[:100] if one.isprintable())


def _at(found: dict[str, Any], name: str) -> Any:
    """A claim by its name; a dotted one may lead into objects (`realm_access.roles`)."""
    if name in found:
        return found[name]
    value: Any = found
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _texts(value: Any) -> tuple[str, ...]:
    """The words of a list, or of a string with blanks between them."""
    words: Iterable[Any] = value.split() if isinstance(value, str) else value or ()
    if not isinstance(words, list | tuple):
        return ()
    return tuple(one for one in words if isinstance(one, str) and one.isprintable())
