"""The Submission API of FIT-Connect as a sender uses it: tokens, destinations, submissions."""

import hashlib
import json
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.handover.calling import Answer, call, secrets_of, setting
from stadtkern.kernel.cases.handover.fit_connect import keys
from stadtkern.kernel.cases.handover.protocol import NotHandedOver, NotThere
from stadtkern.kernel.cases.models import BackOffice

JOSE: Final = "application/jose"
# Seconds before its end from which on a token is not used any more.
MARGIN: Final = 30.0
# A destination changes its key now and then; it is asked again after so many seconds.
FRESH: Final = 60.0
UNAUTHORIZED: Final = 401
LIMIT: Final = 500

_kept: dict[str, tuple[Any, float]] = {}
_guard = Lock()


def forget_all() -> None:
    """Drop what is kept of all offices, as after a change of settings."""
    with _guard:
        _kept.clear()


class Service:
    """One connection, with the client's rights there."""

    def __init__(self, office: BackOffice) -> None:
        self.office = office
        self.base = setting(office, "base").rstrip("/")
        self.secrets = secrets_of(office)

    def get(self, path: str) -> Answer:
        """Read; also what is not there is an answer."""
        return self._call("GET", path)

    def post(self, path: str, body: Mapping[str, Any] | str, kind: str = "") -> Answer:
        """A JSON object, or a token of this media type."""
        return self._call("POST", path, *_packed(body, kind))

    def put(self, path: str, body: Mapping[str, Any] | str, kind: str = "") -> Answer:
        """The same, for what has a name already."""
        return self._call("PUT", path, *_packed(body, kind))

    def destination(self, number: str) -> Mapping[str, Any]:
        """What a destination tells of itself. Raises NotHandedOver: it is not there."""
        return self._known(f"/destinations/{number}", FRESH)

    def encryption_key(self, number: str) -> Mapping[str, Any]:
        """The key that is used now to encrypt for a destination. Raises UnfitKey."""
        told = self.destination(number)
        if told.get("status", "active") != "active":
            raise NotHandedOver(_("The destination is not active."))
        kid = str(told.get("encryptionKid", ""))
        return keys.check(
            {"kid": kid, **self.key_of(number, kid)}, keys.FOR_ENCRYPTION, now=clock.now(),
            roots=setting(self.office, "roots"),
        )  # fmt: skip

    def key_of(self, number: str, kid: str) -> Mapping[str, Any]:
        """A public key of a destination. Raises NotHandedOver: it has none of this name."""
        return self._known(f"/destinations/{number}/keys/{kid}", 10 * FRESH)

    def own_keys(self) -> Mapping[str, Any]:
        """The keys of the delivery service itself (its JWKS)."""
        return self._known("/.well-known/jwks.json", FRESH, root=True)

    def forget(self, number: str) -> None:
        """Ask for the destination anew."""
        with _guard:
            _kept.pop(self._name(f"/destinations/{number}"), None)

    def check_token(self) -> None:
        """Get a new access token. Raises NotHandedOver."""
        self._token(fresh=True)

    def _name(self, path: str) -> str:
        told = f"{self.base} {setting(self.office, 'client')} {path}"
        return hashlib.sha256(told.encode()).hexdigest()

    def _known(self, path: str, seconds: float, *, root: bool = False) -> Mapping[str, Any]:
        name = self._name(path)
        with _guard:
            found, until = _kept.get(name, (None, 0.0))
        if found is not None and time.monotonic() < until:
            return dict(found)
        answer = call("GET", f"{self.base}{path}") if root else self.get(path)
        if not answer.good:
            raise NotThere(_("FIT-Connect does not give %(what)s: %(said)s")
                           % {"what": path.split("/")[1], "said": answer.said()})  # fmt: skip
        with _guard:
            _kept[name] = (answer.body, time.monotonic() + seconds)
        return answer.body

    def _call(self, method: str, path: str, content: bytes | None = None, kind: str = "") -> Answer:
        answer = self._once(method, path, content, kind, fresh=False)
        if answer.status == UNAUTHORIZED:
            answer = self._once(method, path, content, kind, fresh=True)
        return answer

    def _once(
        self, method: str, path: str, content: bytes | None, kind: str, *, fresh: bool
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self._token(fresh=fresh)}"}
        if kind:
            headers["Content-Type"] = kind
        return call(method, f"{self.base}/v1{path}", content=content, headers=headers)

    def _token(self, *, fresh: bool = False) -> str:
        """OAuth 2 client credentials (RFC 6749, 4.4). Raises NotHandedOver."""
        secret = str(self.secrets.get("client_secret", ""))
        name = self._name(f"token {setting(self.office, 'token')} {secret}")
        with _guard:
            token, until = _kept.get(name, ("", 0.0))
        if token and not fresh and time.monotonic() < until - MARGIN:
            return str(token)
        begun = time.monotonic()
        answer = call("POST", setting(self.office, "token"), form={
            "grant_type": "client_credentials", "client_id": setting(self.office, "client"),
            "client_secret": secret,
        })  # fmt: skip
        token, lasts = answer.body.get("access_token"), answer.body.get("expires_in", 300)
        if not answer.good or not isinstance(token, str) or not isinstance(lasts, int | float):
            raise NotHandedOver(_("FIT-Connect does not know this client_id and secret (%(said)s).")
                                % {"said": answer.said()})  # fmt: skip
        with _guard:
            _kept[name] = (token, begun + lasts)
        return token


def _packed(body: Mapping[str, Any] | str, kind: str) -> tuple[bytes, str]:
    if isinstance(body, str):
        return body.encode(), kind or JOSE
    return json.dumps(body).encode(), kind or "application/json"
