"""Contexts that are used again: faster, and still nothing of one message reaches another."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from stadtkern.kernel.devices.sandbox import CodecPool, Mode, Uplink, prove_stateless
from stadtkern.kernel.devices.sandbox.engine import MESSAGES


def body(statements: str) -> str:
    return "function decodeUplink(input) { " + statements + " }"


def uplink(source: str, payload: bytes = b"\x2a", mode: Mode = Mode.FORCED) -> Uplink:
    return Uplink(
        codec=str(hash(source)), source=source, f_port=7, payload=payload, received="", mode=mode
    )


@pytest.fixture(scope="module")
def alone() -> Iterator[CodecPool]:
    with CodecPool(workers=1) as pool:
        yield pool


# Each leaves something somewhere and looks for it: in a shared context it must find nothing.
MEMORIES = {
    "a variable of its own": "var n = 0;" + body("n += 1; return {data: {n: n}};"),
    "a let of its own": "let n = 0;" + body("n += 1; return {data: {n: n}};"),
    "a table of its own": "const t = {n: 0};" + body("t.n += 1; return {data: t};"),
    "an undeclared variable": body("var before = typeof x; x = 1; return {data: {before}};"),
    "a global property": body("globalThis.n = (globalThis.n || 0) + 1; return {data: {n: n}};"),
    "a numbered property": body("var b = typeof globalThis[3]; globalThis[3] = 1; return {data: {b}};"),
    "a hidden property": body(
        "var s = Symbol.for('n'); var b = typeof globalThis[s]; globalThis[s] = 1; return {data: {b}};"
    ),
    "a fixed property": body(
        "var b = typeof globalThis.fixed; Object.defineProperty(globalThis, 'fixed', {value: 1}); return {data: {b}};"
    ),
    "the prototype of objects": body("var b = typeof {}.left; Object.prototype.left = 1; return {data: {b}};"),
    "the prototype of arrays": body("var b = [].n || 0; Array.prototype.n = b + 1; return {data: {b}};"),
    "a replaced method": body(
        "var b = [1].map(x => x); Array.prototype.map = () => ['mine']; return {data: {b}};"
    ),
    "JSON": body("var b = JSON.n || 0; JSON.n = b + 1; return {data: {b}};"),
    "JSON.stringify": body("JSON.stringify = () => '[{\"data\":{\"mine\":1}}]'; return {data: {a: 1}};"),
    "toJSON on all objects": body("Object.prototype.toJSON = () => 'mine'; return {data: {a: 1}};"),
    "the console": body("var b = console.n || 0; console.n = b + 1; return {data: {b}};"),
    "exports": body("var b = exports.n || 0; exports.n = b + 1; return {data: {b}};"),
    "a prototype of generators": body(
        "var p = Object.getPrototypeOf(function* () {}); var b = p.n || 0; p.n = b + 1; return {data: {b}};"
    ),
    "a prototype of async generators": body(
        "var p = Object.getPrototypeOf(async function* () {}).prototype; var b = p.n || 0; p.n = b + 1; return {data: {b}};"
    ),
    "a prototype of iterators": body(
        "var p = Object.getPrototypeOf([].values()); var b = p.n || 0; p.n = b + 1; return {data: {b}};"
    ),
    "a prototype of regular expressions": body(
        "var p = Object.getPrototypeOf('a'.matchAll(/a/g)); var b = p.n || 0; p.n = b + 1; return {data: {b}};"
    ),
    "typed arrays": body(
        "var p = Object.getPrototypeOf(Int8Array); var b = p.n || 0; p.n = b + 1; return {data: {b}};"
    ),
    "a regular expression": "var r = /a/g;" + body("r.test('aaaa'); return {data: {at: r.lastIndex}};"),
    "the function itself": body(
        "var f = arguments.callee; f.n = (f.n || 0) + 1; return {data: {n: f.n}};"
    ),
    "the level around": "var me = arguments.callee; me.n = (me.n || 0) + 1;" + body("return {data: {n: me.n}};"),
    "an accessor": body(
        "var b = typeof ({}).hidden; try { Object.defineProperty(Object.prototype, 'hidden', {get: () => 1}); } catch (e) {} return {data: {b}};"
    ),
    "the engine's stack hook": (
        "var n = {n: 0};"
        + body(
            "var seen = 'none'; try { null.x; } catch (e) { seen = typeof e.stack; }"
            " Error.prepareStackTrace = () => n; return {data: {seen}};"
        )
    ),
    "the prototype of the world": body(
        "var b = globalThis.mine || 0; Object.setPrototypeOf(globalThis, {mine: 1}); return {data: {b}};"
    ),
    "a frozen world": body("var b = Object.isExtensible(globalThis); Object.freeze(globalThis); return {data: {b}};"),
    "a promise for later": body(
        "var b = typeof globalThis.late; Promise.resolve().then(() => { globalThis.late = 1; }); return {data: {b}};"
    ),
    "an async function": body(
        "var b = typeof globalThis.late; (async () => { await 0; globalThis.late = 1; })(); return {data: {b}};"
    ),
    "a generator left open": "var g = (function* () { for (var n = 0; ; n++) yield n; })();"
    + body("return {data: {n: g.next().value}};"),
    "a tagged template": body(
        "var same = new WeakMap(); function tag(t) { var b = typeof t.n; try { t.n = 1; } catch (e) {} return b; } return {data: {b: tag`x`}};"
    ),
    "a proxy around the world": body(
        "var b = typeof globalThis.p; globalThis.p = new Proxy({}, {deleteProperty() { return false; }}); return {data: {b}};"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MEMORIES)
def test_what_a_message_leaves_behind_the_next_does_not_find(alone: CodecPool, name: str) -> None:
    source = MEMORIES[name]
    answers = alone.decode([uplink(source)] * 6)
    assert len({str(answer) for answer in answers}) == 1
    again = alone.decode([uplink(source, mode=Mode.FORCED)])
    assert again[0] == answers[0]


@pytest.mark.parametrize(
    "way",
    [
        "eval('1')",
        "(0, eval)('var kept = 1')",
        "new Function('return 1')()",
        "(function () {}).constructor('return 1')()",
        "(function* () {}).constructor('yield 1')()",
        "(async function () {}).constructor('return 1')()",
        "Reflect.construct((() => {}).constructor, ['return 1'])",
    ],
)
def test_nothing_runs_outside_the_codecs_own_level(alone: CodecPool, way: str) -> None:
    [decoded] = alone.decode([uplink(body(f"return {{data: {{x: {way}}}}};"))])
    assert "not available where contexts are used again" in (decoded.problem or "")


def test_one_codec_never_meets_another(alone: CodecPool) -> None:
    spoiler = uplink(
        "mark = 1;" + body("globalThis.mark = 1; Array.prototype.mark = 1; return {data: {}};")
    )
    probe = uplink(body("return {data: {a: typeof mark, b: typeof [].mark}};"))
    answers = alone.decode([spoiler, probe] * 20)
    assert {str(answer.data) for answer in answers[1::2]} == {
        "{'a': 'undefined', 'b': 'undefined'}"
    }


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ("while (1) {}", "100 ms"),
        ("null.x;", "codec threw"),
        ("var a = []; while (1) a.push(new Uint8Array(1 << 20));", "16 MB"),
        ("return {data: {toJSON() { while (1) {} }}};", "100 ms"),
    ],
)
def test_after_an_error_the_context_is_a_new_one(alone: CodecPool, bad: str, problem: str) -> None:
    source = body(f"if (input.bytes[0]) {{ {bad} }} return {{data: {{a: 1}}}};")
    good, ill = uplink(source, b"\0"), uplink(source, b"\1")
    answers = alone.decode([good, ill, good, ill, good])
    assert [problem in (answer.problem or "") for answer in answers[1::2]] == [True, True]
    assert [answer.data for answer in answers[::2]] == [{"a": 1}] * 3


def test_what_messages_hoard_is_given_back() -> None:
    # Unfinished business is the one thing that a context cannot be cleaned of.
    source = body(
        "var big = new Uint8Array(300000); Promise.resolve(big).then(() => big); return {data: {}};"
    )
    with CodecPool(workers=1) as pool:
        answers = pool.decode([uplink(source)] * (MESSAGES * 2))
        assert [a.problem for a in answers if a.problem] == []


def test_a_codec_may_override_what_its_objects_inherit(alone: CodecPool) -> None:
    source = body(
        "var o = {}; o.toString = () => 'mine'; o.constructor = 5; var e = new Error('x'); e.name = 'Mine';"
        " e.message = 'other'; return {data: {text: '' + o, c: o.constructor, e: String(e), keys: Object.keys(o)}};"
    )
    fresh, shared = alone.decode([uplink(source, mode=Mode.FRESH), uplink(source)])
    assert fresh.problem is None
    assert shared == fresh


STATEFUL = "var n = 0;" + body("n += 1; return {data: {n: n}};")
COUNTING = "let last = -1;" + body(
    "var b = input.bytes[0], r = {data: {b, last}}; last = b; return r;"
)
EXAMPLES = [
    {"description": str(n), "input": {"fPort": 1, "bytes": [n, n + 1, n + 2]}, "output": {}}
    for n in range(4)
]


@pytest.mark.parametrize(
    ("source", "proven"),
    [
        (body("return {data: {a: input.bytes[0]}};"), True),
        (body("for (i = 0, s = 0; i < input.bytes.length; i++) s += input.bytes[i]; return {data: {s}};"), True),
        ("var table = {0: 'a', 1: 'b'};" + body("return {data: {a: table[input.bytes[0]] || 'c'}};"), True),
        (STATEFUL, True),
        (COUNTING, True),
        (body("return {data: {a: Math.random()}};"), False),
        (body("return {data: {a: new Function('return 1')()}};"), False),
        (body("Array.prototype.first = function () { return this[0]; }; return {data: {a: input.bytes.first()}};"), False),
        (body("throw new Error('always');"), False),
        ("function (", False),
        ("}); leak = 1; (function () {" + body("return {data: {a: 1}};"), False),
    ],
    ids=["plain", "undeclared variables", "a table", "counter", "last value", "random", "makes code",
         "extends arrays", "always throws", "does not load", "breaks out"],
)  # fmt: skip
def test_a_codec_is_proven_stateless_by_its_shuffled_examples(
    alone: CodecPool, source: str, proven: bool
) -> None:
    assert prove_stateless(source, EXAMPLES, alone) is proven


def test_without_examples_nothing_is_proven(alone: CodecPool) -> None:
    plain = body("return {data: {a: 1}};")
    assert prove_stateless(plain, [], alone) is False
    encoder = {"function": "encodeDownlink", "input": {"data": {}}, "output": {"bytes": []}}
    assert prove_stateless(plain, [encoder], alone) is False


def test_sharing_pays_and_gives_the_same(alone: CodecPool) -> None:
    source = "var table = {" + ",".join(f"{n}: 'w{n}'" for n in range(500)) + "};"
    source += body("return {data: {word: table[input.bytes[0]]}};")
    fresh = [uplink(source, bytes([n % 250]), Mode.FRESH) for n in range(400)]
    shared = [replace(one, mode=Mode.SHARED) for one in fresh]
    times = []
    for batch in (fresh, shared):
        began = time.perf_counter()
        answers = alone.decode(batch)
        times.append(time.perf_counter() - began)
        assert [a.data["word"] for a in answers] == [f"w{n % 250}" for n in range(400)]
    assert times[1] < times[0] / 1.5
