"""What a codec is given, what it may look like, and what it may return."""

from collections.abc import Callable

import pytest

from stadtkern.kernel.devices.sandbox import CodecPool, Decoded, Uplink

Decode = Callable[..., Decoded]


def body(statements: str) -> str:
    return "function decodeUplink(input) { " + statements + " }"


def test_a_codec_sees_port_bytes_time_and_variables(decode: Decode) -> None:
    source = body(
        "return {data: {port: input.fPort, sum: input.bytes[0] + input.bytes[1],"
        " isList: Array.isArray(input.bytes), year: input.recvTime.getUTCFullYear(),"
        " minute: input.recvTime.getUTCMinutes(), height: input.variables.height}};"
    )
    decoded = decode(source, b"\x01\xff", variables={"height": "4.5"})
    assert decoded.problem is None
    assert decoded.data == {
        "port": 7, "sum": 256, "isList": True, "year": 2026, "minute": 30, "height": "4.5",
    }  # fmt: skip


def test_variables_are_an_empty_object_by_default(decode: Decode) -> None:
    assert decode(body("return {data: input.variables};")).data == {}


@pytest.mark.parametrize(
    "source",
    [
        "function decodeUplink(i) { return {data: {port: i.fPort, byte: i.bytes[0]}}; }",
        "const decodeUplink = (i) => ({data: {port: i.fPort, byte: i.bytes[0]}});",
        "exports.decodeUplink = (i) => ({data: {port: i.fPort, byte: i.bytes[0]}});",
        "module.exports = {decodeUplink(i) { return {data: {port: i.fPort, byte: i.bytes[0]}}; }};",
        "function Decode(fPort, bytes, variables) { return {port: fPort, byte: bytes[0]}; }",
        "function Decoder(bytes, port) { return {port: port, byte: bytes[0]}; }",
    ],
    ids=["TS013", "TS013 const", "exports", "module.exports", "ChirpStack 3", "TTN 2"],
)
def test_every_customary_entry_point_works(decode: Decode, source: str) -> None:
    assert decode(source).data == {"port": 7, "byte": 42}


def test_sloppy_scripts_run(decode: Decode) -> None:
    source = body("total = 010; for (i = 0; i < 2; i++) total += i; return {data: {total: total}};")
    assert decode(source).data == {"total": 9}


def test_console_is_silent_and_harmless(decode: Decode) -> None:
    assert decode(body("console.log('x'); console.error(1); return {data: {a: 1}};")).data == {
        "a": 1
    }


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Buffer.from([1, 2, 255]).toString('hex')", "0102ff"),
        ("Buffer.from('fffe', 'hex').readInt16BE(0)", -2),
        ("Buffer.from('fffe', 'hex').readUInt16LE(0)", 0xFEFF),
        ("Buffer.from('00000080', 'hex').readUInt32LE(0)", 0x80000000),
        ("Buffer.from([0, 200]).readInt8(1)", -56),
        ("Buffer.from([0, 200]).readUint8(1)", 200),
        ("Buffer.from('3f800000', 'hex').readFloatBE()", 1.0),
        ("Buffer.from([9, 1, 2, 9]).slice(1, 3).readUInt16BE(0)", 0x0102),
        ("Buffer.from('Höhe').toString()", "Höhe"),
    ],
)
def test_a_small_buffer_is_there(decode: Decode, expression: str, expected: object) -> None:
    assert decode(body(f"return {{data: {{value: {expression}}}}};")).data == {"value": expected}


def test_nothing_of_one_message_is_left_for_the_next(pool: CodecPool) -> None:
    source = "seen = 0;" + body("seen += 1; Array.prototype.x = seen; return {data: {seen: seen}};")
    more = body("return {data: {seen: typeof seen, x: typeof [].x}};")
    mixed = [message(source), message(source), message(more), message(source)] * 3
    fresh = {"seen": "undefined", "x": "undefined"}
    seen = [decoded.data for decoded in pool.decode(mixed)]
    assert seen == [{"seen": 1}, {"seen": 1}, fresh, {"seen": 1}] * 3


def test_results_keep_the_order_of_the_batch(pool: CodecPool) -> None:
    source = body("return {data: {first: input.bytes[0]}};")
    batch = [message(source, bytes([number % 256])) for number in range(500)]
    assert [d.data["first"] for d in pool.decode(batch)] == [n % 256 for n in range(500)]


def test_more_codecs_than_a_worker_remembers_still_decode(pool: CodecPool) -> None:
    batch = [message(body(f"return {{data: {{n: {n}}}}};")) for n in range(200)] * 2
    assert [decoded.data["n"] for decoded in pool.decode(batch)] == list(range(200)) * 2


def test_a_corrected_source_under_the_same_name_is_used(pool: CodecPool) -> None:
    results = []
    for answer in (1, 2):
        source = body(f"return {{data: {{answer: {answer}}}}};")
        uplink = Uplink(codec="same", source=source, f_port=1, payload=b"", received="")
        results.append(pool.decode([uplink])[0].data)
    assert results == [{"answer": 1}, {"answer": 2}]


def test_warnings_come_along_with_the_data(decode: Decode) -> None:
    decoded = decode(body("return {data: {a: 1}, warnings: ['low battery', {code: 3}]};"))
    assert (decoded.data, decoded.problem) == ({"a": 1}, None)
    assert decoded.warnings == ("low battery", '{"code":3}')


def test_text_that_a_database_cannot_store_is_mended(decode: Decode) -> None:
    decoded = decode(
        body(r"return {data: {name: 'AB\0\0', half: '\ud800', pair: '\ud83d\ude97'}};")
    )
    assert decoded.data == {"name": "AB\ufffd\ufffd", "half": "\ufffd", "pair": "\U0001f697"}


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (body("\nnull.x;"), "codec threw: TypeError: cannot read property 'x' of null (line 2)"),
        ("\n\nfunction (", "codec threw: SyntaxError: function name expected (line 3)"),
        (body("throw 'plain words';"), "codec threw: plain words"),
        (body("\n\nBuffer.from([1]).readUInt32LE(0);"), "(line 3)"),
        ("var nothing = 1;", "codec threw: Error: there is no function decodeUplink"),
        (body("return {errors: ['wrong port', 'again']};"), "codec reported: wrong port; again"),
        (body("return {data: {}, errors: 'once'};"), "codec reported: once"),
        (body("return {temperature: 1};"), "returned no data object"),
        (body("return {data: [1]};"), "returned no data object"),
        (body(""), "returned no data object"),
        (body("return 5;"), "returned no data object"),
        (body("return {data: {n: 5n}};"), "codec threw: TypeError: "),
        (body("var a = {}; a.a = a; return {data: a};"), "codec threw: TypeError: circular"),
        (body("var d = {}; for (i = 0; i < 25; i++) d = {d: d}; return {data: d};"), "20 levels"),
        (body("return {data: {t: 'x'.repeat(300000)}};"), "returned more than 256 kB"),
        ("//" + "x" * 131_072, "codec is longer than 128 kB"),
    ],
)
def test_what_went_wrong_is_said_in_a_sentence(decode: Decode, source: str, problem: str) -> None:
    decoded = decode(source)
    assert decoded.problem is not None
    assert problem in decoded.problem
    assert len(decoded.problem) <= 300
    assert decoded.data == {}


def message(source: str, payload: bytes = b"\x2a") -> Uplink:
    return Uplink(
        codec=str(hash(source)), source=source, f_port=7, payload=payload, received="2026-11-22"
    )
