"""Staff connect networks on pages: secrets go in and never come out, and everything is recorded."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.models import Network, Uplink
from stadtkern.kernel.devices.networks import ADAPTERS, home, token
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role

LIST, NEW = "/staff/networks/", "/staff/networks/new/"
MQTT = f"{NEW}?kind=chirpstack&way=mqtt"
HTTP = f"{NEW}?kind=http&way=http"
BROKER = {
    "title": "ChirpStack der Stadtwerke",
    "slug": "",
    "host": "broker.example.org",
    "port": "8883",
    "tls": "on",
    "ca": "",
    "user": "stadt",
    "topics": "application/+/device/+/event/+\n",
    "secret": "streng geheim",
}
MAPPING = {
    "title": "Zähler",
    "slug": "zaehler",
    "device": "id",
    "values": "v",
    "encoding": "hex",
}


@pytest.fixture
def as_(db):
    """A browser in which somebody with this role is signed in."""
    roles.sync()

    def browser(role):
        account = Account.objects.create(username=role, is_staff=True)
        account.roles.add(Role.objects.get(slug=role))
        client = Client()
        client.force_login(account)
        return client

    return browser


@pytest.fixture
def operator(as_):
    return as_("operator")


def test_the_list_says_how_each_network_is(operator, network):
    home.provide()
    home.provide()
    now = clock.now()
    network("a", title="A", last_heard=now, messages=1234, troubled=5, day=timezone.localdate())
    network("b", title="B", last_heard=now - timedelta(days=2), messages=7, day="2026-01-01")
    network("c", title="C", way="mqtt", problem="refused:connection refused")
    network("d", title="D", on=False, problem="refused")
    shown = operator.get(LIST).context["shown"]
    assert [(one.title, state, today["messages"]) for one, state, today, _ in shown] == [
        ("A", "good", 1234),
        ("B", "quiet", 0),
        ("C", "problem", 0),
        ("ChirpStack", "never", 0),
        ("D", "off", 0),
    ]


def test_the_list_takes_the_same_number_of_queries_for_any_number_of_networks(operator, network):
    counts = []
    for n in (1, 30):
        for i in range(n):
            network(f"n{n}-{i}")
        with CaptureQueriesContext(connection) as queries:
            assert operator.get(LIST).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_every_kind_can_be_chosen_and_opened(operator):
    page = operator.get(NEW).content.decode()
    ways = [(kind, door.way) for kind, one in ADAPTERS.items() for door in one.doors]
    assert len(ways) == 7
    for kind, way in ways:
        assert f"?kind={kind}&amp;way={way}" in page
        assert operator.get(f"{NEW}?kind={kind}&way={way}").status_code == 200
    assert operator.get(f"{NEW}?kind=none&way=http").status_code == 404
    assert operator.get(f"{NEW}?kind=http&way=mqtt").status_code == 404


def test_a_broker_is_saved_with_its_password_sealed(operator):
    answer = operator.post(MQTT, BROKER)
    made = Network.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/staff/networks/{made.pk}/")
    assert (made.slug, made.kind, made.way) == ("chirpstack-der-stadtwerke", "chirpstack", "mqtt")
    assert made.settings == {
        "host": "broker.example.org",
        "port": 8883,
        "tls": True,
        "ca": "",
        "user": "stadt",
        "topics": ["application/+/device/+/event/+"],
    }
    assert sealing.unseal(made.secret) == "streng geheim"
    assert b"geheim" not in bytes(made.secret)
    assert made.digest == ""


def test_a_short_name_is_made_from_the_name_as_germans_write_it(operator):
    operator.post(MQTT, {**BROKER, "title": "Zähler der Bäder, Größe"})
    assert Network.objects.get().slug == "zaehler-der-baeder-groesse"


def test_a_secret_never_comes_out_again(operator):
    operator.post(MQTT, BROKER)
    made = Network.objects.get()
    for path in (LIST, f"{LIST}{made.pk}/", f"{LIST}{made.pk}/change/", "/staff/audit/"):
        assert "geheim" not in operator.get(path).content.decode()
    wrong = operator.post(f"{LIST}{made.pk}/change/", {**BROKER, "port": "0"})
    assert wrong.status_code == 422
    assert "geheim" not in wrong.content.decode()
    assert "geheim" not in json.dumps(list(Entry.objects.values("details")))


def test_an_empty_secret_keeps_the_one_there_is_and_a_new_one_replaces_it(operator):
    operator.post(MQTT, BROKER)
    made = Network.objects.get()
    change = f"{LIST}{made.pk}/change/"
    operator.post(change, {**BROKER, "secret": "", "user": "andere"})
    made.refresh_from_db()
    assert (made.settings["user"], sealing.unseal(made.secret)) == ("andere", "streng geheim")
    operator.post(change, {**BROKER, "secret": "neu und geheim"})
    made.refresh_from_db()
    assert sealing.unseal(made.secret) == "neu und geheim"
    assert [
        one.verb for one in Entry.objects.filter(verb__startswith="networks").order_by("id")
    ] == [
        "networks.create",
        "networks.change",
        "networks.change",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("slug", "Ä b"),
        ("slug", "taken"),
        ("host", "mqtt://broker"),
        ("host", "a b"),
        ("host", ""),
        ("port", "0"),
        ("port", "70000"),
        ("port", "x"),
        ("topics", ""),
        ("topics", "a/#/b"),
        ("topics", "a+/b"),
        ("ca", "no certificate"),
        ("ca", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
    ],
)
def test_a_wrong_field_is_marked_and_nothing_is_saved(operator, network, field, value):
    network("taken")
    answer = operator.post(MQTT, {**BROKER, field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Network.objects.count() == 1


def test_a_token_is_shown_once_with_what_to_paste(operator, door):
    answer = operator.post(HTTP, MAPPING)
    page = answer.content.decode()
    made = Network.objects.get()
    shown = answer.context["token"]
    assert token.digest(shown) == made.digest
    assert "http://testserver/api/devices/zaehler" in page
    assert f"Authorization: Bearer <code>{shown}</code>" in page
    assert answer["Cache-Control"] == "private, no-store"
    for path in (f"{LIST}{made.pk}/", f"{LIST}{made.pk}/change/", "/staff/audit/"):
        assert shown not in operator.get(path).content.decode()
    assert door("POST", "/api/devices/zaehler", {"id": "a", "v": {}}, bearer=shown).status == 200


def test_a_new_token_takes_the_place_of_the_old_one(operator, network):
    there = network(kind="airrohr")
    before = there.digest
    answer = operator.post(f"{LIST}{there.pk}/token/")
    there.refresh_from_db()
    assert there.digest == token.digest(answer.context["token"]) != before
    assert Entry.objects.get(verb="networks.token").details == {"slug": "there"}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("chirpstack", ["/api/devices/there", "Authorization"]),
        ("tts", ["/api/devices/there"]),
        ("airrohr", ["/api/devices/there"]),
        ("opensensemap", ["/api/devices/there</code>/boxes/"]),
        ("http", ["/api/devices/there", "Bearer"]),
    ],
)
def test_each_kind_says_what_to_do_at_the_other_side(operator, network, kind, words):
    there = network(kind=kind)
    page = operator.get(f"{LIST}{there.pk}/").content.decode()
    steps = re.search(r'<ol class="howto">(.*?)</ol>', page, re.S)[1]
    assert all(word in steps for word in words)
    assert "%(" not in steps


def test_a_network_is_switched_off_and_on(operator, network):
    there = network()
    for on in (False, True):
        operator.post(f"{LIST}{there.pk}/switch/")
        there.refresh_from_db()
        assert there.on is on
    verbs = Entry.objects.filter(verb__startswith="networks").order_by("id")
    assert [one.verb for one in verbs] == ["networks.off", "networks.on"]


def test_the_citys_own_broker_keeps_its_settings_but_may_be_named(operator):
    home.provide()
    own = Network.objects.get()
    for action in ("switch", "token", "test"):
        assert operator.post(f"{LIST}{own.pk}/{action}/").status_code == 404
    operator.post(f"{LIST}{own.pk}/change/", {"title": "Unser Broker"})
    home.provide()
    own.refresh_from_db()
    assert (own.title, own.on) == ("Unser Broker", True)


def test_a_mapping_is_tried_on_a_message_before_it_is_saved(operator):
    sample = '{"id": "Pumpe-1", "v": {"druck": "2.5"}}'
    answer = operator.post(HTTP, {**MAPPING, "sample": sample, "try": "1"})
    (tried,) = answer.context["tried"]
    assert (tried.event.dev_eui, tried.values) == ("pumpe-1", [("druck", 2.5)])
    wrong = operator.post(HTTP, {**MAPPING, "sample": "{}", "try": "1"})
    assert "no device name" in wrong.content.decode()
    assert Network.objects.count() == 0


def test_the_last_messages_are_shown_and_only_those_of_this_network(operator, network):
    now = clock.now()
    there = network(last_heard=now)
    for source in ("there", "other"):
        Uplink.objects.create(
            source=source, key=source, topic="t", received=now, time=now, dev_eui=f"of-{source}",
            raw=b"", outcome="unknown",
        )  # fmt: skip
    page = operator.get(f"{LIST}{there.pk}/").content.decode()
    assert "of-there" in page
    assert "of-other" not in page


def test_who_only_sees_devices_sees_networks_and_changes_none(as_, network):
    there = network()
    reader = as_("reader")
    page = reader.get(f"{LIST}{there.pk}/")
    assert page.status_code == reader.get(LIST).status_code == 200
    assert "<form method" not in re.sub(
        r"<header.*?</header>", "", page.content.decode(), flags=re.S
    )
    for path in ("change/", "switch/", "token/", "test/"):
        assert reader.post(f"{LIST}{there.pk}/{path}").status_code == 403
    assert reader.get(NEW).status_code == 403


def test_the_overview_names_a_network_that_is_not_connected(operator, network):
    network("a", title="Stadtwerke", way="mqtt", problem="refused")
    network("b", title="Abgeschaltet", way="mqtt", problem="refused", on=False)
    found = [str(one.text) for one in operator.get("/staff/").context["found"]]
    assert any("Stadtwerke" in text for text in found)
    assert not any("Abgeschaltet" in text for text in found)
