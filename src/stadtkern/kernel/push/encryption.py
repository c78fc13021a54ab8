"""A message that only the subscribed browser can read (RFC 8291 over RFC 8188, aes128gcm)."""

import os
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD: Final = 4096
# What a push service must take at least (RFC 8030, 7.2), without header and tag.
MOST: Final = 3993
# Messages are padded to multiples of it, so that their length says little.
STEP: Final = 256


def encrypt(
    message: bytes,
    public: bytes,
    secret: bytes,
    *,
    salt: bytes = b"",
    own: ec.EllipticCurvePrivateKey | None = None,
    step: int = STEP,
) -> bytes:
    """The body of a push request. `public` is the browser's point (65 bytes), `secret` its 16.

    Raises ValueError: the point is none of the curve, the secret or the message has a wrong size.
    """
    if len(secret) != 16 or len(message) > MOST:
        raise ValueError("the secret has 16 bytes, a message at most 3993")
    salt, own = salt or os.urandom(16), own or ec.generate_private_key(ec.SECP256R1())
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    ours = point_of(own)
    shared = own.exchange(ec.ECDH(), theirs)
    key = _derived(secret, shared, b"WebPush: info\0" + public + ours, 32)
    content_key = _derived(salt, key, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(salt, key, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return header + AESGCM(content_key).encrypt(nonce, _padded(message, step), None)


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public half, as 65 bytes (X9.62, uncompressed)."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(salt: bytes, key: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(key)


def _padded(message: bytes, step: int) -> bytes:
    """The delimiter of the last record is 2 (RFC 8188, 2)."""
    size = min(-(-(len(message) + 1) // step) * step, MOST + 1) if step else len(message) + 1
    return (message + b"\x02").ljust(size, b"\0")
