"""Boards that speak HTTP: `PUT <address>/lines`, `GET <address>/shown`, JSON, a key."""

import ipaddress
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, outward
from stadtkern.systems.parking.boards.adapter import FAULTS, Shown, Status, Told, Unreachable
from stadtkern.systems.parking.logic.boards.faces import Face, face_of

SETTING: Final = "[systems.parking.boards] private_networks"
TIMEOUT: Final = httpx.Timeout(5.0, connect=3.0)
MOST: Final = 64 * 1024  # bytes of an answer


class HttpBoard:
    """One board behind an address; its key goes over the open network only encrypted."""

    talks = True

    def __init__(self, address: str, key: str, networks: Sequence[str]) -> None:
        self._base, self._key, self._networks = address.rstrip("/"), key, networks

    def set_lines(self, face: Face) -> Told:
        """A board that has taken it answers with 2xx."""
        self._call("PUT", "/lines", face.kept())
        return "acknowledged"

    def read_back(self) -> Shown:
        """Its own words on what is lit."""
        said = self._call("GET", "/shown")
        face = face_of(said)
        if face is None:
            raise Unreachable(_("The board answers, but not with its lines."))
        return Shown(face=face, at=clock.now())

    def status(self) -> Status:
        """Its faults; those that we do not know count as a fault of its controller."""
        said = self._call("GET", "/shown")
        listed = said.get("faults")
        faults = [str(one) for one in listed] if isinstance(listed, list) else []
        known = [one if one in FAULTS else "controller" for one in faults]
        return Status(faults=tuple(dict.fromkeys(known)), at=clock.now())

    def close(self) -> None:
        """Every call has a connection of its own."""

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        try:
            way = self._way(path)
            headers = {"Authorization": f"Bearer {self._key}", "Host": way.host_header,
                       "Accept": "application/json", "User-Agent": "Stadtkern"}  # fmt: skip
            with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
                request = client.build_request(method, way.url, json=body, headers=headers,
                                               extensions={"sni_hostname": way.host})  # fmt: skip
                answer = client.send(request, stream=True)
                try:
                    return _taken(answer)
                finally:
                    answer.close()
        except outward.Refused as refused:
            raise Unreachable(str(refused)) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise Unreachable(
                _("The board does not answer (%(why)s).") % {"why": type(error).__name__}
            ) from None

    def _way(self, path: str) -> outward.Way:
        way = outward.way_to(f"{self._base}{path}", networks=self._networks, setting=SETTING)
        if way.scheme != "https" and ipaddress.ip_address(way.address).is_global:
            raise Unreachable(_("The address must begin with https://."))
        return way


def _taken(answer: httpx.Response) -> Mapping[str, Any]:
    """A JSON object; nothing for an answer without content."""
    body = b""
    for part in answer.iter_bytes():
        body += part
        if len(body) > MOST:
            raise Unreachable(_("The board answers with too much."))
    if not answer.is_success:
        raise Unreachable(_("The board refuses (%(code)d).") % {"code": answer.status_code})
    if not body:
        return {}
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unreachable(_("The board answers, but not in JSON."))
    return found
