"""Public keys of a destination: fit to encrypt to, fit to check a signature with, or refused."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.utils.translation import gettext as _

from stadtkern.kernel.cases.handover.protocol import NotHandedOver

# “Vorgaben für kryptographische Verfahren” of FIT-Connect, after BSI TR-02102.
BITS: Final = 4096
FOR_ENCRYPTION: Final = ("RSA-OAEP-256", "wrapKey")
FOR_SIGNATURES: Final = ("PS512", "verify")


class UnfitKey(NotHandedOver):
    """A key that must not be used; the text says why."""


def check(
    key: Mapping[str, Any], use: tuple[str, str], *, now: datetime, roots: str = ""
) -> Mapping[str, Any]:
    """The key, if it may be used for this. Raises UnfitKey.

    `roots` are certificates (PEM): with some, only a key with a certificate of theirs is taken.
    Whether a certificate was revoked (OCSP, CRL) is not asked.
    """
    algorithm, operation = use
    if key.get("kty") != "RSA" or key.get("alg", algorithm) != algorithm:
        raise UnfitKey(_("The key of the receiver is of another kind than FIT-Connect asks for."))
    if operation not in (key.get("key_ops") or ()):
        raise UnfitKey(_("The key of the receiver is not meant for this (%(operation)s).")
                       % {"operation": operation})  # fmt: skip
    if number(key, "n").bit_length() < BITS:
        raise UnfitKey(_("The key of the receiver is too short."))
    _check_certificate(key, now, roots)
    return key


def number(key: Mapping[str, Any], name: str) -> int:
    """Modulus or exponent of a key (RFC 7518, 6.3.1)."""
    text = str(key.get(name, ""))
    try:
        return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
    except ValueError:
        raise UnfitKey(_("The key of the receiver cannot be read.")) from None


def _check_certificate(key: Mapping[str, Any], now: datetime, roots: str) -> None:
    chain = _chain(key.get("x5c") or ())
    if not chain:
        if roots:
            raise UnfitKey(_("The key of the receiver has no certificate."))
        return
    _check_first(chain[0], key)
    for one in chain:
        if not one.not_valid_before_utc <= now <= one.not_valid_after_utc:
            raise UnfitKey(_("The certificate of the receiver's key is not valid today."))
    if roots:
        _check_chain(chain, roots)


def _chain(told: Sequence[str]) -> list[x509.Certificate]:
    """`x5c` is standard base64, not base64url (RFC 7517, 4.7)."""
    try:
        return [x509.load_der_x509_certificate(base64.b64decode(one)) for one in told]
    except (ValueError, TypeError):
        raise UnfitKey(_("The certificate of the receiver's key cannot be read.")) from None


def _check_first(first: x509.Certificate, key: Mapping[str, Any]) -> None:
    held = first.public_key()
    same = isinstance(held, RSAPublicKey) and (
        held.public_numbers().n, held.public_numbers().e
    ) == (number(key, "n"), number(key, "e"))  # fmt: skip
    if not same:
        raise UnfitKey(_("The certificate of the receiver belongs to another key."))


def _check_chain(chain: list[x509.Certificate], roots: str) -> None:
    """Each is signed by the next, the last by a root that the city trusts."""
    trusted = x509.load_pem_x509_certificates(roots.encode())
    for one, issuer in pairwise(chain):
        if not _issued(one, issuer):
            raise UnfitKey(_("The certificate of the receiver's key has a gap in its chain."))
    if chain[-1] not in trusted and not any(_issued(chain[-1], root) for root in trusted):
        raise UnfitKey(_("The certificate of the receiver's key is of an unknown authority."))


def _issued(one: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
