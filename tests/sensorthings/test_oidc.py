"""Bearer tokens of an identity provider: a small one on loopback, with keys of its own."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from stadtkern.kernel import registry
from stadtkern.kernel.city import Oidc
from stadtkern.kernel.people.models import Role
from stadtkern.kernel.sensorthings.access import key_set, oidc
from stadtkern.kernel.things.models import Project, Thing
from tests.sensorthings.conftest import Client, thing

pytestmark = pytest.mark.django_db(transaction=True)
RSA = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


@dataclass
class Provider:
    """Serves its discovery document and its keys; counts how often it is asked."""

    keys: dict[str, Any] = field(default_factory=lambda: {"one": RSA[0]})
    asked: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    broken: bool = False
    issuer: str = ""

    def answer(self, path: str) -> Any:
        self.asked.append(path)
        assert self.gate.wait(60)
        if self.broken:
            return None
        if path.endswith("openid-configuration"):
            return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
        shared = {"kty": "oct", "kid": "shared", "k": base64.urlsafe_b64encode(b"x" * 32).decode()}
        return {"keys": [*(self._jwk(kid, key) for kid, key in self.keys.items()), shared]}

    @staticmethod
    def _jwk(kid: str, key: Any) -> dict[str, Any]:
        kind = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else (
            jwt.algorithms.ECAlgorithm)  # fmt: skip
        return {**json.loads(kind.to_jwk(key.public_key())), "kid": kid, "use": "sig"}

    def token(self, scope: Any = "", *, kid: str = "one", key: Any = None, alg: str = "RS256",
              head: dict[str, Any] | None = None, **claims: Any) -> str:  # fmt: skip
        now = int(time.time())
        said = {"iss": self.issuer, "aud": "stadtkern", "sub": "gateway", "exp": now + 300,
                "nbf": now, "scope": scope, **claims}  # fmt: skip
        kept = {name: value for name, value in said.items() if value is not None}
        signing = key if key is not None else self.keys[kid]
        return jwt.encode(kept, signing, algorithm=alg, headers={"kid": kid, **(head or {})})


@contextmanager
def running(provider: Provider) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = provider.answer(self.path)
            self.send_response(200 if found is not None else 500)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    one = Provider()
    one.gate.set()
    with running(one):
        choose(monkeypatch, issuer=one.issuer, audience="stadtkern")
        yield one


def choose(monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
    """As if `[api.oidc]` in the city file said this."""
    oidc.key_set.cache_clear()
    city = registry.city()
    api = msgspec.structs.replace(city.api, oidc=Oidc(**settings))
    monkeypatch.setattr(registry, "_city", msgspec.structs.replace(city, api=api))


@pytest.fixture
def secret(reader: Client) -> Project:
    """A private project with one thing."""
    project = Project.objects.create(slug="trees", name="Trees", public=False)
    Thing.objects.create(name="Oak", project=project)
    return project


def ask(client: Client, token: str, method: str = "GET", body: Any = None) -> Any:
    return client.ask(method, "/Things", body, authorization=f"Bearer {token}")


def names(client: Client, token: str) -> list[str]:
    reply = ask(client, token)
    assert reply.status == 200, reply.body
    return [one["name"] for one in reply.json["value"]]


def test_scopes_of_a_token_are_those_of_a_key(
    reader: Client, provider: Provider, secret: Project
) -> None:
    assert names(reader, provider.token()) == []
    for scope in ("things:read", "openid things:read:trees", ["things:write:trees"]):
        assert names(reader, provider.token(scope)) == ["Oak"]
    assert names(reader, provider.token("things:read:noise things:read:")) == []
    assert ask(reader, provider.token("things:read"), "POST", thing()).status == 403
    assert ask(reader, provider.token("things:write"), "POST", thing("A")).status == 201
    assert ask(reader, provider.token("things:write:trees"), "POST", thing("B")).status == 201
    assert list(secret.things.order_by("id").values_list("name", flat=True)) == ["Oak", "B"]


def test_observations_posted_with_a_token_are_held_to_its_project(
    api: Client, reader: Client, provider: Provider, stream: int, secret: Project
) -> None:
    def post(scope: str) -> int:
        headers = {"authorization": f"Bearer {provider.token(scope)}"}
        return reader.ask(
            "POST", f"/Datastreams({stream})/Observations", {"result": 1}, **headers
        ).status

    assert [post(one) for one in ("", "things:write:trees", "things:write")] == [403, 403, 201]
    Thing.objects.exclude(name="Oak").update(project=secret)
    assert post("things:write:trees") == 201
    assert api.get(f"/Datastreams({stream})/Observations?$count=true")["@iot.count"] == 2


def test_roles_of_a_token_are_those_of_the_city(
    reader: Client, provider: Provider, secret: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret.roles.add(Role.objects.create(slug="foresters", title="F"))
    Role.objects.create(slug="data", title="D", permissions=["things.see"])
    for roles, seen in ((["foresters"], ["Oak"]), ("x foresters", ["Oak"]), (["data"], ["Oak"]),
                        (["x"], []), ([7, None], []), ({"a": 1}, []), ("", [])):  # fmt: skip
        assert names(reader, provider.token(roles=roles)) == seen, roles
    choose(monkeypatch, issuer=provider.issuer, audience="stadtkern", jwks=f"{provider.issuer}/k",
           roles_claim="realm_access.roles", scopes_claim="https://city.example/scopes")  # fmt: skip
    assert names(reader, provider.token(realm_access={"roles": ["foresters"]})) == ["Oak"]
    claims = {"https://city.example/scopes": ["things:read"]}
    assert names(reader, provider.token(**claims)) == ["Oak"]


NOW = int(time.time())
WRONG = {
    "expired": ({"exp": NOW - 120}, "expired"),
    "without an end": ({"exp": None}, "not valid"),
    "not yet": ({"nbf": NOW + 86_400}, "not valid yet"),
    "for somebody else": ({"aud": "other"}, "somebody else"),
    "for nobody": ({"aud": None}, "not valid"),
    "from another": ({"iss": "http://127.0.0.1:1"}, "another issuer"),
    "an unknown key": ({"kid": "two", "key": RSA[1]}, "does not have"),
    "a wrong signature": ({"key": RSA[1]}, "signature"),
    "signed by nobody": ({"key": "", "alg": "none"}, "algorithm"),
    "a shared secret": ({"key": "x" * 32, "alg": "HS256", "kid": "shared"}, "algorithm"),
    "another algorithm": ({"alg": "PS256"}, "algorithm"),
    "an extension": ({"head": {"crit": ["x"], "x": True}}, "no token"),
}


def test_a_wrong_token_is_refused_and_says_why(reader: Client, provider: Provider) -> None:
    for how, (claims, said) in WRONG.items():
        for method in ("GET", "POST"):
            reply = ask(reader, provider.token("things:write", **claims), method, thing())
            assert reply.status == 401, how
            challenge = reply.headers["www-authenticate"]
            assert challenge.startswith('Bearer realm="SensorThings", error="invalid_token"'), how
            assert said in challenge, how
            assert said in reply.json["message"], how


def test_the_public_key_is_no_shared_secret(reader: Client, provider: Provider) -> None:
    """HS256 with the provider's public key as its secret, which everybody knows."""
    public = RSA[0].public_key()
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head, body = (base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (
        {"alg": "HS256", "kid": "one", "typ": "JWT"},
        {"iss": provider.issuer, "aud": "stadtkern", "exp": NOW + 300, "scope": "things:write"},
    ))  # fmt: skip
    import hashlib
    import hmac

    mark = hmac.new(pem, head + b"." + body, hashlib.sha256).digest()
    token = b".".join([head, body, base64.urlsafe_b64encode(mark).rstrip(b"=")]).decode()
    assert ask(reader, token).status == 401


def test_what_is_no_token_is_refused(reader: Client, provider: Provider) -> None:
    for token in ("a.b.c", "..", "e30.e30.", "eyJhbGciOiJSUzI1NiJ9..", "x" * 20_000 + ".."):
        assert ask(reader, token).status == 401, token
    assert len(provider.asked) <= 2


def test_clocks_may_differ_by_a_minute(reader: Client, provider: Provider) -> None:
    now = int(time.time())
    assert ask(reader, provider.token(exp=now - 30)).status == 200
    assert ask(reader, provider.token(nbf=now + 30)).status == 200


def test_keys_are_fetched_once_and_again_when_the_provider_changes_them(
    reader: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = provider.token()
    assert [ask(reader, old).status for _ in range(3)] == [200] * 3
    assert provider.asked == ["/.well-known/openid-configuration", "/keys"]
    provider.keys = {"two": RSA[1], "three": ec.generate_private_key(ec.SECP256R1())}
    new = provider.token(kid="two")
    assert ask(reader, new).status == 401, "within the pause nobody asks the provider again"
    monkeypatch.setattr(key_set, "PAUSE", 0.0)
    assert ask(reader, new).status == 200
    assert ask(reader, provider.token(kid="three", alg="ES256")).status == 200
    assert ask(reader, old).status == 401


def test_unknown_keys_do_not_make_us_ask_the_provider_again_and_again(
    reader: Client, provider: Provider
) -> None:
    for number in range(20):
        assert ask(reader, provider.token(kid=f"x{number}", key=RSA[1])).status == 401
    assert len(provider.asked) == 2


def test_a_provider_that_is_away_is_told_from_a_wrong_token(
    reader: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_set, "PAUSE", 0.0)
    provider.broken = True
    for method in ("GET", "POST"):
        reply = ask(reader, provider.token("things:write"), method, thing())
        assert reply.status == 503
        assert reply.headers["retry-after"]
    provider.broken = False
    assert ask(reader, provider.token()).status == 200
    provider.broken = True
    assert ask(reader, provider.token()).status == 200, "known keys serve on"
    monkeypatch.setattr(key_set, "FRESH", 0.0)
    assert ask(reader, provider.token()).status == 200


def test_a_slow_provider_holds_up_nobody_else(
    reader: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    async def both() -> None:
        given = {"authorization": f"Bearer {provider.token()}"}
        slow = [asyncio.create_task(reader.call("GET", "/Things", **given)) for _ in range(20)]
        while not provider.asked:
            await asyncio.sleep(0.01)
        assert (await reader.call("GET", "/Things")).status == 200
        assert not any(one.done() for one in slow)
        provider.gate.set()
        assert {one.status for one in await asyncio.gather(*slow)} == {200}

    reader.get("/Things")
    provider.gate.clear()
    reader.loop.run_until_complete(both())
    assert len(provider.asked) == 2
    oidc.key_set.cache_clear()
    monkeypatch.setattr(key_set, "LIMIT", 0.2)
    provider.gate.clear()
    assert ask(reader, provider.token()).status == 503
    provider.gate.set()


def test_a_provider_that_calls_itself_otherwise_is_not_trusted(
    reader: Client, provider: Provider
) -> None:
    token = provider.token()
    provider.issuer = "https://other.example"
    assert ask(reader, token).status == 503


def test_without_a_provider_a_token_is_no_key(
    reader: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = provider.token("things:write")
    city = registry.city()
    api = msgspec.structs.replace(city.api, oidc=None)
    monkeypatch.setattr(registry, "_city", msgspec.structs.replace(city, api=api))
    assert ask(reader, token).status == 401
    assert not provider.asked


def test_the_audit_log_names_the_tokens_subject(reader: Client, provider: Provider) -> None:
    from stadtkern.kernel.audit.models import Entry

    assert ask(reader, provider.token("things:write"), "POST", thing()).status == 201
    assert Entry.objects.get().actor == "token:gateway"
