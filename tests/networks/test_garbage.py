"""Whatever comes in, every adapter answers with events, and what they say fits the database."""

from datetime import UTC
from math import isfinite

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtkern.kernel.devices.ingest.event import Message
from stadtkern.kernel.devices.networks import ADAPTERS

from .conftest import NOW
from .test_chirpstack import MQTT
from .test_chirpstack import UP as CHIRPSTACK
from .test_pushes import DATA, OWN_API, SAID, SIGFOX
from .test_things_stack import UP as THINGS_STACK

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["", "\0", "1e999", "nan", "0001-01-01T00:00:00Z", "***", "ff", -1, 2**63])
)
json = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
GOOD = {
    "chirpstack": (MQTT % "up", CHIRPSTACK),
    "tts": ("v3/a/devices/b/up", THINGS_STACK),
    "http": ("", SAID),
    "airrohr": ("", OWN_API),
    "opensensemap": (DATA, [{"sensor": "a", "value": 1, "createdAt": "2026-03-01T11:00:00Z"}]),
}
KINDS = pytest.mark.parametrize("kind", sorted(GOOD))


def check(kind, topic, body, headers=None):
    message = Message(topic=topic, body=body, received=NOW, network="x", headers=headers or {})
    events = ADAPTERS[kind].read(message, SIGFOX)
    assert events
    for one in events:
        assert one.problem or one.dev_eui
        assert len(one.topic) <= 300
        assert len(one.dev_eui) <= 64
        assert "\0" not in one.key + one.dev_eui + one.event
        assert len(one.key) <= 80
        assert one.time.tzinfo == UTC
        assert one.f_port is None or 0 <= one.f_port <= 255
        assert one.f_cnt is None or 0 <= one.f_cnt < 2**63
        assert one.frequency is None or 0 < one.frequency < 2**31
        assert one.spreading_factor is None or 0 < one.spreading_factor <= 12
        assert all(map(isfinite, one.location or ()))


def spoil(draw, said):
    """Replace one part of a good message, anywhere in it, by something else."""
    if isinstance(said, dict) and said and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(said)))
        return {**said, key: spoil(draw, said[key])}
    if isinstance(said, list) and said and draw(st.booleans()):
        at = draw(st.integers(0, len(said) - 1))
        return [*said[:at], spoil(draw, said[at]), *said[at + 1 :]]
    return draw(json)


@st.composite
def spoiled(draw, good):
    return spoil(draw, good)


@KINDS
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_good_message_with_one_part_spoiled_is_read_or_refused_in_words(kind, data):
    topic, good = GOOD[kind]
    check(kind, topic, msgspec.json.encode(data.draw(spoiled(good))))


@KINDS
@settings(max_examples=25, deadline=None)
@given(topic=st.text(max_size=400), body=st.binary(max_size=200), header=st.text(max_size=30))
def test_any_bytes_under_any_topic_are_read_or_refused_in_words(kind, topic, body, header):
    known = GOOD[kind][0]
    names = ("content-type", "x-sensor", "x-pin", "idempotency-key")
    check(kind, topic, body, dict.fromkeys(names, header))
    for type_ in ("application/sbx-bytes", "application/sbx-bytes-ts", "text/csv"):
        check(kind, known, body, {"content-type": type_})


@KINDS
@pytest.mark.parametrize(
    "body",
    [b'{"a":' * 20_000, b"[" * 100_000, b"", b"null", b'"\\ud800"', b"1" * 5000, b"{}", b"[]"],
)
def test_known_ways_to_break_a_reader_break_none(kind, body):
    check(kind, GOOD[kind][0], body)
