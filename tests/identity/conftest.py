"""People, providers played in this process, and mails that were written."""

import re
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse

from stadtkern.kernel import clock
from stadtkern.kernel.identity.linking import new_username
from stadtkern.kernel.identity.providers import calls
from stadtkern.kernel.people.models import Account, IdentityProvider
from stadtkern.kernel.post.models import Letter
from stadtkern.site.demo_city.identity import load_identity

# The simulators are programs, not a part of the installed package.
sys.path.insert(0, str(Path(__file__).parents[2]))

from simulators.identity_provider.service import Service

PASSWORD = "ein sehr langes Kennwort"
KEY = "geteiltes-geheimnis"
HOST = "http://testserver"


@pytest.fixture(autouse=True)
def fast_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def citizen(db):
    return Account.objects.create_user(
        new_username(), "erika@example.org", PASSWORD, first_name="Erika", last_name="Muster",
        email_confirmed=clock.now(),
    )  # fmt: skip


@pytest.fixture
def me(citizen):
    """The citizen, signed in with the password."""
    client = Client()
    answer = client.post(reverse("login"), {"username": "ERIKA@example.org", "password": PASSWORD})
    assert answer["Location"] == reverse("account")
    return client


def last_link():
    """The path of the link in the newest letter."""
    text = Letter.objects.order_by("-id").first().text
    return urlsplit(re.search(r"http://testserver(\S+)", text)[0]).path


class World:
    """The simulator, and a browser's part in speaking to it."""

    def __init__(self, service):
        self.service = service

    def choose(self, client, departure_page, person, way, fault=""):
        """At the provider: choose who to be. Answers what the browser brings back."""
        departure = departure_page.context["departure"]
        if departure.fields:
            page = self.service.answer("POST", "/saml/sso", {}, dict(departure.fields))
        else:
            parts = urlsplit(departure.url)
            query = dict(parse_qsl(parts.query))
            page = self.service.answer("GET", parts.path, query, {})
        assert page.status == 200, page.body
        number = re.search(r'name="number" value="([^"]+)"', page.body)[1]
        form = {"number": number, "person": person, "way": way, "fault": fault}
        return self.service.answer("POST", "/choose", {}, form)

    def back(self, client, answer):
        """The browser comes back with the answer, and follows to the end."""
        if answer.location:
            parts = urlsplit(answer.location)
            landed = client.get(f"{parts.path}?{parts.query}")
        else:
            path = urlsplit(re.search(r'action="([^"]+)"', answer.body)[1]).path
            fields = dict(re.findall(r'name="(\w+)" value="([^"]+)"', answer.body))
            # From another site: no cookie comes along.
            landed = Client().post(path, fields)
        if landed.status_code == 302:
            landed = client.get(landed["Location"])
        return landed

    def sign_in(self, client, slug, person, way, fault="", **query):
        departed = client.get(reverse("login-with", args=[slug]), query)
        assert departed.status_code == 200, departed
        return self.back(client, self.choose(client, departed, person, way, fault))


@pytest.fixture(scope="session")
def our_key():
    """Made once: large keys take their time."""
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


@pytest.fixture
def world(db, tmp_path, monkeypatch, our_key):
    """Both providers of the demo, played by the simulator without a network."""
    told = f'{{"host": "127.0.0.1", "port": 8097, "key": "{KEY}"}}'
    (tmp_path / "demo-identity_provider.json").write_text(told)
    monkeypatch.setattr(rsa, "generate_private_key", lambda **_wanted: our_key)
    load_identity(tmp_path)

    def metadata(url):
        return Client().get(urlsplit(url).path).content

    service = Service(KEY, "http://localhost:8097", metadata=metadata)

    def handle(request):
        form = dict(parse_qsl(request.content.decode()))
        answer = service.answer(request.method, request.url.path, dict(request.url.params), form)
        return httpx.Response(answer.status, text=answer.body,
                              headers={"Content-Type": answer.kind})  # fmt: skip

    @contextmanager
    def client():
        with httpx.Client(transport=httpx.MockTransport(handle)) as made:
            yield made

    monkeypatch.setattr(calls, "client", client)
    return World(service)


@pytest.fixture
def bundid(world):
    return IdentityProvider.objects.get(slug="bundid")
