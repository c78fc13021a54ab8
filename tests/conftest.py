"""The demo city as it runs for visitors, once for all tests that ask for it."""

import json
import re
from pathlib import Path

import httpx
import pytest
from faults.running_city import RunningCity, free_port


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """`stadtkern demo` on a data folder of its own."""
    folder = tmp_path_factory.mktemp("demo")
    # A port of its own: two demos that start at once take the same one.
    text = Path("city.toml").read_text(encoding="utf-8")
    assert "[mqtt]" not in text
    (folder / "city.toml").write_text(f"{text}\n[mqtt]\nport = {free_port()}\n", encoding="utf-8")
    city = RunningCity(folder, command="demo")
    city.start()
    city.until(lambda: (folder / "data" / "demo.json").exists(), 300)
    city.until(lambda: json.loads((folder / "data" / "demo.json").read_text())["users"], 60)
    yield city
    assert city.stop() == 0


@pytest.fixture(scope="session")
def demo_json(demo):
    return json.loads((demo.folder / "data" / "demo.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def base(demo):
    return f"http://localhost:{demo.port}"


@pytest.fixture(scope="session")
def visitor(base, demo_json):
    """`visitor("operator")`: a client in which somebody of this role is signed in; "": nobody."""

    opened = []

    def enter(role=""):
        client = httpx.Client(base_url=base, timeout=60)
        opened.append(client)
        if role:
            person = next(one for one in demo_json["users"] if one["role"] == role)
            form = client.get("/login/").text
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
            said = {"username": person["login"], "password": person["password"]}
            answer = client.post("/login/", data={**said, "csrfmiddlewaretoken": token})
            assert answer.status_code == 302, answer.text
        return client

    yield enter
    for client in opened:
        client.close()
