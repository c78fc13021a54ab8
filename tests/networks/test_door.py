"""The door over HTTP: who may, what is kept, and that an answer means committed."""

from base64 import b64encode

import pytest

from stadtkern.kernel.devices.ingest.arrivals import Arrivals
from stadtkern.kernel.devices.models import Arrival, Network, Uplink
from stadtkern.kernel.devices.networks import token
from stadtkern.kernel.things.models import Latest
from stadtkern.site.device_door import http, known

from .conftest import TOKEN, chirpstack

UP = "/api/devices/there?event=up"


def basic(user, password):
    return {"authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def arrivals(ingest):
    told = []
    made = Arrivals(ingest, told.append)
    made.told = told
    return made


def test_a_post_becomes_an_observation(door, network, device, arrivals):
    network()
    device("0101010101010101")
    answer = door("POST", UP, chirpstack())
    assert (answer.status, Arrival.objects.count()) == (200, 1)
    assert arrivals.once() == 1
    assert Latest.objects.get().value == 21.0
    assert (Arrival.objects.count(), arrivals.once()) == (0, 0)
    uplink = Uplink.objects.get()
    assert (uplink.source, uplink.topic, uplink.outcome) == ("there", "?event=up", "stored")


@pytest.mark.parametrize("path", ["/api/devices/there?event=up", "/api/devices/there/?event=up"])
def test_a_post_is_never_redirected(door, network, path):
    network()
    assert door("POST", path, chirpstack()).status == 200


def test_a_network_that_was_set_up_this_moment_is_known_to_ingest(door, network, arrivals):
    network("first")
    door("POST", "/api/devices/first?event=up", chirpstack())
    arrivals.once()
    Network.objects.create(slug="new", kind="chirpstack", digest=token.digest(TOKEN), title="n")
    known.forget()
    door("POST", "/api/devices/new?event=up", chirpstack())
    arrivals.once()
    assert Uplink.objects.get(source="new").outcome == "unknown"


def test_a_repeated_post_counts_once(door, network, device, arrivals):
    network()
    device("0101010101010101")
    for _ in range(3):
        assert door("POST", UP, chirpstack()).status == 200
    arrivals.once()
    assert (Uplink.objects.count(), Latest.objects.get().n) == (1, 1)
    door("POST", UP, chirpstack())
    arrivals.once()
    assert (Uplink.objects.count(), Latest.objects.get().n) == (1, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {TOKEN}"},
        {"authorization": f"bearer {TOKEN}"},
        basic("there", TOKEN),
        {"authorization": TOKEN},
        {"x-api-key": TOKEN},
    ],
)
def test_the_token_opens_in_each_form(door, network, headers):
    network()
    assert door("POST", UP, chirpstack(), headers=headers, bearer="").status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": "Bearer "},
        {"authorization": f"Bearer {TOKEN}x"},
        {"authorization": "Basic !!!"},
        {"authorization": "Basic " + b64encode(TOKEN.encode()).decode()},
        basic(TOKEN, ""),
        basic("there", "wrong"),
        {"authorization": "Bearer ü" * 2000},
        {"x-api-key": ""},
    ],
)
def test_a_wrong_secret_is_refused_and_leaves_nothing(door, network, headers):
    network()
    answer = door("POST", UP, chirpstack(), headers=headers, bearer="")
    assert (answer.status, Arrival.objects.count()) == (401, 0)
    assert "www-authenticate" in answer.headers
    assert Network.objects.get().last_heard is None


def test_a_network_without_a_token_has_no_open_door(door, network):
    network(digest="")
    assert door("POST", UP, chirpstack(), bearer="").status == 401
    assert door("POST", UP, chirpstack(), headers={"authorization": "Bearer "}).status == 401


def test_the_token_of_one_network_does_not_open_another(door, network):
    network("other", digest="0" * 64)
    network("there")
    assert door("POST", "/api/devices/other?event=up", chirpstack()).status == 401


def test_an_unknown_network_one_that_is_off_and_a_wrong_method_are_told_apart(door, network):
    network("off", on=False)
    network("broker", way="mqtt")
    network("there")
    assert door("POST", "/api/devices/nowhere", {}).status == 404
    assert door("POST", "/api/devices/off?event=up", {}).status == 403
    assert door("POST", "/api/devices/broker?event=up", {}).status == 403
    answer = door("GET", UP)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert Arrival.objects.count() == 0


def test_a_body_that_is_too_large_is_refused(door, network):
    network()
    assert door("POST", UP, b" " * (http.LONGEST_BODY + 1)).status == 413
    told = {"content-length": "99999999", "authorization": f"Bearer {TOKEN}"}
    assert door("POST", UP, b"{}", headers=told).status == 413
    assert door("POST", UP, b" " * http.LONGEST_BODY).status == 200


def test_two_hundred_posts_at_once_are_all_kept(door, network, device, arrivals):
    network()
    device("0101010101010101")
    calls = [("POST", UP, chirpstack(dedup=f"d{n}", first=n)) for n in range(200)]
    assert {answer.status for answer in door.together(*calls)} == {200}
    assert Arrival.objects.count() == 200
    while arrivals.once():
        pass
    assert (Uplink.objects.count(), Latest.objects.get().n) == (200, 200)
    assert sum(stored.new for stored in arrivals.told) == 200


def test_without_a_database_nobody_is_told_that_it_was_kept(door, network, monkeypatch):
    network()
    assert door("POST", UP, chirpstack(dedup="a")).status == 200
    door.loop.run_until_complete(http.close())
    with monkeypatch.context() as without:
        nowhere = {"host": "127.0.0.1", "port": 1, "dbname": "none", "autocommit": True}
        without.setattr("stadtkern.site.device_door.inbox.address", lambda: nowhere)
        answer = door("POST", UP, chirpstack(dedup="b"))
    assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    assert door("POST", UP, chirpstack(dedup="c")).status == 200
    assert Arrival.objects.count() == 2


def test_a_plain_device_is_told_what_is_wrong_and_the_staff_see_it(door, network, arrivals):
    network(kind="http", settings={"device": "id", "payload": "data", "encoding": "hex"})
    answer = door("POST", "/api/devices/there", {"id": "meter-1", "data": "xyz"})
    assert answer.status == 400
    assert "“data” is not hex" in answer.said
    assert arrivals.once() == 1
    assert (Uplink.objects.get().outcome, Uplink.objects.get().dev_eui) == ("broken", "meter-1")


def test_a_network_server_is_not_made_to_send_again_what_nobody_can_read(door, network, arrivals):
    network(kind="tts")
    assert door("POST", "/api/devices/there/uplink", b"not json").status == 200
    arrivals.once()
    assert Uplink.objects.get().outcome == "broken"


def test_a_get_brings_its_values_in_the_query(door, network, device, arrivals):
    network(kind="http", settings={"device": "id", "values": "."})
    device("probe-1", "temp", codec="")
    assert door("GET", "/api/devices/there?id=Probe-1&temp=21.5").status == 200
    assert door("PUT", "/api/devices/there/", b"id=probe-1&temp=22").status == 200
    arrivals.once()
    assert set(Uplink.objects.values_list("dev_eui", flat=True)) == {"probe-1"}


def test_an_idempotency_key_makes_a_repeat_count_once(door, network, arrivals):
    network(kind="http", settings={"device": "id", "values": "."})
    headers = {"authorization": f"Bearer {TOKEN}", "idempotency-key": "k1"}
    for _ in range(2):
        door("POST", "/api/devices/there", {"id": "a", "t": 1}, headers=headers)
        door("POST", "/api/devices/there", {"id": "b", "t": 1})
    arrivals.once()
    counted = list(Uplink.objects.order_by("dev_eui").values_list("dev_eui", flat=True))
    assert counted == ["a", "b", "b"]


def test_open_sense_map_answers_as_its_boxes_expect(door, network):
    network(kind="opensensemap")
    headers = {"authorization": TOKEN, "content-type": "application/json"}
    body = [{"sensor": "5b", "value": "1.5"}]
    answer = door("POST", "/api/devices/there/boxes/5a/data", body, headers=headers, bearer="")
    assert answer.status == 201


def test_a_text_that_the_database_cannot_hold_does_not_stop_its_neighbours(
    door, network, device, arrivals
):
    network()
    device("0101010101010101")
    door("POST", UP, chirpstack(dedup="a"))
    door("POST", "/api/devices/there?event=up&x=%00", chirpstack(dedup="b\0"))
    door("POST", UP, chirpstack(dedup="c"))
    while arrivals.once():
        pass
    assert (Arrival.objects.count(), Uplink.objects.filter(outcome="stored").count()) == (0, 3)


def test_a_message_that_nobody_was_prepared_for_stops_nothing(
    door, network, device, arrivals, ingest, monkeypatch
):
    network()
    device("0101010101010101")
    for dedup in ("a", "poison", "b"):
        door("POST", UP, chirpstack(dedup=dedup))
    take = ingest.take

    def prepared_for_most(messages):
        if any(b"poison" in message.body for message in messages):
            raise RuntimeError("not prepared")
        return take(messages)

    monkeypatch.setattr(ingest, "take", prepared_for_most)
    while arrivals.once():
        pass
    assert Uplink.objects.filter(outcome="stored").count() == 2
    refused = Uplink.objects.get(outcome="broken")
    assert (refused.reason, b"poison" in bytes(refused.raw)) == ("refused: not prepared", True)


def test_a_withdrawn_token_stops_to_work_within_seconds(door, network, monkeypatch):
    there = network()
    assert door("POST", UP, chirpstack()).status == 200
    Network.objects.filter(pk=there.pk).update(digest="0" * 64)
    monkeypatch.setattr(known, "FRESH", 0.0)
    assert door("POST", UP, chirpstack()).status == 401


def test_a_network_that_was_set_up_this_moment_is_open(door, network, monkeypatch):
    network("first")
    assert door("POST", "/api/devices/first?event=up", chirpstack()).status == 200
    assert door("POST", UP, chirpstack()).status == 404
    Network.objects.create(slug="there", kind="chirpstack", digest=token.digest(TOKEN), title="t")
    monkeypatch.setattr(known, "SOONEST", 0.0)
    assert door("POST", UP, chirpstack()).status == 200
