"""The public keys of the identity provider: fetched with a time limit, kept, renewed (RFC 7517)."""

import json
import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

import structlog
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWKError, PyJWKSetError

log = structlog.get_logger("oidc")

# Seconds: for one fetch in all, until keys are fetched again, and between two fetches at least.
LIMIT, FRESH, PAUSE = 5.0, 3600.0, 10.0
LONGEST = 1_000_000
_KINDS = ("RSA", "EC", "OKP")


class Away(Exception):
    """The provider does not answer, or with something else than keys."""


class _Stay(HTTPRedirectHandler):
    """Goes nowhere else than asked."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = build_opener(_Stay)


@dataclass(kw_only=True)
class KeySet:
    """Keys by their id. One thread fetches them, whoever asks waits for the same answer."""

    issuer: str
    address: str = ""
    _keys: Mapping[str, PyJWK] = field(default_factory=dict)
    _fetched: float = float("-inf")
    _tried: float = float("-inf")
    _coming: Future[None] | None = None
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="oidc")
    )

    def get(self, kid: str) -> PyJWK | None:
        """The key with this id, where it is known; a provider with one key may leave the id out."""
        if not kid and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid)

    def renewal(self, kid: str) -> Future[None] | None:
        """What to wait for before this key is looked for; None where there is nothing to wait for.

        Old keys serve on while new ones are fetched. An unknown key is a reason to ask again, but
        not more often than every PAUSE seconds, whatever tokens come in.
        """
        now = time.monotonic()
        known = self.get(kid) is not None
        if known and now - self._fetched < FRESH:
            return None
        coming = self._coming
        if (coming is None or coming.done()) and now - self._tried >= PAUSE:
            self._tried = now
            self._coming = self._thread.submit(self._renew)
        return None if known else self._coming

    @property
    def empty(self) -> bool:
        """Whether no keys were ever got."""
        return not self._keys

    def _renew(self) -> None:
        try:
            self._keys = _usable(_fetch(self.address or _discovered(self.issuer)))
            self._fetched = time.monotonic()
        except Away as problem:
            log.warning("the identity provider gives no keys", error=str(problem))


def _discovered(issuer: str) -> str:
    """Where the provider says its keys are (OpenID Connect Discovery, 4)."""
    found = _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise Away(f"the provider calls itself {found.get('issuer')!r}")
    address = found.get("jwks_uri")
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        raise Away("the provider names no jwks_uri")
    return address


def _fetch(address: str) -> dict[str, Any]:
    """The JSON object at an address.

    Raises Away: it is not there within LIMIT, too long, or no JSON object.
    """
    until = time.monotonic() + LIMIT
    body = b""
    try:
        request = Request(address, headers={"Accept": "application/json"})  # noqa: S310  from city.toml
        with _opener.open(request, timeout=LIMIT) as answer:
            while piece := answer.read1(65_536):
                body += piece
                if len(body) > LONGEST or time.monotonic() > until:
                    raise Away(f"{address} takes too long or is too long")
        found = json.loads(body)
    except (OSError, HTTPException, ValueError) as error:
        raise Away(f"{address}: {error}") from None
    if not isinstance(found, dict):
        raise Away(f"{address} holds no JSON object")
    return found


def _usable(found: dict[str, Any]) -> dict[str, PyJWK]:
    """The keys that may sign tokens: only public ones, whose other half the provider keeps."""
    listed = found.get("keys")
    wanted = [
        one
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and one.get("kty") in _KINDS and one.get("use", "sig") == "sig"
    ]
    try:
        keys = PyJWKSet(wanted).keys
    except (PyJWKError, PyJWKSetError) as error:
        raise Away(f"no usable key: {error}") from None
    return {str(key.key_id or ""): key for key in keys}
