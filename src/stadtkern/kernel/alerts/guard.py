"""Which addresses a webhook may reach: nothing inside the city's own network unless allowed."""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from stadtkern.kernel import registry

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PORTS = {"http": 80, "https": 443}


class Refused(Exception):
    """A webhook's address may not be called; the message says why."""


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


def way_to(url: str) -> Way:
    """How to reach a webhook.

    Raises Refused: no plain http(s) address, unknown name, or one inside a private network that
    `[alerts] private_networks` does not allow.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise Refused(_("A webhook needs an address that begins with http:// or https://."))
    if parts.username or parts.password:
        raise Refused(_("Write no password into the address; the signature proves who we are."))
    port = _port(parts.port, parts.scheme)
    path = parts.path or "/"
    return Way(
        scheme=parts.scheme, host=parts.hostname, port=port,
        address=str(_checked(parts.hostname, port)),
        path=f"{path}?{parts.query}" if parts.query else path,
    )  # fmt: skip


def _port(given: int | None, scheme: str) -> int:
    return given if given is not None else PORTS[scheme]


def _checked(host: str, port: int) -> Address:
    """The first address of a name; all of them must be allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise Refused(_("The name %(host)s is not known.") % {"host": host}) from None
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    for one in addresses:
        if not is_allowed(one):
            raise Refused(
                _(
                    "%(host)s lies in a private network. Whoever runs the city can allow it:"
                    " [alerts] private_networks in the city file."
                )
                % {"host": host}
            )
    return addresses[0]


def is_allowed(address: Address) -> bool:
    """Public addresses, and those that the operator named."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_global and not address.is_multicast:
        return True
    networks = (ipaddress.ip_network(one) for one in registry.city().alerts.private_networks)
    return any(address in network for network in networks)
