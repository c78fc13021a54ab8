"""OpenID Connect Core 1.0: the authorization code flow with PKCE (RFC 7636)."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from stadtkern.kernel import clock
from stadtkern.kernel.identity.providers import calls
from stadtkern.kernel.identity.providers.protocol import (
    LEVEL,
    ORGANISATION_ID,
    PROVED_BY,
    SUBJECT,
    Arrival,
    Departure,
    Refused,
    Unreachable,
    level_of,
    setting,
)
from stadtkern.kernel.people.models import IdentityProvider, Trip
from stadtkern.kernel.sealing import unseal

# Never a symmetric one: the client's secret must not make tokens.
ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
                     "EdDSA"]  # fmt: skip
LEEWAY: Final = 60
USUAL: Final = {
    "family_name": "family_name", "given_names": "given_name", "birth_date": "birthdate",
    "email": "email", "phone": "phone_number", SUBJECT: "sub", LEVEL: "acr",
}  # fmt: skip


class Oidc:
    """A provider that is found by its issuer address."""

    def __init__(self, provider: IdentityProvider) -> None:
        self.provider = provider
        self.names = {**USUAL, **provider.attribute_map}

    def depart(self, trip: Trip, *, origin: str, landing: str) -> Departure:
        """To the authorization end point, with state, nonce and code challenge."""
        told = self._discovered()
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        asked: dict[str, str] = {"nonce": nonce}
        if wanted := setting(self.provider, f"acr_{trip.level}"):
            asked["acr_values"] = wanted
        if trip.purpose == "step_up":
            # Whoever is signed in there shows once more who they are.
            asked["prompt"] = "login"
        asking = OAuth2Client(
            None, client_id=setting(self.provider, "client_id"), redirect_uri=landing,
            scope=setting(self.provider, "scope") or "openid profile email",
            code_challenge_method="S256",
        )  # fmt: skip
        url, _state = asking.create_authorization_url(
            str(told["authorization_endpoint"]), state=trip.state, code_verifier=verifier, **asked
        )
        return Departure(url=url, keep={"nonce": nonce, "verifier": verifier, "landing": landing})

    def arrive(self, trip: Trip, said: Mapping[str, str]) -> Arrival:
        """The code becomes an ID token, whose every claim is checked."""
        if said.get("error") or not said.get("code"):
            raise Refused("cancelled", said.get("error", "")[:60])
        told = self._discovered()
        # RFC 9207: an answer that another provider gave is not taken for this one's.
        if said.get("iss") not in (None, told["issuer"]):
            raise Refused("issuer")
        kept = trip.inside
        claims = self._claims(self._token(told, said["code"], kept), told)
        self._judge(claims, told, str(kept.get("nonce", "")))
        return self._arrival(claims)

    def check(self) -> str:
        """Read the provider's own description and its keys."""
        told = self._discovered()
        keys = calls.get(str(told["jwks_uri"])).get("keys") or []
        if not keys:
            raise Unreachable(_("The provider names no keys."))
        return _("The provider answers and names %(count)s keys.") % {"count": len(keys)}

    def _discovered(self) -> dict[str, Any]:
        issuer = setting(self.provider, "issuer").rstrip("/")
        told = calls.get(f"{issuer}/.well-known/openid-configuration")
        if str(told.get("issuer", "")).rstrip("/") != issuer:
            raise Unreachable(_("The provider calls itself by another name."))
        if not all(told.get(f"{one}_endpoint") for one in ("authorization", "token")):
            raise Unreachable(_("The provider names no addresses."))
        return told

    def _secret(self) -> str:
        try:
            return unseal(self.provider.secret)
        except ValueError:
            raise Unreachable(_("The secret has to be entered anew.")) from None

    def _token(self, told: Mapping[str, Any], code: str, kept: Mapping[str, Any]) -> str:
        """RFC 6749, 4.1.3, with the client's secret in the form."""
        form = {
            "grant_type": "authorization_code", "code": code,
            "redirect_uri": str(kept.get("landing", "")),
            "code_verifier": str(kept.get("verifier", "")),
            "client_id": setting(self.provider, "client_id"), "client_secret": self._secret(),
        }  # fmt: skip
        answer = calls.post(str(told["token_endpoint"]), form)
        if answer is None:
            raise Refused("code")
        return str(answer.get("id_token") or "")

    def _claims(self, token: str, told: Mapping[str, Any]) -> dict[str, Any]:
        if not token:
            raise Refused("unsigned", "no ID token")
        try:
            keys = KeySet.import_key_set(calls.get(str(told["jwks_uri"])))  # type: ignore[arg-type]
            return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError) as error:
            raise Refused("unsigned", type(error).__name__) from None

    def _judge(self, claims: Mapping[str, Any], told: Mapping[str, Any], nonce: str) -> None:
        """OpenID Connect Core, 3.1.3.7."""
        now, client = clock.now().timestamp(), setting(self.provider, "client_id")
        audience = claims.get("aud")
        heard = audience if isinstance(audience, list) else [audience]
        if str(claims.get("iss", "")) != str(told["issuer"]):
            raise Refused("issuer")
        if client not in heard or (len(heard) > 1 and claims.get("azp") != client):
            raise Refused("audience")
        if not nonce or not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
            raise Refused("replay", "nonce")
        if not isinstance(claims.get("exp"), int | float) or claims["exp"] < now - LEEWAY:
            raise Refused("expired")
        if not isinstance(claims.get("iat"), int | float) or claims["iat"] > now + LEEWAY:
            raise Refused("expired", "from the future")

    def _arrival(self, claims: Mapping[str, Any]) -> Arrival:
        said = {ours: str(claims[theirs]) for ours, theirs in self.names.items()
                if claims.get(theirs) not in (None, "")}  # fmt: skip
        if not said.get(SUBJECT):
            raise Refused("subject")
        return Arrival(
            subject=said.pop(SUBJECT), level=level_of(said.pop(LEVEL, ""), self.provider),
            proved_by=said.pop(PROVED_BY, ""), organisation=said.pop(ORGANISATION_ID, ""),
            number=str(claims.get("jti") or claims["nonce"]), attributes=said,
            until=datetime.fromtimestamp(float(claims["exp"]) + LEEWAY, UTC),
        )  # fmt: skip
