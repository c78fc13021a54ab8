"""The publisher's own few packets of MQTT, held against paho's reading and writing of them."""

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtkern.kernel.sensorthings.live import packets
from stadtkern.kernel.sensorthings.live.line import AT_ONCE, MOST_UNSENT, Door, Line

# Examples of MQTT 3.1.1, written out: 2.2.3 (lengths), 3.1, 3.3, 3.8.
LENGTHS = [(0, "00"), (127, "7f"), (128, "8001"), (16_383, "ff7f"), (16_384, "808001")]


@pytest.mark.parametrize(("number", "said"), LENGTHS)
def test_lengths_are_written_as_the_standard_says(number, said):
    topic = "t"
    packet = packets.publish(1, topic, bytes(max(0, number - 5)))
    if number >= 5:
        assert packet[1 : 1 + len(said) // 2].hex() == said
    assert next(packets.taken(bytearray(packet)))[0] == 0x32


def test_the_packets_are_those_of_the_standard():
    assert packets.connect("me", "u", "pw", 30).hex() == (
        "1015" "0004" "4d515454" "04" "c2" "001e" "00026d65" "000175" "00027077"
    )  # fmt: skip
    assert packets.connect("me", "", "", 30).hex() == "100e00044d5154540402001e00026d65"
    assert packets.subscribe(10, "a/b").hex() == "8208000a0003612f6201"
    assert packets.publish(10, "a/b", b"x").hex() == "32080003612f62000a78"
    assert packets.publish(10, "a/b", b"x", retain=True)[0] == 0x33
    assert packets.puback(0x0102).hex() == "40020102"
    assert packets.published(0x32, b"\0\x03a/b\0\x0ax") == (10, b"x")
    assert packets.published(0x30, b"\0\x03a/bx") == (0, b"x")


@given(
    st.lists(st.tuples(st.integers(1, 65_535), st.binary(max_size=300)), max_size=20),
    st.randoms(use_true_random=False),
)
@settings(max_examples=50, deadline=None)
def test_packets_that_come_in_any_pieces_are_taken_whole(sent, chance: random.Random):
    stream = b"".join(packets.publish(mid, "v1.1/Ä", body) for mid, body in sent)
    buffer, found = bytearray(), []
    while stream:
        size = chance.randint(1, 40)
        buffer += stream[:size]
        stream = stream[size:]
        found += [packets.published(first, body) for first, body in packets.taken(buffer)]
    assert found == sent
    assert not buffer


def test_what_is_no_mqtt_is_refused():
    with pytest.raises(ValueError, match="MQTT"):
        list(packets.taken(bytearray(b"\x32\xff\xff\xff\xff\xff\xff")))


class Broker:
    """A broker that says yes, notes what is published and acknowledges when it is told to."""

    def __init__(self):
        self.sent: list[int] = []
        self.bodies: list[bytes] = []
        self.patient = True
        self.visits = 0

    async def serve(self, reader, writer):
        self.visits += 1
        self.writer, buffer = writer, bytearray()
        while piece := await reader.read(65_536):
            buffer += piece
            for first, packet in packets.taken(buffer):
                if first >> 4 == 1:
                    writer.write(b"\x20\x02\x00\x00")
                elif first >> 4 == packets.PUBLISH:
                    mid, body = packets.published(first, packet)
                    self.sent.append(mid)
                    self.bodies.append(body)
                    if not self.patient:
                        writer.write(packets.puback(mid))
        writer.close()

    def acknowledge(self, count):
        for mid in self.sent[:count]:
            self.writer.write(packets.puback(mid))
        del self.sent[:count]


async def _eventually(true):
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


def _with_line(check):
    async def run():
        broker = Broker()
        server = await asyncio.start_server(broker.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        door = Door(host="127.0.0.1", port=port, user="u", password="p", client_id="c", base="b")
        line = Line(door, "wishes", lambda: None, lambda _message: None)
        line.begin()
        await _eventually(lambda: broker.visits == 1)
        line.go_on()
        await _eventually(lambda: line._wire is not None)
        await check(broker, line)
        await line.end()
        server.close()

    asyncio.run(run())


def test_no_more_than_a_thousand_are_on_their_way_and_who_sends_more_waits():
    async def check(broker, line):
        for number in range(MOST_UNSENT + 5):
            line.send("t", b"%d" % number)
        await _eventually(lambda: len(broker.sent) == AT_ONCE)
        waiting = asyncio.create_task(line.room())
        await asyncio.sleep(0.05)
        assert not waiting.done()
        assert len(broker.sent) == AT_ONCE
        broker.acknowledge(10)
        await asyncio.wait_for(waiting, 30)
        broker.patient = False
        broker.acknowledge(AT_ONCE)
        await _eventually(lambda: len(broker.bodies) == MOST_UNSENT + 5)
        assert broker.bodies == [b"%d" % number for number in range(MOST_UNSENT + 5)]
        assert len(set(broker.sent)) == len(broker.sent)

    _with_line(check)


def test_after_a_break_what_was_not_acknowledged_goes_out_again_in_its_order_and_only_when_told():
    async def check(broker, line):
        for number in range(20):
            line.send("t", b"%d" % number)
        await _eventually(lambda: len(broker.bodies) == 20)
        broker.acknowledge(5)
        await _eventually(lambda: len(line._on_its_way) == 15)
        broker.writer.transport.abort()
        await _eventually(lambda: broker.visits == 2)
        line.send("t", b"20")
        await asyncio.sleep(0.05)
        assert len(broker.bodies) == 20
        assert not line.open.is_set()
        line.go_on()
        await _eventually(lambda: len(broker.bodies) == 36)
        assert broker.bodies[20:] == [b"%d" % number for number in range(5, 21)]

    _with_line(check)
