"""Calls to providers, without harm: only where the city may ask, not for long, not much."""

import ipaddress
from collections.abc import Mapping
from typing import Any, Final

import httpx
from django.utils.translation import gettext as _

from stadtkern.kernel import outward, registry
from stadtkern.kernel.identity.providers.protocol import Unreachable

TIMEOUT: Final = httpx.Timeout(8.0, connect=4.0)
MOST: Final = 1024**2
SETTING: Final = "[sign_in] private_networks"


class Guarded(httpx.BaseTransport):
    """Connects to the address that was checked, whatever name stands in the request."""

    def __init__(self) -> None:
        self._wire = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises outward.Refused where the city may not ask."""
        way = way_to(str(request.url))
        request.headers["Host"] = way.host_header
        request.url = httpx.URL(way.url)
        request.extensions = {**request.extensions, "sni_hostname": way.host}
        return self._wire.handle_request(request)

    def close(self) -> None:
        """Nothing stays open."""
        self._wire.close()


def client() -> httpx.Client:
    """A client for one conversation."""
    return httpx.Client(
        transport=Guarded(), timeout=TIMEOUT, trust_env=False, follow_redirects=False,
        headers={"Accept": "application/json", "User-Agent": "Stadtkern"},
    )  # fmt: skip


def way_to(url: str) -> outward.Way:
    """How to reach it; over the open network only encrypted. Raises outward.Refused."""
    way = outward.way_to(url, networks=registry.city().sign_in.private_networks, setting=SETTING)
    if way.scheme != "https" and ipaddress.ip_address(way.address).is_global:
        raise outward.Refused(_("The address must begin with https://."))
    return way


def get(url: str) -> dict[str, Any]:
    """A JSON object. Raises Unreachable."""
    found = _object(_answer("GET", url))
    if found is None:
        raise Unreachable(_("%(url)s does not answer as it should.") % {"url": url})
    return found


def post(url: str, form: Mapping[str, str]) -> dict[str, Any] | None:
    """What a form brought; None where it was turned down. Raises Unreachable."""
    answer = _answer("POST", url, form)
    if answer.is_server_error:
        raise Unreachable(_("%(url)s does not answer as it should.") % {"url": url})
    return _object(answer)


def _answer(method: str, url: str, form: Mapping[str, str] | None = None) -> httpx.Response:
    try:
        with client() as asking:
            return asking.request(method, url, data=form)
    except (httpx.HTTPError, httpx.InvalidURL, outward.Refused) as error:
        why = str(error) if isinstance(error, outward.Refused) else type(error).__name__
        text = _("%(url)s does not answer (%(why)s).") % {"url": url, "why": why}
        raise Unreachable(text) from None


def _object(answer: httpx.Response) -> dict[str, Any] | None:
    if not answer.is_success or len(answer.content) > MOST:
        return None
    try:
        found = answer.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
