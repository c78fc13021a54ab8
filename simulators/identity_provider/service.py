"""The service behind the server: routes, what is under way, and what was answered before."""

import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from simulators.identity_provider import keys, logout, oidc, page, people, saml

MOST = 2000
TITLES = {
    "citizens": "BundID (Test)", "organisation": "Organisationskonto (Test)",
    "staff": "Anmeldung für Beschäftigte (Test)",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back over HTTP."""

    status: int = 200
    body: str = ""
    kind: str = "text/html; charset=utf-8"
    location: str = ""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Somebody who is choosing."""

    realm: str
    asked: Any
    relay: str = ""


def fetch(url: str) -> bytes:
    """The city's metadata; only from this machine."""
    if not url.startswith(("http://localhost:", "http://127.0.0.1:")):
        raise saml.Wrong("metadata from elsewhere")
    with urlopen(url, timeout=10) as found:  # noqa: S310  checked above
        return bytes(found.read(1_000_000))


class Service:
    """All providers behind one lock; `metadata` reads what the city says of itself."""

    def __init__(
        self, key: str, base: str, state: Path | None = None,
        metadata: Callable[[str], bytes] = fetch,
    ) -> None:  # fmt: skip
        self.key, self.base, self.state, self.metadata = key, base, state, metadata
        self.lock = threading.RLock()
        self.waiting: dict[str, Waiting] = {}
        self.grants: dict[str, oidc.Grant] = {}
        self.last = ""
        self.signed_in = _known(state)
        # By the name of the session: whose it is, and which city opened it.
        self.sessions: dict[str, dict[str, str]] = {}
        self.told_out: list[bool] = []

    @property
    def sso(self) -> str:
        return f"{self.base}/saml/sso"

    @property
    def slo(self) -> str:
        return f"{self.base}/saml/slo"

    @property
    def entity(self) -> str:
        return f"{self.base}/saml"

    def answer(self, method: str, path: str, query: dict[str, str], form: dict[str, str]) -> Answer:
        """One request. Raises saml.Wrong, KeyError, ValueError."""
        parts = path.strip("/").split("/")
        if (method, path) == ("POST", "/saml/sso"):
            return self._saml(form)
        if (method, path) == ("POST", "/saml/slo"):
            return self._logged_out(form)
        if (method, path) == ("POST", "/saml/logout"):
            return self.log_out(form["name"], form.get("fault", ""))
        if (method, path) == ("GET", "/saml/logout"):
            return Answer(body=page.sessions(TITLES["citizens"], self.sessions))
        if (method, path) == ("POST", "/choose"):
            return self._chosen(form)
        if len(parts) > 1 and parts[0] in people.REALMS:
            return self._oidc(method, parts[0], "/".join(parts[1:]), query, form)
        if path == "/health":
            return _json({"signed_in": self.signed_in})
        return Answer(status=404, body=page.problem("Diese Seite gibt es nicht."))

    def _saml(self, form: dict[str, str]) -> Answer:
        text = form.get("SAMLRequest", "")
        asked = saml.read(text, self.metadata(saml.issuer_of(text)), self.sso)
        waiting = Waiting(realm="citizens", asked=asked, relay=form.get("RelayState", ""))
        number = self._wait(waiting)
        body = page.choose(TITLES["citizens"], number, people.CITIZENS, asked.level)
        return Answer(body=body)

    def _oidc(
        self, method: str, realm: str, end: str, query: dict[str, str], form: dict[str, str]
    ) -> Answer:
        if end == ".well-known/openid-configuration":
            return _json(oidc.description(self.base, realm))
        if end == "jwks":
            return _json(oidc.jwks(keys.private(self.key, f"oidc:{realm}")))
        if end == "authorize":
            if wrong := oidc.check_request(query):
                return Answer(status=400, body=page.problem(wrong))
            number = self._wait(Waiting(realm=realm, asked=query))
            wanted = int(query.get("acr_values", "1").rpartition("-")[2] or 1)
            return Answer(body=page.choose(TITLES[realm], number, people.REALMS[realm], wanted))
        if (method, end) == ("POST", "token"):
            return self._token(form)
        return Answer(status=404, body=page.problem("Diese Seite gibt es nicht."))

    def _token(self, form: dict[str, str]) -> Answer:
        with self.lock:
            grant = self.grants.pop(form.get("code", ""), None)
        if wrong := oidc.redeem(grant, form, self.key):
            return _json({"error": wrong}, 400)
        assert grant is not None
        return _json({
            "access_token": secrets.token_urlsafe(16), "token_type": "Bearer",
            "expires_in": oidc.LIVES, "id_token": oidc.token(grant, self.base, self.key),
        })  # fmt: skip

    def _chosen(self, form: dict[str, str]) -> Answer:
        with self.lock:
            waiting = self.waiting.pop(form["number"])
        way, fault = form.get("way", "password"), form.get("fault", "")
        self._note(form["person"], way)
        if waiting.realm == "citizens":
            return self._saml_answer(waiting, form["person"], way, fault)
        person = people.find(people.REALMS[waiting.realm], form["person"])
        back = {"state": waiting.asked["state"], "iss": f"{self.base}/{waiting.realm}"}
        if fault == "cancel":
            return _to(waiting.asked["redirect_uri"], {**back, "error": "access_denied"})
        code = secrets.token_urlsafe(24)
        with self.lock:
            self.grants[code] = oidc.Grant(
                realm=waiting.realm, person=person, way=way, asked=waiting.asked, fault=fault
            )
        return _to(waiting.asked["redirect_uri"], {**back, "code": code})

    def _saml_answer(self, waiting: Waiting, who: str, way: str, fault: str) -> Answer:
        key = keys.pem(keys.private(self.key, "saml"))
        person = people.find(people.CITIZENS, who)
        asked = replace(waiting.asked, session=secrets.token_hex(16))
        with self.lock:
            self.sessions[f"_{asked.session}"] = {
                "who": person.title, "index": f"_i{asked.session}", "city": asked.issuer,
            }  # fmt: skip
        made = saml.answer(asked, person, way, issuer=self.entity, key=key, fault=fault)
        sent = self.last if fault == "replay" and self.last else made
        self.last = made
        fields = {"SAMLResponse": sent, "RelayState": waiting.relay}
        return Answer(body=page.post_back(TITLES["citizens"], waiting.asked.landing, fields))

    def _logged_out(self, form: dict[str, str]) -> Answer:
        """The city signs somebody out here, or answers that it has done so there."""
        text = form.get("SAMLRequest") or form["SAMLResponse"]
        metadata = self.metadata(logout.issuer_of(text))
        if "SAMLRequest" not in form:
            self.told_out.append(logout.check_answer(text, metadata, self.slo))
            return Answer(body=page.problem("Sie sind überall abgemeldet."))
        question = logout.read(text, metadata, self.slo)
        with self.lock:
            known = self.sessions.pop(question.name, None)
        place, key = logout.place_of(metadata), keys.pem(keys.private(self.key, "saml"))
        said = logout.answer(question, place, self.entity, key, good=known is not None)
        fields = {"SAMLResponse": said, "RelayState": form.get("RelayState", "")}
        return Answer(body=page.post_back(TITLES["citizens"], place, fields))

    def log_out(self, name: str, fault: str = "") -> Answer:
        """Somebody signs out here: the city is told, wrongly with a `fault`."""
        with self.lock:
            known = self.sessions.pop(name)
        place = logout.place_of(self.metadata(known["city"]))
        key = None if fault == "unsigned" else keys.pem(keys.private(self.key, "saml"))
        index = "_other" if fault == "index" else known["index"]
        fields = {"SAMLRequest": logout.ask(name, index, place, self.entity, key)}
        return Answer(body=page.post_back(TITLES["citizens"], place, fields))

    def _wait(self, waiting: Waiting) -> str:
        number = secrets.token_urlsafe(12)
        with self.lock:
            self.waiting[number] = waiting
            while len(self.waiting) > MOST:
                self.waiting.pop(next(iter(self.waiting)))
        return number

    def _note(self, who: str, way: str) -> None:
        with self.lock:
            self.signed_in = [*self.signed_in, {"who": who, "way": way, "at": time.time()}][-100:]
            if self.state:
                part = self.state.with_suffix(".part")
                part.write_text(json.dumps(self.signed_in), encoding="utf-8")
                part.replace(self.state)


def _known(state: Path | None) -> list[dict[str, Any]]:
    if state is None or not state.exists():
        return []
    return list(json.loads(state.read_text(encoding="utf-8")))


def _json(said: dict[str, Any], status: int = 200) -> Answer:
    return Answer(status=status, body=json.dumps(said), kind="application/json")


def _to(url: str, query: dict[str, str]) -> Answer:
    return Answer(status=303, location=f"{url}?{urlencode(query)}")
