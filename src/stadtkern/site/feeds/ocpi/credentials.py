"""Registration (OCPI 2.2.1, 7): tokens are exchanged, and each side reads the other's versions."""

import base64
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from django.http import HttpRequest, HttpResponse

from stadtkern.kernel import outward
from stadtkern.kernel.feeds.roaming import Desk
from stadtkern.site.feeds.ocpi.door import Caller, Wrong, body, door, envelope
from stadtkern.site.feeds.ocpi.objects import party
from stadtkern.site.feeds.ocpi.views import VERSION

TIMEOUT: Final = 10.0
MOST_BYTES: Final = 200_000


@door("GET", "POST", "PUT", "DELETE", before_registration=True)
def credentials(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Ours (GET), register (POST), new tokens (PUT), end it (DELETE)."""
    desk, registered = caller.desk, caller.partner.registered
    if request.method == "GET":
        return envelope(ours(request, desk, caller.token))
    if request.method == "POST" and registered:
        raise Wrong(405, 2000, "you are registered: PUT new credentials")
    if request.method != "POST" and not registered:
        raise Wrong(405, 2000, "you are not registered: POST your credentials")
    if request.method == "DELETE":
        desk.forget(caller.partner)
        return envelope()
    told = _checked(body(request))
    fresh = desk.register(caller.partner, told, _endpoints(desk, told))
    return envelope(ours(request, desk, fresh))


def ours(request: HttpRequest, desk: Desk, token: str) -> dict[str, Any]:
    """7.3.1: how to reach us, with the token that is valid from now on."""
    role = {**party(desk), "role": "CPO", "business_details": {"name": desk.operator[:100]}}
    address = request.build_absolute_uri("/api/ocpi/versions")
    return {"token": token, "url": address, "roles": [role]}


def _checked(told: dict[str, Any]) -> dict[str, Any]:
    for name, kind in (("token", str), ("url", str), ("roles", list)):
        if not isinstance(told.get(name), kind) or not told[name]:
            raise Wrong(400, 2001, f"{name} is missing")
    if len(told["token"]) > 64 or not told["token"].isascii() or " " in told["token"]:
        raise Wrong(400, 2001, "token: at most 64 printable signs")
    if len(told["url"]) > 255 or urlsplit(told["url"]).scheme not in ("http", "https"):
        raise Wrong(400, 2001, "url: an http(s) address of at most 255 signs")
    for role in told["roles"]:
        if not isinstance(role, dict) or not {"role", "party_id", "country_code"} <= set(role):
            raise Wrong(400, 2001, "roles: each with role, party_id and country_code")
    return told


def _endpoints(desk: Desk, told: dict[str, Any]) -> list[Any]:
    """What the partner offers in our version, as it says itself."""
    said = _asked(desk, told["url"], told["token"])
    listed = [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []
    url = next((one.get("url") for one in listed if one.get("version") == VERSION), None)
    if not isinstance(url, str):
        raise Wrong(200, 3002, f"your versions do not have {VERSION}")
    found = _asked(desk, url, told["token"])
    if not isinstance(found, dict) or not isinstance(found.get("endpoints"), list):
        raise Wrong(200, 3003, "your version details name no endpoints")
    return list(found["endpoints"][:50])


def _asked(desk: Desk, url: str, token: str) -> Any:
    """The `data` of a partner's answer. Raises Wrong (3001)."""
    try:
        way = outward.way_to(url, networks=desk.networks, setting=desk.networks_setting)
        said = base64.b64encode(token.encode()).decode()
        headers = {"Host": way.host_header, "Authorization": f"Token {said}"}
        with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
            answer = client.get(way.url, headers=headers, extensions={"sni_hostname": way.host})
        if not answer.is_success or len(answer.content) > MOST_BYTES:
            raise Wrong(200, 3001, f"your address answered {answer.status_code}")
        told = answer.json()
    except (outward.Refused, httpx.HTTPError, ValueError) as error:
        raise Wrong(200, 3001, f"your address cannot be used: {type(error).__name__}") from None
    return told.get("data") if isinstance(told, dict) else None
