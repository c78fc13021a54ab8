"""All kinds of codecs behind one door: scripts, Cayenne LPP, fields and bytes, plain values."""

import json
import re
from pathlib import Path

import pytest

from stadtkern.kernel.devices import codecs
from stadtkern.kernel.devices.codecs import Codec, Frame
from stadtkern.kernel.devices.sandbox import CodecPool

ROOT = Path(__file__).parents[2]
CAYENNE = Codec(kind="cayenne")


def fields(layout: object) -> Codec:
    return Codec(kind="fields", source=layout if isinstance(layout, str) else json.dumps(layout))


def read(codec: Codec, payload: str, f_port: int = 1):
    return codecs.decode([Frame(codec=codec, payload=bytes.fromhex(payload), f_port=f_port)])[0]


# The message and the values of The Things Stack's own test of its Cayenne decoder.
TTS = bytes([
    1, 0, 255, 2, 1, 100, 3, 2, 21, 74, 4, 3, 234, 182, 5, 101, 1, 244, 6, 102, 50, 7, 103, 255, 100,
    8, 104, 99, 9, 113, 254, 88, 0, 15, 6, 130, 10, 115, 41, 239, 11, 134, 1, 99, 2, 49, 254, 102,
    12, 136, 7, 253, 135, 0, 190, 245, 0, 8, 106,
])  # fmt: skip
TTS_VALUES = {
    "digital_in_1": 255, "digital_out_2": 100, "analog_in_3": 54.5, "analog_out_4": -54.5,
    "luminosity_5": 500, "presence_6": 50, "temperature_7": -15.6, "relative_humidity_8": 49.5,
    "accelerometer_9": {"x": -0.424, "y": 0.015, "z": 1.666}, "barometric_pressure_10": 1073.5,
    "gyrometer_11": {"x": 3.55, "y": 5.61, "z": -4.10},
    "gps_12": {"latitude": 52.3655, "longitude": 4.8885, "altitude": 21.54},
}  # fmt: skip


def test_cayenne_reads_what_the_things_stack_reads():
    assert read(CAYENNE, TTS.hex()).data == TTS_VALUES


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("00 64 00 01 00 00", {"generic_0": 65536}),
        ("01 74 01 4a", {"voltage_1": 3.3}),
        ("01 75 00 fa", {"current_1": 0.25}),
        ("01 76 33 bc a1 00", {"frequency_1": 868000000}),
        ("01 78 64", {"percentage_1": 100}),
        ("01 79 ff f6", {"altitude_1": -10}),
        ("01 7d 01 90", {"concentration_1": 400}),
        ("01 80 03 e8", {"power_1": 1000}),
        ("01 82 00 00 04 d2", {"distance_1": 1.234}),
        ("01 83 00 01 e2 40", {"energy_1": 123.456}),
        ("01 84 01 0e", {"direction_1": 270}),
        ("01 85 69 00 00 00", {"unix_time_1": 1761607680}),
        ("01 87 ff 80 00", {"colour_1": {"r": 255, "g": 128, "b": 0}}),
        ("01 8e 01", {"switch_1": 1}),
    ],
)
def test_cayenne_reads_every_type(payload, expected):
    assert read(CAYENNE, payload).data == expected


@pytest.mark.parametrize(
    ("payload", "data", "says"),
    [
        ("01 67 01 10 02 67 01", {"temperature_1": 27.2}, "temperature_2 needs 2 bytes, has 1"),
        ("01 67 01 10 02 c8 01", {"temperature_1": 27.2}, "byte 5: there is no type 200"),
        ("01 67 01 10 02", {"temperature_1": 27.2}, "byte 4: a channel without a type"),
    ],
)
def test_cayenne_keeps_what_it_could_read_of_a_broken_message(payload, data, says):
    decoded = read(CAYENNE, payload)
    assert decoded.data == data
    assert says in decoded.warnings[0]
    broken = read(CAYENNE, payload.split("01 67 01 10 ")[1])
    assert broken.problem is not None


def test_cayenne_downlinks_are_those_of_the_things_stack():
    assert codecs.encode(CAYENNE, {"value_2": -50.51}, 99).payload == bytes([2, 236, 69])
    assert codecs.decode_downlink(CAYENNE, bytes([2, 236, 69]), 99).data == {"value_2": -50.51}
    assert codecs.encode(CAYENNE, TTS_VALUES).payload == TTS
    for wrong in ({"custom": 8}, {"value_2": "x"}, {"value_2": 400}, {"gps_1": {"latitude": 1}}):
        assert codecs.encode(CAYENNE, wrong).problem.startswith("Cayenne LPP: ")


DOCUMENT = (ROOT / "docs/reference/declarative-codecs.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```json\n(.*?)```\n\n((?:\|[^\n]*\n)+)", DOCUMENT, re.DOTALL)
ROWS = [
    (layout, *(cell.strip().strip("`") for cell in row.strip("|").split("|")))
    for layout, table in BLOCKS
    for row in table.splitlines()[2:]
]


def test_the_document_has_examples():
    assert len(BLOCKS) >= 4
    assert len(ROWS) >= 10


@pytest.mark.parametrize(("layout", "port", "payload", "gives"), ROWS)
def test_the_examples_in_the_document_are_true(layout, port, payload, gives):
    direction, number = ("down", port[5:]) if port.startswith("down ") else ("up", port)
    if direction == "down":
        written = codecs.encode(fields(layout), json.loads(gives))
        assert (written.problem, written.payload.hex(" ")) == (None, payload)
        assert written.f_port == int(number)
        words = codecs.decode_downlink(fields(layout), bytes.fromhex(payload), int(number))
        assert words.data == json.loads(gives)
        return
    decoded = read(fields(layout), payload, int(number))
    assert (decoded.problem or decoded.data) == (gives if decoded.problem else json.loads(gives))


def one(**field):
    return fields({"messages": [{"fields": [{"name": "v", **field}]}]})


@pytest.mark.parametrize(
    ("field", "payload", "value"),
    [
        ({}, "ff", 255),
        ({"type": "signed"}, "ff", -1),
        ({"length": 2}, "01 02", 258),
        ({"length": 2, "endian": "little"}, "01 02", 513),
        ({"length": 3, "type": "signed"}, "ff ff fe", -2),
        ({"length": 4, "type": "float"}, "41 ac 00 00", 21.5),
        ({"length": 4, "type": "float", "endian": "little"}, "00 00 ac 41", 21.5),
        ({"length": 2, "type": "float"}, "3c 00", 1.0),
        ({"length": 8, "type": "float"}, "3f f0 00 00 00 00 00 00", 1.0),
        ({"factor": 0.1}, "03", 0.3),
        ({"factor": 0.5, "offset": -40}, "7d", 22.5),
        ({"at": -1}, "01 02 03", 3),
        ({"at": -2, "length": 2}, "01 02 03", 0x0203),
        ({"bit": 7, "type": "bool"}, "80", True),
        ({"bit": 4, "bits": 3}, "70", 7),
        ({"length": 2, "bit": 4, "bits": 12, "type": "signed"}, "ff f0", -1),
        ({"words": {"0": "free", "1": "taken"}}, "01", "taken"),
        ({"words": {"0": "free"}}, "07", 7),
        ({"type": "hex", "length": 3}, "0a 0b 0c", "0a0b0c"),
        ({"type": "text", "length": 4}, "41 42 00 00", "AB"),
        ({"length": 2, "missing": 65535}, "ff ff", None),
        ({"length": 4, "type": "float"}, "7f c0 00 00", None),
        ({"at": 3, "optional": True}, "01", None),
        ({"at": 1, "if": {"at": 0, "is": [1, 2]}}, "02 05", 5),
        ({"at": 1, "if": {"at": 0, "is": 1}}, "03 05", None),
        ({"at": 1, "if": {"at": 0, "is": 128, "mask": 128}}, "ff 05", 5),
    ],
)
def test_a_field_is_read_as_it_says(field, payload, value):
    decoded = read(one(**field), payload)
    assert (decoded.problem, decoded.data) == (None, {} if value is None else {"v": value})
    assert type(decoded.data.get("v")) is type(value)


@pytest.mark.parametrize(
    ("layout", "says"),
    [
        ("{", "not JSON"),
        ("[]", "Expected `object`, got `array`"),
        ({"messages": [{"fields": [{"name": "v", "lenght": 2}]}]}, "messages[0].fields[0]: Object contains unknown field `lenght`"),
        ({"messages": [{"fields": [{"name": "v", "type": "int"}]}]}, "messages[0].fields[0].type: Invalid enum value 'int'"),
        ({"messages": [{"fields": [{"name": "v", "length": 9}]}]}, "messages[0].fields[0] (v): length 9 is not from 1 to 8"),
        ({"messages": [{"fields": [{"name": "v", "length": 3, "type": "float"}]}]}, "messages[0].fields[0] (v): a float has 2, 4 or 8 bytes"),
        ({"messages": [{"fields": [{"name": "v", "bit": 7, "bits": 2}]}]}, "messages[0].fields[0] (v): bits 7 to 8 are not in 1 bytes"),
        ({"messages": [{"fields": [{"name": "v", "factor": 0}]}]}, "messages[0].fields[0] (v): factor is 0"),
        ({"messages": [{}]}, "messages[0]: has neither fields nor items"),
        ({"messages": [{"items": [{"id": "xx", "length": 1, "fields": []}]}]}, "messages[0].items[0]: id 'xx' is not"),
        ({"messages": [{"items": [{"id": "01", "length": 1, "fields": []}, {"id": "0102", "length": 1, "fields": []}]}]}, "messages[0].items[1]: id '0102' is not as long as the first id"),
        ({"messages": [], "downlinks": [{"port": 1, "bytes": "00", "fields": [{"name": "v", "length": 2}]}]}, "downlinks[0].fields[0] (v): lies outside the 1 bytes"),
        ({"messages": [], "downlinks": [{"port": 0, "bytes": "00"}]}, "downlinks[0]: port 0 is not from 1 to 223"),
    ],
)  # fmt: skip
def test_a_wrong_layout_is_refused_with_the_place(layout, says):
    codec = fields(layout)
    assert says in codecs.unusable(codec)
    assert says in read(codec, "00").problem


def test_a_message_that_is_too_short_names_the_field_that_is_cut():
    layout = {"messages": [{"fields": [{"name": "a"}, {"name": "air.t", "at": 1, "length": 2}]}]}
    assert read(fields(layout), "01 02").problem == ("air.t: needs bytes 1 to 2, the message has 2")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"n": 256}, "n: 256 does not fit into 8 bits"),
        ({"n": -1}, "n: -1 does not fit into 8 bits"),
        ({"n": "x"}, "n: 'x' is no number"),
        ({"n": float("inf")}, "too large"),
        ({"f": 1e39}, "too large"),
        ({"w": "maybe"}, "w: 'maybe' is none of off, on"),
        ({"t": "too long"}, "t: 8 bytes do not fit into 4"),
        ({"h": "xyz"}, "h: 'xyz' is not hexadecimal"),
        ({"n": 1, "more": 2}, "no downlink takes n, more; there are: n; f; w; t; h"),
    ],
)
def test_a_wish_that_cannot_be_written_is_refused_with_its_reason(data, says):
    places = [
        {"name": "n"},
        {"name": "f", "length": 4, "type": "float"},
        {"name": "w", "words": {"0": "off", "1": "on"}},
        {"name": "t", "length": 4, "type": "text"},
        {"name": "h", "length": 2, "type": "hex"},
    ]
    downlinks = [{"port": 1, "bytes": "00 00 00 00", "fields": [place]} for place in places]
    encoded = codecs.encode(fields({"messages": [], "downlinks": downlinks}), data)
    assert says in (encoded.problem or "")


def test_random_bytes_never_do_more_than_fail():
    layout = json.loads(BLOCKS[2][0])
    for size in range(60):
        payload = bytes((size * 37 + n * 101) % 256 for n in range(size))
        for port in (1, 2, 85):
            assert isinstance(read(fields(layout), payload.hex(), port).data, dict)
            assert isinstance(read(CAYENNE, payload.hex(), port).data, dict)


def test_plain_values_are_taken_as_they_are():
    plain = Codec(kind="none")
    frames = [Frame(codec=plain, data={"P1": 12.5}), Frame(codec=plain, payload=b"\1")]
    taken, without = codecs.decode(frames)
    assert taken.data == {"P1": 12.5}
    assert without.problem == "the message brings no values, and its profile has no codec"
    assert codecs.encode(plain, {"a": 1}).problem


def test_a_mixed_batch_keeps_its_order():
    script = Codec(name="s", source="function decodeUplink(i) { return {data: {n: i.bytes[0]}}; }")
    paused = Codec(name="p", source="while (1) {}", paused="codec paused: it took too long")
    layout = one()
    with CodecPool(workers=1) as pool:
        kinds = [script, CAYENNE, paused, layout, Codec(kind="none"), script]
        frames = [
            Frame(codec=kind, payload=bytes([n, 103, 0, 10]), data={"n": n} if kind.kind == "none" else None)
            for n, kind in enumerate(kinds)
        ]  # fmt: skip
        answers = codecs.decode(frames, pool)
    assert [a.data for a in answers] == [
        {"n": 0},
        {"temperature_1": 1.0},
        {},
        {"v": 3},
        {"n": 4},
        {"n": 5},
    ]
    assert (answers[2].problem, answers[2].fault) == ("codec paused: it took too long", "paused")


def test_a_script_is_encoded_and_put_into_words_behind_the_same_door():
    script = Codec(
        name="s",
        source="function encodeDownlink(i) { return {bytes: [i.data.level], fPort: 10}; }"
        "function decodeDownlink(i) { return {data: {level: i.bytes[0]}}; }",
    )
    with CodecPool(workers=1) as pool:
        encoded = codecs.encode(script, {"level": 7}, pool=pool)
        assert (encoded.payload, encoded.f_port) == (b"\7", 10)
        assert codecs.decode_downlink(script, b"\7", 10, pool).data == {"level": 7}
        assert "SyntaxError" in codecs.unusable(Codec(name="x", source="function ("), pool)
        assert codecs.unusable(Codec(name="y", source="function Decode(p, b) {}"), pool) == ""
