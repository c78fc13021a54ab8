"""Keyed digests: what lies sealed is found by the whole of it, and by nobody without the secret."""

import hashlib
import hmac
import re

from django.conf import settings


def plain(text: str) -> str:
    """Letters and digits only: `her-ab 123` is `HERAB123`."""
    return re.sub(r"[\W_]", "", text.upper())


def digest(text: str) -> str:
    """The key of a text that is plain; 64 characters."""
    return _digest(text, settings.SECRET_KEY)


def digests(words: str) -> list[str]:
    """What the key of such a text would be, also under earlier secrets of the city."""
    text = plain(words)
    secrets = (settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", ()))
    return [_digest(text, one) for one in secrets] if text else []


def _digest(text: str, secret: str) -> str:
    """A plain hash of a plate is turned back in minutes; this needs the city's secret."""
    key = hashlib.sha256(b"cases.search:" + secret.encode()).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
