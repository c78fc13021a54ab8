"""One call to a provider, without harm: only where the city may ask, not for long, not much."""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from django.utils.translation import gettext as _

from stadtkern.kernel import outward, registry
from stadtkern.kernel.payments.models import Provider
from stadtkern.kernel.payments.problems import ProviderProblem
from stadtkern.kernel.sealing import unseal

TIMEOUT: Final = httpx.Timeout(8.0, connect=4.0)
MOST: Final = 2 * 1024**2
SETTING: Final = "[payments] private_networks"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What came: a JSON object, or text where it is none."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether the provider did what was asked."""
        return 200 <= self.status < 300


def setting(provider: Provider, name: str) -> str:
    """A setting of the contract; empty where it is missing."""
    return str(provider.settings.get(name, "")).strip()


def at(provider: Provider, path: str) -> str:
    """The address of an end point."""
    return f"{setting(provider, 'base').rstrip('/')}{path}"


def secret(provider: Provider) -> str:
    """The contract's secret. Raises ProviderProblem: it has to be entered anew."""
    try:
        return unseal(provider.secret)
    except ValueError:
        raise ProviderProblem(_("The secret has to be entered anew.")) from None


def call(
    method: str, url: str, *, body: Mapping[str, Any] | None = None,
    form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None,
) -> Answer:  # fmt: skip
    """Ask, with JSON or a form; 4xx is an answer.

    Raises ProviderProblem: nobody there, too slow, too much, 5xx, or a place where the city may
    not ask.
    """
    try:
        way = _way(url)
        with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
            request = client.build_request(
                method, way.url, json=body, data=form,
                headers={"Accept": "application/json", "User-Agent": "Stadtkern",
                         **(headers or {}), "Host": way.host_header},
                extensions={"sni_hostname": way.host},
            )  # fmt: skip
            answer = client.send(request, stream=True)
            try:
                return _taken(answer)
            finally:
                answer.close()
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise ProviderProblem(
            _("The payment service does not answer (%(why)s).") % {"why": type(error).__name__}
        ) from None


def _way(url: str) -> outward.Way:
    """Secrets go over the open network only encrypted."""
    try:
        way = outward.way_to(
            url, networks=registry.city().payments.private_networks, setting=SETTING
        )
    except outward.Refused as refused:
        raise ProviderProblem(str(refused)) from None
    if way.scheme != "https" and ipaddress.ip_address(way.address).is_global:
        raise ProviderProblem(_("The address must begin with https://."))
    return way


def _taken(answer: httpx.Response) -> Answer:
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise ProviderProblem(
            _("The payment service has a fault of its own (%(code)s).")
            % {"code": answer.status_code}
        )
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > MOST:
            raise ProviderProblem(_("The payment service answers with too much."))
        parts.append(part)
    text = b"".join(parts).decode("utf-8", "replace")
    return Answer(
        status=answer.status_code, body=_object(text), text=text, headers=dict(answer.headers)
    )


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
