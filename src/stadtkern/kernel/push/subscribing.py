"""Take, change and end a browser's subscription."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.utils.translation import gettext as _

from stadtkern.kernel import registry
from stadtkern.kernel.push.identity import decoded
from stadtkern.kernel.push.models import Subscription, digest_of
from stadtkern.kernel.sealing import seal

LONGEST = 1000


class Refused(Exception):
    """A subscription cannot be taken; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a browser asks for; key and secret as the Push API says them (base64url)."""

    endpoint: str
    public: str
    secret: str
    topics: tuple[str, ...]
    language: str = "de"
    quiet_from: time | None = None
    quiet_until: time | None = None


def subscribe(wanted: Wanted) -> Subscription:
    """The browser's one subscription, new or changed. Raises Refused."""
    _check(wanted)
    topics = sorted(set(wanted.topics) & set(registry.topics()))
    if not topics:
        raise Refused(_("Please choose at least one topic."))
    quiet = wanted.quiet_from is not None and wanted.quiet_until is not None
    return Subscription.objects.update_or_create(
        digest=digest_of(wanted.endpoint),
        defaults={
            "endpoint": wanted.endpoint, "public": wanted.public, "secret": seal(wanted.secret),
            "topics": topics, "language": wanted.language,
            "quiet_from": wanted.quiet_from if quiet else None,
            "quiet_until": wanted.quiet_until if quiet else None,
        },
    )[0]  # fmt: skip


def unsubscribe(token: str) -> int:
    """End it, with all that was on its way; how many there were."""
    return Subscription.objects.filter(token=token).delete()[1].get("push.Subscription", 0)


def _check(wanted: Wanted) -> None:
    if len(wanted.endpoint) > LONGEST or not is_service(wanted.endpoint):
        raise Refused(_("The push service of this browser is not one that the city sends to."))
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(wanted.public))
        fits = len(decoded(wanted.secret)) == 16
    except ValueError:
        fits = False
    if not fits:
        raise Refused(_("The keys of this browser cannot be read. Please load the page again."))


def is_service(endpoint: str) -> bool:
    """Whether an address belongs to one of the push services that the city file names."""
    parts = urlsplit(endpoint)
    host = (parts.hostname or "").lower()
    named = _named(registry.city().push.services, host)
    inside = parts.scheme == "http" and bool(registry.city().push.private_networks)
    return named and (parts.scheme == "https" or inside)


def _named(services: Iterable[str], host: str) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in services)
