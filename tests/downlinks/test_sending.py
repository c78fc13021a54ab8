"""From the wish to the network: encoding, limits, order, and what comes back."""

import base64
import json
import threading
from datetime import timedelta
from importlib.resources import files

import pytest
from django.db import IntegrityError, connection, transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices import downlinks
from stadtkern.kernel.devices.downlinks import past
from stadtkern.kernel.devices.downlinks.due import claim, settle
from stadtkern.kernel.devices.downlinks.encoding import words
from stadtkern.kernel.devices.models import Device, Downlink, Network
from stadtkern.kernel.devices.networks.sending.answer import Answer, Outcome

from .conftest import APPLICATION, EUI, TAKEN, ack, hand_over, message, txack, uplink

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LOST = Answer(outcome=Outcome.NOT_SENT, reason="refused:nobody there")
UNSURE = Answer(outcome=Outcome.UNSURE, reason="silent")


def send(device, **said):
    said.setdefault("author", "tests")
    if "data" not in said:
        said.setdefault("payload", b"\x05\x01")
        said.setdefault("f_port", 10)
    return downlinks.send(device, **said)


def state(one):
    one.refresh_from_db()
    return one.state


def test_data_goes_through_the_encoder_of_the_codec(device, heard):
    one = send(device, data={"open": True})
    assert (bytes(one.payload), one.f_port, one.data) == (b"\x05\x01", 10, {"open": True})
    assert one.state == "waiting"


def test_the_network_is_told_in_its_own_words(device, heard):
    expires = clock.now() + MINUTE
    one = send(device, data={"open": True}, confirmed=True, expires=expires)
    (task,) = hand_over()
    assert task.parcel.topic == f"application/{APPLICATION}/device/{EUI}/command/down"
    assert json.loads(task.parcel.body) == {
        "id": str(one.remote),
        "devEui": EUI,
        "confirmed": True,
        "fPort": 10,
        "data": base64.b64encode(b"\x05\x01").decode(),
        "expiresAt": expires.isoformat(),
    }
    assert state(one) == "queued"


def test_from_waiting_to_acknowledged(device, tell, heard):
    one = send(device, confirmed=True)
    assert hand_over()
    tell(txack(one))
    assert state(one) == "sent"
    tell(ack(one))
    assert state(one) == "acked"
    assert [step for step in ("0", "10", "40", "60") if step in one.history] == [
        "0",
        "10",
        "40",
        "60",
    ]
    assert all(entry["at"] for entry in one.history.values())


def test_a_nack_is_a_failure_with_a_reason(device, tell, heard):
    one = send(device, confirmed=True)
    hand_over()
    tell(txack(one), ack(one, acknowledged=False))
    assert state(one) == "failed"
    assert one.reason == "The device did not acknowledge it."


def test_what_the_network_finds_too_long_fails_with_its_words(device, tell, heard):
    one = send(device)
    hand_over()
    context = {"queue_item_id": str(one.remote), "max_payload_size": "51", "item_size": "60"}
    words = "Device queue-item discarded because it exceeds the max. payload size"
    tell(
        message(
            "log",
            {
                "level": "ERROR",
                "code": "DOWNLINK_PAYLOAD_SIZE",
                "description": words,
                "context": context,
            },
        )
    )
    assert state(one) == "failed"
    assert words in one.reason


def test_a_gateway_that_fails_is_noted_and_the_network_tries_again(device, tell, heard):
    one = send(device)
    hand_over()
    tell(
        message(
            "log", {"level": "ERROR", "code": "DOWNLINK_GATEWAY", "description": "COLLISION_PACKET"}
        )
    )
    assert state(one) == "queued"
    assert "COLLISION_PACKET" in one.reason
    tell(txack(one))
    assert state(one) == "sent"


# RP002-1.0.3, EU863-870: DR0 to DR2 carry 51 bytes, DR3 115, DR4 and DR5 222 behind repeaters.
@pytest.mark.parametrize(
    ("factor", "most"), [(12, 51), (11, 51), (10, 51), (9, 115), (8, 222), (7, 222)]
)
def test_the_data_rate_of_the_last_uplink_limits_the_size(device, tell, factor, most):
    tell(uplink(2, factor=factor))
    assert send(device, payload=bytes(most)).pk
    with pytest.raises(downlinks.Refused, match=f"{most + 1} bytes are too many"):
        send(device, payload=bytes(most + 1))


def test_what_no_longer_fits_when_its_turn_comes_fails_with_the_reason(device, tell, heard):
    one = send(device, payload=bytes(100))
    tell(uplink(2, factor=12))
    assert hand_over() == []
    assert state(one) == "failed"
    assert "12" in one.reason
    assert "51" in one.reason


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"payload": b""}, "at least one byte"),
        ({"f_port": 0, "payload": b"1"}, "port"),
        ({"f_port": 224}, "from 1 to 223"),
        ({"data": {"shut": True}}, "say whether it is open"),
        ({"data": {"open": True}, "payload": b"1"}, "either"),
        ({"expires": clock.now() - MINUTE}, "expire"),
        ({"topic": "x" * 41}, "40 characters"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_reason(device, heard, said, words):
    with pytest.raises(downlinks.Refused, match=words):
        send(device, **said)
    assert not Downlink.objects.exists()


def test_a_codec_without_an_encoder_asks_for_bytes(device, heard, profile):
    profile.codec = "function decodeUplink(i) { return { data: {} }; }"
    profile.save()
    with pytest.raises(downlinks.Refused, match="no encoder"):
        send(device, data={"open": True})


def test_who_sends_what_is_on_record(device, heard):
    one = send(device, topic="valve")
    entry = Entry.objects.get(verb="downlinks.send")
    assert entry.actor == "tests"
    assert entry.target == f"devices.downlink:{one.pk}"
    assert (entry.details["payload"], entry.details["device"]) == ("0501", EUI)


def test_a_newer_one_of_the_topic_supersedes_what_has_not_left(device, heard):
    first, other, second = (send(device, topic=topic) for topic in ("text", "lamp", "text"))
    assert state(first) == "superseded"
    assert first.reason == "A newer one took its place."
    assert (state(other), state(second)) == ("waiting", "waiting")


def test_what_has_left_is_not_superseded(device, heard):
    first = send(device, topic="text")
    hand_over()
    second = send(device, topic="text")
    assert (state(first), state(second)) == ("queued", "waiting")


def test_the_database_itself_allows_one_waiting_of_a_topic(device, heard):
    send(device, topic="text")
    with pytest.raises(IntegrityError, match="devices_downlink_topic"), transaction.atomic():
        Downlink.objects.create(device=device, topic="text", f_port=1, payload=b"1")


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_waits_and_the_others_are_superseded(device, heard):
    def one(number):
        try:
            send(Device.objects.get(), topic="text", payload=bytes([number]))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = sorted(Downlink.objects.values_list("state", flat=True))
    assert states == ["superseded"] * 5 + ["waiting"]


def test_a_device_gets_one_after_the_other_the_urgent_ones_first(device, tell, heard):
    early, late, urgent = send(device), send(device), send(device, priority=1)
    order = []
    for _ in range(3):
        (task,) = hand_over()
        assert hand_over() == []  # one is with the network
        order.append(task.downlink.pk)
        tell(txack(task.downlink))
    assert order == [urgent.pk, early.pk, late.pk]


def test_the_database_itself_allows_one_that_is_out(device, heard):
    send(device)
    second = send(device)
    hand_over()
    with pytest.raises(IntegrityError, match="devices_downlink_one_out"), transaction.atomic():
        Downlink.objects.filter(pk=second.pk).update(handed=clock.now())


def test_the_database_itself_refuses_a_step_backwards(device, tell, heard):
    one = send(device)
    hand_over()
    with pytest.raises(IntegrityError, match="only forwards"), transaction.atomic():
        Downlink.objects.filter(pk=one.pk).update(step=0, state="waiting")


def test_a_broker_that_is_away_makes_it_wait_longer_each_time(device, heard):
    one = send(device, topic="text")
    now, pauses = clock.now(), []
    for _ in range(4):
        assert len(hand_over(LOST, at=now)) == 1
        one.refresh_from_db()
        assert (one.state, one.reason) == ("waiting", "refused:nobody there")
        pauses.append((one.due - now).total_seconds())
        assert hand_over(at=one.due - timedelta(seconds=1)) == []
        now = one.due
    assert pauses == [5, 10, 20, 40]
    # It surely never left, so a newer one takes its place.
    send(device, topic="text")
    assert state(one) == "superseded"


def test_what_may_have_left_goes_again_under_the_same_id_and_alone(device, heard):
    one = send(device, topic="text")
    (first,) = hand_over(UNSURE)
    newer = send(device, topic="text")
    assert (state(one), state(newer)) == ("waiting", "waiting")
    (again,) = hand_over(at=one.due)
    assert json.loads(again.parcel.body)["id"] == json.loads(first.parcel.body)["id"]
    assert state(one) == "queued"


def test_a_sender_that_dies_with_it_is_followed_by_another(device, heard):
    one = send(device)
    now = clock.now()
    assert len(claim(now)) == 1  # and is never heard of again
    assert claim(now + timedelta(seconds=59)) == []
    (again,) = claim(now + timedelta(seconds=61))
    assert again.downlink.pk == one.pk


def test_it_does_not_go_again_once_the_network_says_it_was_sent(device, tell, heard):
    one = send(device)
    now = clock.now()
    claim(now)  # the sender dies before it hears from the broker
    tell(txack(one))
    assert state(one) == "sent"
    assert claim(now + timedelta(hours=1)) == []


def test_an_answer_before_our_own_note_is_not_undone_by_it(device, tell, heard):
    one = send(device, confirmed=True)
    now = clock.now()
    tasks = claim(now)
    tell(txack(one), ack(one))
    settle([(task, TAKEN) for task in tasks], clock.now())
    assert state(one) == "acked"


def test_two_senders_never_take_the_same_one(device, heard):
    send(device)
    now = clock.now()
    assert len(claim(now)) == 1
    assert claim(now) == []


@pytest.mark.django_db(transaction=True)
def test_many_senders_at_once_hand_each_one_over_once(profile, tell, device):
    euis = [f"02534b77000001{n:02x}" for n in range(12)]
    for eui in euis:
        Device.objects.create(dev_eui=eui, name=eui, profile=profile)
    tell(*(uplink(1, eui=eui) for eui in euis))
    for one in Device.objects.filter(dev_eui__in=euis):
        send(one)
        send(one)
    handed, together = [], threading.Barrier(3)

    def work():
        try:
            together.wait(30)
            for _ in range(3):
                handed.extend(task.downlink.pk for task in hand_over())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The second one of each device waits until its network has told of the first.
    assert len(handed) == len(set(handed)) == 12
    assert Downlink.objects.filter(state="queued").count() == 12


def test_what_may_be_out_is_not_handed_over_after_its_time(device, heard):
    one = send(device, expires=clock.now() + MINUTE)
    hand_over(UNSURE)
    assert hand_over(at=clock.now() + 2 * MINUTE) == []
    past.end(clock.now() + 3 * MINUTE)
    assert state(one) == "expired"


def test_a_network_without_downlinks_says_so_at_once(device):
    device.network = Network.objects.create(slug="push", title="Push", kind="http", way="http")
    device.save()
    with pytest.raises(downlinks.Refused, match="takes no downlinks"):
        send(device)


def test_after_a_join_it_is_handed_over_again(device, tell, heard):
    one = send(device)
    hand_over()
    assert hand_over(at=clock.now() + timedelta(hours=1)) == []
    tell(message("join", {"deduplicationId": "j1", "devAddr": "01020304"}))
    assert hand_over() == []  # what is sent in answer to the join is told first
    (task,) = hand_over(at=clock.now() + MINUTE)
    assert json.loads(task.parcel.body)["id"] == str(one.remote)
    assert hand_over(at=clock.now() + timedelta(hours=1)) == []


def test_a_join_from_before_it_was_handed_over_means_nothing(device, tell, heard):
    send(device)
    hand_over()
    past_join = clock.now() - timedelta(hours=1)
    tell(message("join", {"deduplicationId": "j1"}, at=past_join))
    assert hand_over(at=clock.now() + timedelta(hours=1)) == []


def test_a_join_ends_the_hope_for_an_acknowledgement(device, tell, heard):
    one = send(device, confirmed=True)
    hand_over()
    tell(txack(one))
    tell(message("join", {"deduplicationId": "j1"}, at=clock.now() + timedelta(seconds=5)))
    assert state(one) == "failed"
    assert "joined" in one.reason


def test_what_waits_too_long_expires(device, heard):
    one = send(device, expires=clock.now() + MINUTE)
    assert past.end(clock.now()) == 0
    assert past.end(clock.now() + 2 * MINUTE) == 1
    assert state(one) == "expired"


def test_what_its_network_drops_at_the_time_expires_a_little_later(device, heard):
    one = send(device, expires=clock.now() + MINUTE)
    hand_over()
    assert past.end(clock.now() + MINUTE) == 0
    assert past.end(clock.now() + 3 * MINUTE) == 1
    assert state(one) == "expired"
    assert "dropped" in one.reason


def test_what_expired_and_went_out_all_the_same_counts_as_sent(device, tell, heard):
    one = send(device, expires=clock.now() + MINUTE)
    hand_over()
    past.end(clock.now() + 3 * MINUTE)
    tell(txack(one))
    assert state(one) == "sent"
    assert {"20", "40"} <= set(one.history)


def test_a_network_that_never_says_more_is_given_up_after_some_uplinks(device, tell, heard):
    one = send(device)
    hand_over()
    later = clock.now() + timedelta(minutes=45)
    tell(*(uplink(n, at=clock.now() + timedelta(seconds=n)) for n in range(10, 14)))
    assert past.end(later) == 0
    tell(uplink(14, at=clock.now() + timedelta(seconds=14)))
    assert past.end(clock.now()) == 0
    assert past.end(later) == 1
    assert state(one) == "failed"
    assert "never said" in one.reason


def test_old_ones_are_forgotten_but_never_what_still_waits(device, tell, heard):
    done = send(device)
    hand_over()
    tell(txack(done))
    waiting = send(device)
    assert past.forget() == "0 downlinks forgotten"
    Downlink.objects.update(changed=clock.now() - timedelta(days=401))
    assert past.forget() == "1 downlinks forgotten"
    assert list(Downlink.objects.values_list("pk", flat=True)) == [waiting.pk]


def test_cancelled_before_it_leaves_it_never_does(device, heard):
    one = send(device)
    assert downlinks.cancel(one, author="tests") is True
    assert state(one) == "cancelled"
    assert hand_over() == []
    assert Entry.objects.filter(verb="downlinks.cancel").count() == 1


def test_what_chirpstack_has_over_mqtt_cannot_be_taken_back(device, heard):
    one = send(device)
    hand_over()
    with pytest.raises(downlinks.Refused, match="does not give it back"):
        downlinks.cancel(one, author="tests")
    assert state(one) == "queued"


def test_what_failed_is_sent_again_as_one_of_its_own(device, tell, heard):
    one = send(device, confirmed=True, topic="valve")
    hand_over()
    tell(ack(one, acknowledged=False))
    again = downlinks.repeat(Downlink.objects.get(pk=one.pk), author="tests")
    assert (again.again_id, bytes(again.payload), again.topic) == (one.pk, b"\x05\x01", "valve")
    with pytest.raises(downlinks.Refused):
        downlinks.repeat(again, author="tests")


def test_a_device_that_was_never_heard_waits_for_its_first_message(device, tell):
    one = send(device)
    assert hand_over() == []
    assert state(one) == "waiting"
    assert "application" in one.reason.lower() or "anwendung" in one.reason.lower()
    tell(uplink(1))
    assert len(hand_over(at=clock.now() + 2 * MINUTE)) == 1


def test_a_network_that_is_off_holds_it(device, heard):
    Network.objects.update_or_create(
        slug="chirpstack", defaults={"kind": "chirpstack", "way": "home", "on": False}
    )
    one = send(device)
    assert hand_over() == []
    assert state(one) == "waiting"


def test_another_device_cannot_answer_for_it(device, tell, heard, profile):
    Device.objects.create(dev_eui="02534b7700000002", name="Other", profile=profile)
    one = send(device)
    hand_over()
    tell(message("txack", {"queueItemId": str(one.remote)}, eui="02534b7700000002"))
    assert state(one) == "queued"


@pytest.mark.parametrize("command", ["", "not-a-uuid", "x" * 70, "{", "\x00"])
def test_answers_to_what_is_not_ours_change_nothing(device, tell, heard, command):
    one = send(device)
    hand_over()
    tell(message("txack", {"queueItemId": command}))
    assert state(one) == "queued"


# Milesight's own encoder (SensorDecoders: em300-th) writes 600 s as ff 03 58 02.
@pytest.mark.parametrize(
    ("data", "bytes_"),
    [
        ({"report_interval": 600}, "ff035802"),
        ({"reboot": True}, "ff10ff"),
        ({"report_interval": 64800, "reboot": True}, "ff0320fdff10ff"),
    ],
)
def test_the_shipped_weather_station_can_be_told_its_interval(device, heard, data, bytes_):
    codec = files("stadtkern.systems.environment") / "codecs/milesight-em300-th.js"
    device.profile.codec = codec.read_text(encoding="utf-8")
    device.profile.save()
    one = send(device, data=data)
    assert (bytes(one.payload).hex(), one.f_port) == (bytes_, 85)
    assert dict(words(device.profile, bytes(one.payload), 85).data) == data
