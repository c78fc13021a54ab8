"""A car park of the city, its own server for pulls, and others' programs in their environment."""

import json
import os
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import msgspec
import pytest
import time_machine
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.people.models import Account
from tests.feeds.facilities import NOW

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-outside" / "bin" / "python"
SCRIPT = Path(__file__).parent / "outside_parkapi.py"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture(scope="session")
def schemas():
    """Published schemas that are too large to be kept here."""
    given = os.environ.get("STADTKERN_SCHEMAS")
    if not given:
        pytest.skip("STADTKERN_SCHEMAS names no folder with the published schemas")
    return Path(given)


@pytest.fixture(scope="session")
def outside():
    """What `parkapi-sources` understands of a document: `(read, errors)`."""
    if not PYTHON.exists():
        assert not os.environ.get("CI"), "sh scripts/outside makes the environment of outside tools"
        pytest.skip("sh scripts/outside makes the environment of the outside programs")

    def understood(which, document):
        done = subprocess.run([PYTHON, SCRIPT, which], input=document, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        told = json.loads(done.stdout)
        return told["read"], told["errors"]

    return understood


class Operator:
    """Another operator on this machine: what it answers, and what it was asked."""

    def __init__(self):
        self.answers, self.asked = {}, []
        operator = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                operator.asked.append((self.path, dict(self.headers)))
                status, headers, body = operator.answers.get(self.path, (404, {}, b""))
                if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                    status, body = 304, b""
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def url(self, path="/"):
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def says(self, body, path="/", status=200, **headers):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[path] = (status, headers, text)


@pytest.fixture(scope="session")
def _server():
    operator = Operator()
    yield operator
    operator.server.shutdown()


@pytest.fixture
def operator(_server, monkeypatch):
    """Its answers are the test's; the city allows addresses on this machine."""
    _server.answers.clear()
    _server.asked.clear()
    real = registry.settings_of

    def settings_of(slug):
        found = real(slug)
        if slug != "parking":
            return found
        return msgspec.structs.replace(found, private_networks=("127.0.0.0/8",))

    monkeypatch.setattr(registry, "settings_of", settings_of)
    return _server


@pytest.fixture
def staff(db, client):
    """Somebody of the staff who may do everything."""
    client.force_login(Account.objects.create(username="park", is_staff=True, is_superuser=True))
    return client
