"""The demo city's sign-in services, all played by the identity simulator."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import IdentityProvider
from stadtkern.kernel.sealing import seal

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
# The order of P-256 (FIPS 186-4, D.1.2.3).
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ORGANISATION_MAP: Final = {
    "organisation": "organization_name", "organisation_id": "organization_id",
    "proved_by": "proved_by", "street": "street", "postal_code": "postal_code", "city": "city",
}  # fmt: skip


def load_identity(data: Path) -> None:
    """A second run changes nothing; without the simulator there are no services."""
    path = data / "demo-identity_provider.json"
    if path.exists():
        told = json.loads(path.read_text(encoding="utf-8"))
        _citizens(told)
        _realm(told, "organisation", "Organisationskonto (Demo)", "companies", 3, 20,
               "Für Unternehmen und Vereine. Erfundene Firmen.",
               "For companies and associations. Invented firms.", ORGANISATION_MAP)  # fmt: skip
        _realm(told, "staff", "Anmeldung der Stadtverwaltung (Demo)", "staff", 1, 90,
               "", "", {"username": "preferred_username"})  # fmt: skip


def _citizens(told: dict[str, Any]) -> None:
    """Ours is a fresh key; theirs comes from the secret that both sides share."""
    ours, base = rsa.generate_private_key(public_exponent=65537, key_size=3072), _base(told)
    settings = {
        "entity_id": f"{base}/saml", "sso_url": f"{base}/saml/sso",
        "slo_url": f"{base}/saml/slo", "encrypted": "yes",
        "certificates": _certificate(_shared(told["key"], "saml"), "BundID (Demo)"),
        "our_certificate": _certificate(ours, "Stadt (Demo)"),
    }  # fmt: skip
    IdentityProvider.objects.get_or_create(
        slug="bundid",
        defaults={
            "kind": "saml", "title": "BundID (Demo)", "audience": "citizens", "level": 4,
            "about": "Mit Online-Ausweis, ELSTER-Zertifikat oder Kennwort. Erfundene Personen.",
            "about_en": "With identity card, ELSTER certificate or password. Invented people.",
            "settings": settings, "secret": seal(_pem(ours)), "weight": 10, "invented": True,
        },
    )  # fmt: skip


def _realm(
    told: dict[str, Any], slug: str, title: str, audience: str, level: int, weight: int,
    about: str, about_en: str, names: dict[str, str],
) -> None:  # fmt: skip
    settings = {"issuer": f"{_base(told)}/{slug}", "client_id": "stadt",
                "acr_3": "STORK-QAA-Level-3", "acr_4": "STORK-QAA-Level-4"}  # fmt: skip
    IdentityProvider.objects.get_or_create(
        slug=slug,
        defaults={
            "kind": "oidc", "title": title, "audience": audience, "level": level, "about": about,
            "about_en": about_en, "settings": settings, "attribute_map": names,
            "secret": seal(told["key"]), "weight": weight, "invented": True,
        },
    )  # fmt: skip


def _base(told: dict[str, Any]) -> str:
    """As browsers reach it; the city's own calls find the same machine."""
    host = "localhost" if told["host"] == "127.0.0.1" else told["host"]
    return f"http://{host}:{told['port']}"


def _shared(secret: str, purpose: str) -> ec.EllipticCurvePrivateKey:
    """As the simulator makes it: HMAC-SHA256 of the purpose under the secret, as a P-256 key."""
    digest = hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()
    return ec.derive_private_key(int.from_bytes(digest) % (ORDER - 1) + 1, ec.SECP256R1())


def _certificate(key: Key, name: str) -> str:
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(begins, clock.now()))
        .not_valid_after(begins + timedelta(days=7300))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def _pem(key: Key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()  # fmt: skip
