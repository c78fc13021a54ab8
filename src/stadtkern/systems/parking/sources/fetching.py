"""What documents of other operators are asked for, and with which key; never our own."""

from typing import Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from stadtkern.kernel import fetching, outward, registry, sealing
from stadtkern.kernel.fetching import Document, Limits, NotRead
from stadtkern.systems.parking.logic import settings
from stadtkern.systems.parking.models import Source

ACCEPT: Final = "application/json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
SETTING: Final = "[systems.parking] private_networks"

__all__ = ["Document", "NotRead", "get", "is_own", "way_of"]


def way_of(url: str) -> outward.Way:
    """How to reach it. Raises outward.Refused: we may not call it; NotRead: it is our own."""
    not_own(url)
    return outward.way_to(url, networks=settings().private_networks, setting=SETTING)


def not_own(url: str) -> None:
    """Raises NotRead where an address is one of this site."""
    if is_own(url):
        raise NotRead(_("This is our own address: the city would read what it publishes itself."))


def is_own(url: str) -> bool:
    """Whether an address is one of this site, by the names that the city file gives it."""
    web = registry.city().web
    host, port = _door(url)
    if web.address:
        return (host, port) == _door(web.address)
    loopback = {"localhost", "127.0.0.1", "::1"}
    return host in {one.strip("[]").lstrip(".").lower() for one in web.hosts} - loopback


def _door(url: str) -> tuple[str, int]:
    """Host and port, also where the port is not written; a port that is none is 0."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", 0
    usual = {"https": 443, "http": 80}.get(parts.scheme, 0)
    return (parts.hostname or "").lower(), usual if port is None else port


def get(source: Source, url: str, *, known: bool = False) -> Document:
    """A document; with `known`, only if it changed (RFC 9110, 13.1). Raises NotRead."""
    return fetching.get(
        url, Limits(networks=settings().private_networks, setting=SETTING), accept=ACCEPT,
        etag=source.etag if known else "", last_modified=source.last_modified if known else "",
        secret=_key(source), check=not_own,
    )  # fmt: skip


def _key(source: Source) -> dict[str, str]:
    try:
        key = sealing.unseal(source.key)
    except ValueError:
        raise NotRead(_("The key was sealed with another secret: enter it anew.")) from None
    return {source.key_header or "Authorization": key} if key else {}
