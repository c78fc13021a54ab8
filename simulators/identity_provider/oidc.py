"""OpenID providers: one realm for companies, one for staff."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from simulators.identity_provider import keys
from simulators.identity_provider.people import WAYS, Person

CLIENT = "stadt"
LIVES = 300


@dataclass(kw_only=True)
class Grant:
    """What a code stands for, once."""

    realm: str
    person: Person
    way: str
    asked: dict[str, str]
    fault: str = ""
    at: float = field(default_factory=time.time)


def description(base: str, realm: str) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0."""
    at = f"{base}/{realm}"
    return {
        "issuer": at, "authorization_endpoint": f"{at}/authorize",
        "token_endpoint": f"{at}/token", "jwks_uri": f"{at}/jwks",
        "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    }  # fmt: skip


def jwks(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    public = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {"keys": [{**public, "kid": "1", "use": "sig", "alg": "ES256"}]}


def check_request(asked: dict[str, str]) -> str:
    """What is wrong with an authorization request; empty: nothing."""
    if asked.get("client_id") != CLIENT:
        return "unknown client"
    if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
        return "only the code flow of OpenID Connect"
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        return "PKCE is missing"
    return "" if asked.get("state") and asked.get("nonce") else "state or nonce is missing"


def redeem(grant: Grant | None, said: dict[str, str], secret: str) -> str:
    """What is wrong with a token request; empty: nothing."""
    if said.get("client_id") != CLIENT or not secrets.compare_digest(
        said.get("client_secret", ""), secret
    ):
        return "invalid_client"
    if grant is None or said.get("redirect_uri") != grant.asked.get("redirect_uri"):
        return "invalid_grant"
    digest = hashlib.sha256(said.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return "" if challenge == grant.asked["code_challenge"] else "invalid_grant"


def token(grant: Grant, base: str, secret: str) -> str:
    """The ID token; the grant's fault makes it wrong in one way."""
    at = time.time() - (7200 if grant.fault == "expired" else 0)
    level, proved = WAYS["password" if grant.fault == "downgrade" else grant.way]
    claims = {
        "iss": f"{base}/{grant.realm}", "sub": grant.person.subject, "jti": secrets.token_hex(16),
        "aud": "andere-stadt" if grant.fault == "audience" else CLIENT,
        "iat": int(at), "exp": int(at) + LIVES,
        "nonce": "frueher" if grant.fault == "replay" else grant.asked["nonce"],
        "acr": f"STORK-QAA-Level-{level}", "proved_by": proved, **grant.person.said,
    }  # fmt: skip
    if grant.fault == "unsigned":
        return jwt.encode(claims, None, algorithm="none")
    key = keys.private(secret, f"oidc:{grant.realm}")
    return jwt.encode(claims, keys.pem(key).decode(), algorithm="ES256", headers={"kid": "1"})
