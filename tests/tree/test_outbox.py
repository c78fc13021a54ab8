"""What waits for a subscriber of the embedded broker, and what its publisher is told."""

import asyncio
import json
from typing import Any

import pytest
from paho.mqtt.client import topic_matches_sub

from stadtkern.site.tree import live, outbox
from stadtkern.site.tree.live import WISHES, Live
from stadtkern.site.tree.outbox import Out, Outbox


def body(packet: bytes | None) -> str:
    assert packet is not None
    return packet.decode("latin-1")[-1]


def is_again(packet: bytes | None) -> bool:
    assert packet is not None
    return bool(packet[0] & 0x08)


def number(packet: bytes | None) -> int:
    """The packet id of a message with one character under the topic `t`."""
    assert packet is not None
    return int.from_bytes(packet[-3:-1], "big")


def filled(*bodies: str, qos: int = 1) -> Outbox:
    box = Outbox("somebody")
    for one in bodies:
        box.put(Out(topic="t", data=one.encode(), qos=qos))
    return box


def drained(box: Outbox) -> list[bytes]:
    return list(iter(box.next, None))


def test_messages_leave_in_their_order() -> None:
    assert [body(one) for one in drained(filled("1", "2", "3"))] == ["1", "2", "3"]


def test_what_is_not_acknowledged_goes_out_again_first_and_marked() -> None:
    box = filled("1", "2")
    first, _ = drained(box)
    assert box.acknowledged(number(first))
    assert not box.acknowledged(number(first))
    box.left()
    box.put(Out(topic="t", data=b"3", qos=1))
    box.connected()
    assert [(body(one), is_again(one)) for one in drained(box)] == [("2", True), ("3", False)]


def test_who_is_away_gets_only_what_was_promised() -> None:
    box = filled("1", "2", qos=0)
    box.put(Out(topic="t", data=b"3", qos=1))
    box.left()
    box.connected()
    assert [body(one) for one in drained(box)] == ["3"]


def test_no_more_is_sent_than_the_window_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "WINDOW", 2)
    box = filled("1", "2", "3")
    first, _ = drained(box)
    assert box.acknowledged(number(first))
    assert [body(one) for one in drained(box)] == ["3"]


def test_the_oldest_give_way_where_too_much_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MOST_WAITING", 2)
    assert [body(one) for one in drained(filled("1", "2", "3"))] == ["2", "3"]


def matches(topic: str, topic_filter: str) -> bool:
    return topic_matches_sub(topic_filter, topic)


def wishes(found: Live, client: str) -> list[Any]:
    """What the publisher is told now; it acknowledges all of it."""
    box = found.outbox(client)
    assert box is not None
    packets = drained(box)
    for packet in packets:
        start = 4 + len(WISHES) if packet[1] < 128 else 5 + len(WISHES)
        box.acknowledged(int.from_bytes(packet[start : start + 2], "big"))
    return [json.loads(packet[packet.index(b"{") :]) for packet in packets]


def test_a_subscriber_waits_until_the_publisher_knows() -> None:
    async def story() -> None:
        found = Live(matches)
        found.publisher("p")
        assert wishes(found, "p") == [{"all": []}]
        found.subscribe("c", "v1.1/Things", 1)
        waiting = asyncio.create_task(found.known())
        await asyncio.sleep(live.GATHER * 3)
        assert not waiting.done()
        assert wishes(found, "p") == [{"add": ["v1.1/Things"], "drop": []}]
        await asyncio.wait_for(waiting, 30)
        found.forget("c")
        await asyncio.sleep(live.GATHER * 3)
        assert wishes(found, "p") == [{"add": [], "drop": ["v1.1/Things"]}]

    asyncio.run(story())


def test_a_subscriber_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PATIENCE", 0.05)

    async def story() -> None:
        found = Live(matches)
        found.subscribe("c", "v1.1/Things", 1)
        await asyncio.wait_for(found.known(), 30)

    asyncio.run(story())


def test_a_publisher_that_comes_later_is_told_everything() -> None:
    async def story() -> None:
        found = Live(matches)
        found.subscribe("c", "v1.1/Things", 1)
        waiting = asyncio.create_task(found.known())
        await asyncio.sleep(live.GATHER * 3)
        found.publisher("p")
        assert wishes(found, "p") == [{"all": ["v1.1/Things"]}]
        await asyncio.wait_for(waiting, 30)

    asyncio.run(story())


def test_each_message_goes_to_a_client_once_however_many_of_its_filters_match() -> None:
    async def story() -> None:
        found = Live(matches)
        found.subscribe("c", "v1.1/#", 0)
        found.subscribe("c", "v1.1/Things", 1)
        found.publish("v1.1/Things", b"1", retain=False)
        box = found.outbox("c")
        assert box is not None
        (packet,) = drained(box)
        assert packet[0] & 0x06 == 0x02  # with the better of the two

    asyncio.run(story())


def test_a_client_cannot_want_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_TOPICS", 2)

    async def story() -> None:
        found = Live(matches)
        granted = [found.subscribe("c", f"v1.1/Things({n})", 1) for n in range(3)]
        assert granted == [1, 1, None]
        assert found.subscribe("d", "v1.1/" + "x" * 5000, 1) is None

    asyncio.run(story())
