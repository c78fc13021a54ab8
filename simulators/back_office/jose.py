"""Keys and tokens: made once, kept with the state; written with joserfc."""

import base64
import json
import time
import uuid
from typing import Any

from joserfc import jwe, jws
from joserfc._rfc7518.jwe_zips import DeflateZipModel
from joserfc.jwk import RSAKey

# The library opens 250 KiB at most; scans are larger.
DeflateZipModel.MAX_SIZE = 64 * 1024**2
WAYS = ["RSA-OAEP-256", "A256GCM", "DEF"]
EVENTS = "https://schema.fitko.de/fit-connect/events/"
SET_SCHEMA = "https://schema.fitko.de/fit-connect/set-payload/1.2.2/set-payload.schema.json"
USES = {
    "enc": {"alg": "RSA-OAEP-256", "key_ops": ["wrapKey"]},
    "sig": {"alg": "PS512", "key_ops": ["verify"]},
}


class Key:
    """A private key with its purpose; `public` is what others get to see of it."""

    def __init__(self, use: str, key: RSAKey | None = None, bits: int = 4096) -> None:
        self.use = use
        self.key = key or RSAKey.generate_key(bits)
        self.kid = self.key.thumbprint()

    @property
    def public(self) -> dict[str, Any]:
        told = self.key.as_dict(private=False)
        return {"kty": "RSA", "n": told["n"], "e": told["e"], "kid": self.kid, **USES[self.use]}

    def kept(self) -> dict[str, Any]:
        return {"use": self.use, "key": self.key.as_dict(private=True)}

    @classmethod
    def from_kept(cls, told: dict[str, Any]) -> "Key":
        return cls(told["use"], RSAKey.import_key(told["key"]))


def encrypt(public: dict[str, Any], content: bytes, kind: str) -> str:
    header = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "zip": "DEF", "cty": kind,
              "kid": public["kid"]}  # fmt: skip
    key = RSAKey.import_key({name: public[name] for name in ("kty", "n", "e")})
    return jwe.encrypt_compact(header, content, key, algorithms=WAYS)


def decrypt(token: str, keys: list[Key]) -> bytes:
    kid = header(token).get("kid")
    key = next(one for one in keys if one.kid == kid)
    opened = jwe.decrypt_compact(token, key.key, algorithms=WAYS)
    return opened.plaintext or b""


def tag(token: str) -> str:
    return token.strip().rpartition(".")[2]


def header(token: str) -> dict[str, Any]:
    return _part(token, 0)


def claims(token: str) -> dict[str, Any]:
    return _part(token, 1)


def _part(token: str, number: int) -> dict[str, Any]:
    text = token.split(".")[number]
    found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    if not isinstance(found, dict):
        raise ValueError("not a token")
    return found


def event(
    key: Key, issuer: str, subject: str, case: str, name: str, said: dict[str, Any] | None = None,
    kid: str = "",
) -> str:  # fmt: skip
    """A security event token; with a `kid` that is not the key's, its signature is wrong."""
    told = {
        "$schema": SET_SCHEMA, "jti": str(uuid.uuid4()), "iss": issuer, "iat": int(time.time()),
        "sub": subject, "txn": f"case:{case}", "events": {f"{EVENTS}{name}": said or {}},
    }  # fmt: skip
    head = {"typ": "secevent+jwt", "alg": "PS512", "kid": kid or key.kid}
    return jws.serialize_compact(head, json.dumps(told).encode(), key.key, algorithms=["PS512"])


def signed_by(token: str, public: dict[str, Any]) -> dict[str, Any]:
    key = RSAKey.import_key({name: public[name] for name in ("kty", "n", "e")})
    payload = json.loads(jws.deserialize_compact(token, key, algorithms=["PS512"]).payload)
    return dict(payload)
