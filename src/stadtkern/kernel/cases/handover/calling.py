"""One call to a back office, without harm: only where the city may ask, not for long."""

import ipaddress
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import httpx
from django.utils.translation import gettext as _

from stadtkern.kernel import outward, registry
from stadtkern.kernel.cases.handover.protocol import NotHandedOver
from stadtkern.kernel.cases.models import BackOffice

TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0)
# A decision with its files comes in one answer each.
MOST: Final = 64 * 1024**2
SETTING: Final = "[back_offices] private_networks"
SERVER_FAULT: Final = 500
TOO_MANY: Final = 429


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came back; `body` is the JSON object in it, empty where it is none."""

    status: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether the other side did what was asked."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """As text, whatever it is."""
        return self.content.decode("utf-8", "replace")

    @property
    def body(self) -> Mapping[str, Any]:
        """As a JSON object."""
        try:
            found = json.loads(self.content)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def said(self) -> str:
        """What an error says of itself (problem+json, RFC 7807), for staff."""
        body = self.body
        told = body.get("detail") or body.get("title") or body.get("error") or ""
        return f"{self.status} {told}".strip()[:300]


def setting(office: BackOffice, name: str) -> str:
    """A setting of the connection; empty where it is missing."""
    return str(office.settings.get(name, "")).strip()


def secrets_of(office: BackOffice) -> dict[str, Any]:
    """The secret settings. Raises NotHandedOver: they have to be entered anew."""
    try:
        found = json.loads(office.secret or "{}")
    except ValueError:
        raise NotHandedOver(_("The secret has to be entered anew.")) from None
    return found if isinstance(found, dict) else {}


def call(
    method: str, url: str, *, content: bytes | None = None, form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:  # fmt: skip
    """Ask; 4xx is an answer.

    Raises NotHandedOver: nobody there, too slow, too much, 5xx, asked to wait (429), or a place
    where the city may not ask.
    """
    way = _way(url)
    try:
        with httpx.Client(
            timeout=TIMEOUT, trust_env=False, follow_redirects=False, verify=_context()
        ) as client:
            request = client.build_request(
                method, way.url, content=content, data=form,
                headers={"User-Agent": "Stadtkern", "Accept": "*/*", **(headers or {}),
                         "Host": way.host_header},
                extensions={"sni_hostname": way.host},
            )  # fmt: skip
            answer = client.send(request, stream=True)
            try:
                return _taken(answer)
            finally:
                answer.close()
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise NotHandedOver(
            _("No answer from the back office (%(why)s).") % {"why": type(error).__name__}
        ) from None


@cache
def _context() -> ssl.SSLContext:
    """Made once: reading the certificates of all authorities takes longer than a call."""
    return httpx.create_ssl_context()


def _way(url: str) -> outward.Way:
    """Applications go over the open network only encrypted."""
    try:
        way = outward.way_to(
            url, networks=registry.city().back_offices.private_networks, setting=SETTING
        )
    except outward.Refused as refused:
        raise NotHandedOver(str(refused)) from None
    if way.scheme != "https" and ipaddress.ip_address(way.address).is_global:
        raise NotHandedOver(_("The address must begin with https://."))
    return way


def _taken(answer: httpx.Response) -> Answer:
    if answer.status_code >= SERVER_FAULT or answer.status_code == TOO_MANY:
        raise NotHandedOver(
            _("The back office cannot take it now (%(code)s).") % {"code": answer.status_code},
            after=_wait(answer.headers),
        )
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > MOST:
            raise NotHandedOver(_("The back office answers with too much."))
        parts.append(part)
    return Answer(status=answer.status_code, content=b"".join(parts), headers=dict(answer.headers))


def _wait(headers: httpx.Headers) -> int:
    """Seconds asked for by `Retry-After` or FIT-Connect's `RateLimit-Reset`, an hour at most."""
    told = headers.get("retry-after") or headers.get("ratelimit-reset") or "0"
    return min(int(told), 3600) if told.isdigit() else 0
