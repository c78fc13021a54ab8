"""Checks that wait on an officer's phone for a connection, readable by the city alone.

JWE in compact form (RFC 7516): ECDH-ES on P-256 with A256GCM (RFC 7518, 4.6 and 5.3). The phone has
the public key only; the private one is derived from the city's secret and is nowhere kept.
"""

import hashlib
from functools import lru_cache
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

ALGORITHMS: Final = ["ECDH-ES", "A256GCM"]
LONGEST: Final = 4000
# The order of the group of P-256 (FIPS 186-4, D.1.2.3).
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Unreadable(Exception):
    """It was not closed for this city, or was changed on its way."""


def public_key() -> str:
    """What phones close an envelope with: a JWK as JSON."""
    told = _key(settings.SECRET_KEY).as_dict(private=False)
    return msgspec.json.encode({name: told[name] for name in ("kty", "crv", "x", "y")}).decode()


def opened(envelope: str) -> dict[str, str]:
    """What the phone put in: names and texts. Raises Unreadable."""
    secrets = (settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", ()))
    for secret in secrets if len(envelope) <= LONGEST else ():
        try:
            plain = jwe.decrypt_compact(envelope, _key(secret), algorithms=ALGORITHMS).plaintext
        except (JoseError, ValueError, TypeError, KeyError, UnicodeError):
            continue
        try:
            return msgspec.json.decode(plain or b"", type=dict[str, str])
        except msgspec.DecodeError:
            break
    raise Unreadable


@lru_cache(maxsize=4)
def _key(secret: str) -> ECKey:
    digest = hashlib.sha512(b"checks that wait:" + secret.encode()).digest()
    private = ec.derive_private_key(int.from_bytes(digest) % (ORDER - 1) + 1, ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return ECKey.import_key(pem)
