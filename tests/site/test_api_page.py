"""The page for developers: every request that it shows works."""

import re
import shlex
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser
from sensorthings.conftest import BASE, Client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def service():
    client = Client()
    yield client
    client.close()


def commands(html):
    found = re.findall(r"<code>(curl .*?)</code>", html)
    return [unescape(one) for one in found]


def links(html):
    found = [unescape(one) for one in re.findall(r'href="([^"]+)"', html)]
    return [one for one in found if one.startswith(BASE)]


def test_every_request_on_the_page_works(client, service, station):
    html = client.get("/api/").content.decode()
    found = links(html)
    assert len(found) >= 7
    for one in found:
        assert service.ask("GET", one).status == 200, one


def test_commands_can_be_pasted_into_a_shell(client, station):
    html = client.get("/api/").content.decode()
    for one in commands(html):
        words = shlex.split(one)
        assert words[0] == "curl"
        assert urlsplit(words[-1]).path.startswith("/api/sensorthings/v1.1")
        assert " " not in words[-1]


def test_a_request_is_put_together(client, service, station):
    _, stream = station
    query = f"?datastream={stream.pk}&what=P1D&days=7&form=JSON"
    (built,) = [
        one
        for one in links(client.get(f"/api/{query}").content.decode())
        if "P1D" in one and "count" in one
    ]
    reply = service.ask("GET", built)
    assert reply.status == 200
    assert sum(row["count"] for row in reply.json["value"]) == 7


def test_what_makes_no_sense_is_said_in_the_form(client, station):
    html = client.get("/api/?datastream=x&what=P1D&days=0&form=JSON").content.decode()
    assert html.count('class="field wrong"') == 2


def test_before_the_first_value_there_are_no_examples(client):
    html = client.get("/api/").content.decode()
    assert "Noch wurde nichts gemessen" in html


def test_it_is_there_in_english_and_every_page_leads_to_it(client, station):
    assert "Data for your programs" in client.get("/en/api/").content.decode()
    assert 'href="/api/"' in client.get("/").content.decode()


def test_private_series_are_no_examples(client: Browser, station):
    _, stream = station
    type(stream).objects.filter(pk=stream.pk).update(public=False)
    assert "Noch wurde nichts gemessen" in client.get("/api/").content.decode()


def test_a_key_is_named_only_for_the_broker_that_takes_keys(client, station, monkeypatch):
    assert "Das Passwort ist ein Schlüssel" in client.get("/api/").content.decode()
    monkeypatch.setenv("STADTKERN_MQTT_HEAR_POSTS", "yes")
    html = client.get("/api/").content.decode()
    assert "Das Passwort ist ein Schlüssel" not in html
    assert "bekommen Sie von der Stadt" in html
