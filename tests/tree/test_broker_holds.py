"""The embedded broker acknowledges a held message only after ingest has acknowledged it."""

import queue
import time
from collections.abc import Callable

import pytest

from .conftest import INGEST, Client, RunningBroker, eventually

UP = "application/7/device/70b3d5/event/up"
Make = Callable[..., Client]
NewIngest = Callable[[], Client]


def take(ingest: Client, count: int) -> list[str]:
    """Receives and acknowledges."""
    texts = []
    for _ in range(count):
        message = ingest.next()
        texts.append(message.payload.decode())
        ingest.acknowledge(message)
    return texts


def no_acknowledgement(sensor: Client, seconds: float = 0.3) -> bool:
    try:
        sensor.acknowledged.get(timeout=seconds)
    except queue.Empty:
        return True
    return False


def test_a_publisher_is_acknowledged_only_after_ingest_has_acknowledged(
    client: Make, new_ingest: NewIngest
) -> None:
    ingest, sensor = new_ingest(), client("sensor-1")
    ingest.connect("application/#")
    sensor.connect()
    published = sensor.publish(UP, "21.5")
    message = ingest.next()
    assert (message.topic, message.payload, message.qos) == (UP, b"21.5", 1)
    assert no_acknowledgement(sensor)
    assert not published.is_published()
    ingest.acknowledge(message)
    assert sensor.acknowledged.get(timeout=30) == published.mid


def test_a_message_waits_for_an_absent_ingest_and_is_delivered_when_it_comes(
    client: Make, new_ingest: NewIngest
) -> None:
    sensor = client("sensor-1")
    sensor.connect()
    published = [sensor.publish(UP, str(number)) for number in range(3)]
    assert no_acknowledgement(sensor)
    ingest = new_ingest()
    ingest.connect("application/#")
    assert take(ingest, 3) == ["0", "1", "2"]
    assert eventually(lambda: all(one.is_published() for one in published))


def test_ingest_that_subscribes_to_something_else_does_not_release_the_message(
    client: Make, new_ingest: NewIngest
) -> None:
    ingest, sensor = new_ingest(), client("sensor-1")
    ingest.connect("v3/+/devices/+/up")
    sensor.connect()
    sensor.publish(UP, "1")
    assert no_acknowledgement(sensor)
    assert ingest.received.empty()
    ingest.paho.subscribe("application/#", qos=1)
    assert take(ingest, 1) == ["1"]
    assert sensor.acknowledged.get(timeout=30)


def test_a_topic_outside_the_standing_list_is_held_while_ingest_subscribes_to_it(
    client: Make, new_ingest: NewIngest
) -> None:
    ingest, sensor = new_ingest(), client("sensor-1")
    ingest.connect("v3/#")
    sensor.connect()
    sensor.publish("v3/city@ttn/devices/bench/up", "1")
    message = ingest.next()
    assert no_acknowledgement(sensor)
    ingest.acknowledge(message)
    assert sensor.acknowledged.get(timeout=30)


def test_other_topics_are_acknowledged_and_delivered_at_once(client: Make) -> None:
    sensor, gateway = client("sensor-1"), client("gateway")
    gateway.connect("command/#")
    sensor.connect()
    sensor.publish("command/7/down", "open")
    assert sensor.acknowledged.get(timeout=30)
    assert gateway.next().payload == b"open"


def test_held_messages_hold_up_nothing_else_of_the_same_publisher(client: Make) -> None:
    sensor = client("sensor-1")
    sensor.connect()
    for number in range(100):
        sensor.publish(UP, str(number))
    free = sensor.publish("command/7/down", "open")
    assert sensor.acknowledged.get(timeout=30) == free.mid


def test_acknowledgements_reach_the_right_ones_of_several_publishers(
    client: Make, new_ingest: NewIngest
) -> None:
    ingest = new_ingest()
    ingest.connect("application/#")
    sensors = [client(f"sensor-{number}") for number in range(4)]
    for number, sensor in enumerate(sensors):
        sensor.connect()
        sensor.publish(UP, str(number))
    messages = {(message := ingest.next()).payload: message for _ in sensors}
    for number in (2, 0, 3, 1):  # not in the order of arrival
        ingest.acknowledge(messages[str(number).encode()])
        assert sensors[number].acknowledged.get(timeout=30)
        assert all(sensor.acknowledged.empty() for sensor in sensors)


def test_the_message_of_a_publisher_that_has_gone_still_reaches_ingest_once(
    client: Make, new_ingest: NewIngest
) -> None:
    sensor = client("sensor-1")
    sensor.connect()
    sensor.publish(UP, "last words")
    assert no_acknowledgement(sensor, 0.3)
    sensor.drop()
    ingest = new_ingest()
    ingest.connect("application/#")
    assert take(ingest, 1) == ["last words"]
    with pytest.raises(queue.Empty):
        ingest.next(timeout=0.5)


def test_what_a_publisher_sends_again_after_a_reconnect_reaches_ingest_once(
    client: Make, new_ingest: NewIngest
) -> None:
    sensor = client("sensor-1", clean=False)
    sensor.connect()
    published = sensor.publish(UP, "1")
    assert no_acknowledgement(sensor, 0.3)
    connection = sensor.paho.socket()
    assert connection
    connection.shutdown(2)
    assert sensor.connected.get(timeout=30) == "Success"  # it has come back and sent it again
    ingest = new_ingest()
    ingest.connect("application/#")
    assert take(ingest, 1) == ["1"]
    assert sensor.acknowledged.get(timeout=30) == published.mid
    with pytest.raises(queue.Empty):
        ingest.next(timeout=0.5)


def test_ingest_gets_again_what_it_had_not_acknowledged_before_it_crashed(
    client: Make, new_ingest: NewIngest
) -> None:
    first, sensor = new_ingest(), client("sensor-1")
    first.connect("application/#")
    sensor.connect()
    for number in range(4):
        sensor.publish(UP, str(number))
    messages = [first.next() for _ in range(4)]
    first.acknowledge(messages[1])
    assert sensor.acknowledged.get(timeout=30)
    first.drop()
    second = new_ingest()
    second.connect("application/#")
    again = [second.next() for _ in range(3)]
    assert [message.payload for message in again] == [b"0", b"2", b"3"]
    assert all(message.dup for message in again)
    assert sensor.acknowledged.empty()
    for message in again:
        second.acknowledge(message)
    assert {sensor.acknowledged.get(timeout=30) for _ in range(3)}


def test_a_second_ingest_takes_over_from_a_first_that_only_seems_to_live(
    client: Make, new_ingest: NewIngest
) -> None:
    first, sensor = new_ingest(), client("sensor-1")
    first.connect("application/#")
    sensor.connect()
    sensor.publish(UP, "1")
    first.next()
    first.paho.reconnect_delay_set(3600, 3600)
    second = new_ingest()
    second.connect("application/#")
    assert take(second, 1) == ["1"]
    assert sensor.acknowledged.get(timeout=30)
    sensor.publish(UP, "2")
    assert take(second, 1) == ["2"]


@pytest.mark.parametrize("qos", [0, 2])
def test_the_other_qualities_of_service_reach_ingest_too(
    client: Make, new_ingest: NewIngest, qos: int
) -> None:
    ingest, sensor = new_ingest(), client("sensor-1")
    ingest.connect("application/#")
    sensor.connect()
    published = sensor.publish(UP, "1", qos=qos)
    message = ingest.next()
    if qos == 2:
        assert no_acknowledgement(sensor)
    ingest.acknowledge(message)
    assert eventually(published.is_published)


def test_another_subscriber_sees_held_messages_at_once(client: Make) -> None:
    onlooker, sensor = client("onlooker"), client("sensor-1")
    onlooker.connect("application/#")
    sensor.connect()
    sensor.publish(UP, "1")
    assert onlooker.next().payload == b"1"
    assert no_acknowledgement(sensor)


def test_killing_the_broker_loses_nothing_that_was_acknowledged(
    broker: RunningBroker, client: Make, new_ingest: NewIngest
) -> None:
    ingest, sensor = new_ingest(), client("sensor-1", clean=False)
    ingest.connect("application/#")
    sensor.connect()
    published = [sensor.publish(UP, str(number)) for number in range(60)]
    committed = set(take(ingest, 25))
    for _ in range(20):
        ingest.next()  # received, but not committed
    assert eventually(lambda: sensor.acknowledged.qsize() == 25)
    broker.kill()
    # Only what ingest has committed was acknowledged; the rest is still with the publisher.
    assert sum(one.is_published() for one in published) == 25
    ingest.received.queue.clear()
    broker.start()

    def all_acknowledged() -> bool:
        while not ingest.received.empty():
            committed.update(take(ingest, 1))
        return all(one.is_published() for one in published)

    assert eventually(all_acknowledged, 15)
    assert committed == {str(number) for number in range(60)}


def test_thousands_of_messages_pass_in_batches(client: Make, new_ingest: NewIngest) -> None:
    """A round trip per message would take far longer than the pauses between the batches."""
    ingest, sensor = new_ingest(), client("sensor-1")
    ingest.connect("application/#")
    sensor.connect()
    published = [sensor.publish(UP, f"{number:04}") for number in range(3000)]
    seen: list[str] = []
    while len(seen) < 3000:
        time.sleep(0.05)  # the commit of a batch
        seen += take(ingest, max(1, ingest.received.qsize()))
    assert seen == [f"{number:04}" for number in range(3000)]
    assert eventually(lambda: all(one.is_published() for one in published))


def test_ingest_keeps_its_session_when_somebody_fails_to_log_in_with_its_name(
    client: Make, new_ingest: NewIngest
) -> None:
    ingest, sensor = new_ingest(), client("sensor-1")
    ingest.connect("application/#")
    stranger, other_account = client(INGEST, "stranger"), client(INGEST, "sensor", clean=True)
    assert stranger.connect() == "Bad user name or password"
    assert other_account.connect() == "Bad user name or password"
    sensor.connect()
    sensor.publish(UP, "1")
    assert take(ingest, 1) == ["1"]
    assert ingest.connected.empty()  # it was never thrown out
