"""Every function that codecs bring: decoding, normalizing, and both ways of downlinks."""

import pytest

from stadtkern.kernel.devices.sandbox import CodecPool, Downlink, Mode, Uplink, Wish


def uplink(source: str, payload: bytes = b"\x2a", mode: Mode = Mode.FRESH) -> Uplink:
    return Uplink(
        codec=str(hash(source)),
        source=source,
        f_port=7,
        payload=payload,
        received="2026-11-22T23:30:00Z",
        mode=mode,
    )


def wish(source: str, data: object, f_port: int | None = 5) -> Wish:
    return Wish(codec=str(hash(source)), source=source, data=data, f_port=f_port)


@pytest.mark.parametrize(
    "source",
    [
        "function encodeDownlink(i) { return {bytes: [i.data.level, i.fPort], fPort: i.fPort}; }",
        "exports.encodeDownlink = (i) => ({bytes: [i.data.level, i.fPort], fPort: i.fPort});",
        "module.exports = {n: 0, encodeDownlink(i) { return {bytes: [i.data.level + this.n, i.fPort], fPort: 5}; }};",
        "function Encode(fPort, obj, variables) { return [obj.level, fPort]; }",
        "function Encoder(obj, port) { return [obj.level, port]; }",
    ],
    ids=["TS013", "exports", "module.exports with this", "ChirpStack 3", "TTN 2"],
)
def test_a_wish_becomes_bytes_whatever_the_encoder_is_called(pool: CodecPool, source: str) -> None:
    [encoded] = pool.encode([wish(source, {"level": 40})])
    assert (encoded.problem, encoded.payload, encoded.f_port) == (None, b"\x28\x05", 5)


@pytest.mark.parametrize(
    ("returned", "problem"),
    [
        ("{bytes: [256]}", "no list of bytes"),
        ("{bytes: [-1]}", "no list of bytes"),
        ("{bytes: [1.5]}", "no list of bytes"),
        ("{bytes: [true]}", "no list of bytes"),
        ("{bytes: 'ff'}", "no list of bytes"),
        ("{}", "no list of bytes"),
        ("7", "no object with bytes"),
        ("null", "no object with bytes"),
        ("{bytes: new Array(243).fill(0)}", "243 bytes; LoRaWAN carries at most 242"),
        ("{bytes: [1], fPort: 0}", "port that is not from 1 to 223"),
        ("{bytes: [1], fPort: 224}", "port that is not from 1 to 223"),
        ("{bytes: [], errors: ['level is 0 to 100']}", "codec reported: level is 0 to 100"),
    ],
)
def test_what_no_network_could_send_is_refused_with_its_reason(
    pool: CodecPool, returned: str, problem: str
) -> None:
    source = f"function encodeDownlink(input) {{ return {returned}; }}"
    [encoded] = pool.encode([wish(source, {})])
    assert problem in (encoded.problem or "")
    assert encoded.payload == b""


def test_a_codec_without_an_encoder_says_so(pool: CodecPool) -> None:
    [encoded] = pool.encode([wish("function decodeUplink(i) { return {data: {}}; }", {})])
    assert encoded.problem == "codec threw: Error: there is no function encodeDownlink"


def test_the_bytes_of_a_downlink_are_put_into_words_again(pool: CodecPool) -> None:
    source = "function decodeDownlink(i) { return {data: {level: i.bytes[0], port: i.fPort}}; }"
    call = Downlink(codec="words", source=source, payload=b"\x28", f_port=9)
    assert pool.decode([call])[0].data == {"level": 40, "port": 9}


NORMALIZING = """
function decodeUplink(input) {
  if (input.bytes[0] === 0) return { data: { t: 1 }, errors: ["broken"] };
  return { data: { t: input.bytes[0] } };
}
"""


@pytest.mark.parametrize(
    ("normalize", "expected", "warnings"),
    [
        ("return { data: { air: { temperature: i.data.t / 2 } } };", [{"air": {"temperature": 21}}], ()),
        ("return { data: [{ battery: 3 }, { battery: 4 }] };", [{"battery": 3}, {"battery": 4}], ()),
        ("return { data: {}, errors: ['no'] };", None, ("normalizeUplink: no",)),
        ("null.x;", None, ("normalizeUplink: TypeError: cannot read property 'x' of null",)),
        ("return 5;", None, ("normalizeUplink: returned no object",)),
        ("i.data.t = 99; return { data: { battery: 1 } };", [{"battery": 1}], ()),
    ],
    ids=["one", "several", "reports an error", "throws", "returns a number", "changes the data"],
)  # fmt: skip
@pytest.mark.parametrize("mode", [Mode.FRESH, Mode.FORCED])
def test_normalizing_never_harms_what_was_decoded(
    pool: CodecPool, mode: Mode, normalize: str, expected: object, warnings: tuple[str, ...]
) -> None:
    source = f"{NORMALIZING} function normalizeUplink(i) {{ {normalize} }}"
    [decoded] = pool.decode([uplink(source, mode=mode)])
    assert decoded.data == {"t": 42}
    assert (decoded.normalized, decoded.warnings) == (expected, warnings)


def test_what_was_not_decoded_is_not_normalized(pool: CodecPool) -> None:
    source = f"{NORMALIZING} function normalizeUplink(i) {{ return {{ data: {{ ran: true }} }}; }}"
    [decoded] = pool.decode([uplink(source, b"\0")])
    assert (decoded.normalized, decoded.reported) == (None, ("broken",))


def test_the_editor_sees_console_time_and_memory(pool: CodecPool) -> None:
    source = (
        "function decodeUplink(i) { console.log('level', 40, {a: [1]}); console.error('two\\nlines');"
        " var big = new Uint8Array(1 << 20); globalThis.kept = big; for (var n = 0; n < 2e5; n++);"
        " return {data: {a: 1}}; }"
    )
    [decoded] = pool.decode([uplink(source, mode=Mode.TRACED)])
    assert decoded.trace is not None
    assert decoded.trace.console == ('level 40 {"a":[1]}', "two lines")
    assert 0.0005 < decoded.trace.seconds < 0.11
    assert 1 << 20 < decoded.trace.memory < 3 << 20
    assert decoded.data == {"a": 1}
    assert pool.decode([uplink(source)])[0].trace is None


@pytest.mark.parametrize("end", ["null.x;", "while (1) {}", "var a = []; while (1) a.push({});"])
def test_the_console_tells_what_was_said_before_the_end(pool: CodecPool, end: str) -> None:
    source = f"function decodeUplink(i) {{\n console.log('here');\n {end} }}"
    [decoded] = pool.decode([uplink(source, mode=Mode.TRACED)])
    assert decoded.problem is not None
    assert decoded.trace is not None
    assert decoded.trace.console == ("here",)


@pytest.mark.parametrize(
    ("statements", "console", "problem"),
    [
        (r"console.log('\ud800'); return {data: {a: '\ud800'}};", ("?",), None),
        (r"console.log('x'); throw new Error('\ud800');", ("x",), "codec threw: Error: "),
        ("console.log('x'); return {data: {t: 'x'.repeat(300000)}};", ("x",), "more than 256 kB"),
        ("console.log('x'); Array.prototype.toJSON = () => { while (1) {} };", (), "100 ms"),
        ("console.log({toString() { while (1) {} }}); return {data: {}};", ("{}",), None),
        ("console.log(Symbol('s'), undefined, null, 5n); return {data: {}};",
         ("Symbol(s) undefined null [bigint]",), None),
        ("var a = {}; a.a = a; console.log(a); return {data: {}};", ("[object]",), None),
    ],
)  # fmt: skip
def test_whatever_is_said_to_the_console_harms_nothing(
    pool: CodecPool, statements: str, console: tuple[str, ...], problem: str | None
) -> None:
    source = f"function decodeUplink(i) {{ {statements} }}"
    [decoded] = pool.decode([uplink(source, mode=Mode.TRACED)])
    assert decoded.trace is not None
    assert decoded.trace.console == console
    assert (problem or "") in (decoded.problem or "")


def test_a_flood_of_console_lines_is_cut(pool: CodecPool) -> None:
    source = "function decodeUplink(i) { for (var n = 0; n < 1000; n++) console.log(n, 'x'.repeat(1000)); return {data: {}}; }"
    [decoded] = pool.decode([uplink(source, mode=Mode.TRACED)])
    assert decoded.trace is not None
    assert len(decoded.trace.console) == 200
    assert max(map(len, decoded.trace.console)) <= 200


@pytest.mark.parametrize("mode", [Mode.FRESH, Mode.FORCED, Mode.TRACED])
@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("\nfunction help() {\n  null.x;\n}\nfunction decodeUplink(i) { help(); }", 3),
        ("function decodeUplink(i) {\n\n\n  throw new RangeError('x'); }", 4),
        ("\nvar none;\nvar broken = none.x;", 3),
        ("function decodeUplink(i) {\n  return [1].map(function (n) {\n return n.x.y; }); }", 3),
        ("function Decoder(b, p) {\n  return Buffer.from(b).readUInt32LE(0); }", 2),
    ],
)
def test_an_error_names_the_codecs_own_line(
    pool: CodecPool, mode: Mode, source: str, line: int
) -> None:
    [decoded] = pool.decode([uplink(source, mode=mode)])
    assert (decoded.problem or "").endswith(f"(line {line})")
