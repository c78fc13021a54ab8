"""Which addresses the city calls by itself: nothing inside its own network unless allowed."""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PORTS = {"http": 80, "https": 443}


class Refused(Exception):
    """An address may not be called; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """Where to connect: the address that was checked, so that no second look-up changes it."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def url(self) -> str:
        """With the checked address in place of the name."""
        shown = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{shown}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        """The name that the other side expects."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"


def way_to(url: str, *, networks: Iterable[str], setting: str) -> Way:
    """How to reach an address; `networks` are private ones that `setting` of the city allows.

    Raises Refused: no plain http(s) address, unknown name, or one inside a private network that
    is not allowed.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise Refused(_("The address must begin with http:// or https://."))
    if parts.username or parts.password:
        raise Refused(_("Write no password into the address."))
    try:
        port = PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError:
        raise Refused(_("The address names a port that does not exist.")) from None
    path = parts.path or "/"
    return Way(
        scheme=parts.scheme, host=parts.hostname, port=port,
        address=str(_checked(parts.hostname, port, tuple(networks), setting)),
        path=f"{path}?{parts.query}" if parts.query else path,
    )  # fmt: skip


def _checked(host: str, port: int, networks: tuple[str, ...], setting: str) -> Address:
    """The first address of a name; all of them must be allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused(_("The name %(host)s is not known.") % {"host": host}) from None
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    for one in addresses:
        if not is_allowed(one, networks):
            raise Refused(
                _(
                    "%(host)s lies in a private network. Whoever runs the city can allow it:"
                    " %(setting)s in the city file."
                )
                % {"host": host, "setting": setting}
            )
    return addresses[0]


def is_allowed(address: Address, networks: Iterable[str]) -> bool:
    """Public addresses, and those that the operator named."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_global and not address.is_multicast:
        return True
    return any(address in ipaddress.ip_network(network) for network in networks)
