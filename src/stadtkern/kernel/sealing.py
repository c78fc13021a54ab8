"""Secrets at rest: sealed with a key that is derived from the city's own secret."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(text: str) -> bytes:
    """The text, encrypted and signed (Fernet), for a binary column."""
    return _box().encrypt(text.encode())


def unseal(sealed: bytes | memoryview | None) -> str:
    """The text again; empty for None.

    Raises ValueError: it was sealed with another secret, so it has to be entered anew.
    """
    if sealed is None:
        return ""
    try:
        return _box().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise ValueError("sealed with another STADTKERN_SECRET") from None


def seal_bytes(content: bytes) -> bytes:
    """As `seal`, for what is no text."""
    return _box().encrypt(content)


def unseal_bytes(sealed: bytes | memoryview) -> bytes:
    """The bytes again. Raises ValueError as `unseal` does."""
    try:
        return _box().decrypt(bytes(sealed))
    except InvalidToken:
        raise ValueError("sealed with another STADTKERN_SECRET") from None


def _box() -> MultiFernet:
    """Today's secret seals; those before it (`SECRET_KEY_FALLBACKS`) still open."""
    secrets = (settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", ()))
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"sealing:" + secret.encode()).digest())
