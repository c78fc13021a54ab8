"""Encryption of FIT-Connect: compact JWE (RFC 7516), RSA-OAEP-256 and A256GCM, deflated."""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from joserfc import jwe
from joserfc.jwk import RSAKey

ALGORITHMS: Final = ["RSA-OAEP-256", "A256GCM", "DEF"]
# Of one part of a reply, unpacked: a few bytes can unfold to gigabytes.
MOST: Final = 64 * 1024**2
PARTS: Final = 5


class NotOpened(Exception):
    """A token that is none, is meant for another key, or was changed."""


def encrypt(key: Mapping[str, Any], content: bytes, kind: str) -> str:
    """The content for the holder of a public key (JWK with kid); `kind` is its media type."""
    header = {
        "alg": "RSA-OAEP-256", "enc": "A256GCM", "zip": "DEF", "cty": kind, "kid": str(key["kid"]),
    }  # fmt: skip
    bare = {name: key[name] for name in ("kty", "n", "e")}
    return jwe.encrypt_compact(header, content, RSAKey.import_key(bare), algorithms=ALGORITHMS)


def tag(token: str) -> str:
    """The authentication tag: its last part, repeated in a receipt for exactly this ciphertext."""
    return token.rpartition(".")[2]


def decrypt(token: str, keys: Sequence[Mapping[str, Any]]) -> bytes:
    """Open what was encrypted for one of our private keys (JWKs). Raises NotOpened.

    Not with the library: it refuses contents of more than 250 KiB, which scans always have.
    """
    parts = token.strip().split(".")
    if len(parts) != PARTS:
        raise NotOpened("not a compact JWE")
    header = _header(parts[0])
    key = next((one for one in keys if one.get("kid") == header.get("kid")), None)
    if key is None:
        raise NotOpened(f"key {header.get('kid')} is not ours")
    try:
        wrapped, nonce, sealed, authenticity = (_bytes(part) for part in parts[1:])
        secret = _private(key).decrypt(wrapped, _oaep())
        opened = AESGCM(secret).decrypt(nonce, sealed + authenticity, parts[0].encode())
    except (ValueError, InvalidTag) as error:
        raise NotOpened(type(error).__name__) from None
    return _inflated(opened) if header.get("zip") else opened


def _header(part: str) -> Mapping[str, Any]:
    try:
        header = json.loads(_bytes(part))
    except ValueError:
        raise NotOpened("no header") from None
    if not isinstance(header, dict):
        raise NotOpened("no header")
    told = (header.get("alg"), header.get("enc"), header.get("zip", "DEF"))
    if told != ("RSA-OAEP-256", "A256GCM", "DEF"):
        raise NotOpened("encrypted in another way")
    return header


def _private(key: Mapping[str, Any]) -> RSAPrivateKey:
    found = RSAKey.import_key(dict(key)).private_key
    if not isinstance(found, RSAPrivateKey):
        raise NotOpened("no private key")
    return found


def _oaep() -> padding.OAEP:
    return padding.OAEP(
        mgf=padding.MGF1(algorithm=hashes.SHA256()), algorithm=hashes.SHA256(), label=None
    )


def _inflated(packed: bytes) -> bytes:
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = machine.decompress(packed, MOST)
    except zlib.error:
        raise NotOpened("not deflated") from None
    if not machine.eof:
        raise NotOpened("too large, or cut off")
    return content


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
