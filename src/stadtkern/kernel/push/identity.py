"""How the city says to a push service who it is (VAPID, RFC 8292)."""

import base64
from datetime import timedelta
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.db import transaction

from stadtkern.kernel import clock, registry
from stadtkern.kernel.push.encryption import point_of
from stadtkern.kernel.push.models import Key
from stadtkern.kernel.sealing import seal, unseal

VALID = timedelta(hours=12)


def encoded(data: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes again. Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_key() -> str:
    """What browsers subscribe with; made when it is asked for first."""
    return _key().public


def authorization(endpoint: str) -> str:
    """The header that allows to send to this endpoint."""
    row = _key()
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((clock.now() + VALID).timestamp()),
        "sub": _contact(),
    }
    token = jwt.encode(claims, _private(row), algorithm="ES256")
    return f"vapid t={token}, k={row.public}"


def _contact() -> str:
    city = registry.city()
    if city.city.contact:
        return f"mailto:{city.city.contact}"
    return city.web.address or f"https://{city.web.hosts[0]}"


def _key() -> Key:
    found = Key.objects.filter(pk=1).first()
    return found or _made()


@transaction.atomic
def _made() -> Key:
    own = ec.generate_private_key(ec.SECP256R1())
    text = own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    facts = {"public": encoded(point_of(own)), "private": seal(text)}
    return Key.objects.get_or_create(pk=1, defaults=facts)[0]


def _private(row: Key) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(unseal(row.private).encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key
