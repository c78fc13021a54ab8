"""Hostile and broken codecs: each is stopped with a reason and hurts none of its neighbours."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest

from stadtkern.kernel.devices.sandbox import CodecPool, Mode, Uplink, strikes

WELL = "function decodeUplink(input) { return {data: {first: input.bytes[0]}}; }"
TIME, MEMORY, KILLED = "stopped after 100 ms", "more than 16 MB of memory", "killed after 0.5 s"
NO_DATA = "returned no data object"


def body(statements: str) -> str:
    return "function decodeUplink(input) { " + statements + " }"


ATTACKS = {
    "endless loop at load": ("while (1) {}", TIME),
    "endless loop in the call": (body("while (1) {}"), TIME),
    "endless finally": (body("for (;;) { try { for (;;) {} } finally { continue; } }"), TIME),
    "endless loop in a getter": (body("return {data: {get a() { while (1) {} }}};"), TIME),
    "endless loop in toJSON": (body("return {data: {toJSON() { while (1) {} }}};"), TIME),
    "endless promise": (body("const p = () => Promise.resolve().then(p); p(); while(1) {}"), TIME),
    "catastrophic regular expression": (body("/^(a+)+$/.test('a'.repeat(40) + '!');"), TIME),
    "array bomb": (body("var a = []; while (1) a.push('x'.repeat(1000) + a.length);"), MEMORY),
    "string bomb": (body("var s = 'x'; while (1) s += s;"), None),
    "typed array bomb": (body("var a = []; while (1) a.push(new Uint8Array(1 << 20));"), MEMORY),
    "one huge typed array": (body("new Uint8Array(1e9);"), MEMORY),
    "bomb at load": ("var a = []; while (1) a.push(new Float64Array(1 << 16));", MEMORY),
    "deep recursion": (body("return decodeUplink(input);"), "codec threw: RangeError"),
    "search in a huge length": (body("[].indexOf.call({length: 2 ** 45}, 1);"), TIME),
    "join of a huge array": (body("new Array(4e9).join('');"), KILLED),
    "doubling JSON": (body("x = []; for (i = 40; i; i--) x = [x, x]; return {data: {x}};"), None),
    "deeply nested JSON text": (body("JSON.parse('['.repeat(5e6));"), None),
    "poisoned toJSON": (body("Object.prototype.toJSON = () => 'a'; return {data: {}};"), NO_DATA),
    "Proxy as the result": (body("return new Proxy({}, {get() { while (1) {} }});"), TIME),
    "Proxy as the data": (
        body("return {data: new Proxy({}, {ownKeys() { while (1) {} }})};"), TIME
    ),
    "getter of errors": (body("return {data: {}, get errors() { while (1) {} }};"), TIME),
    "generator without end": (
        body("function* g() { while (1) yield 1; } return {data: {all: [...g()]}};"), None
    ),
    "iterator without end": (
        body("return {data: Array.from({[Symbol.iterator]: () => ({next: () => ({value: 1})})})};"),
        None,
    ),
    "sort that never ends": (body("[1, 2].sort(() => { while (1) {} });"), TIME),
    "coercion that never ends": (body("return {data: {a: '' + {toString() { while (1) {} }}}};"), TIME),
    "deep recursion in JSON": (
        body("var d = {}; for (i = 0; i < 1e5; i++) d = {d: d}; return {data: d};"), "codec threw: RangeError"
    ),
    "huge repeat": (body("return {data: {t: 'x'.repeat(2 ** 29)}};"), None),
    "huge padding": (body("return {data: {t: 'x'.padEnd(2 ** 29)}};"), None),
    "replace that grows": (body("var s = 'x'.repeat(1e6); s.replace(/x/g, s);"), None),
    "BigInt bomb": (body("var n = 3n; while (1) n = n * n;"), None),
    "many properties": (body("var o = {}; for (i = 0; ; i++) o['k' + i] = i;"), None),
    "many globals": (body("for (i = 0; ; i++) globalThis['k' + i] = i;"), None),
    "nested regular expression": (body("/(x+x+)+y/.test('x'.repeat(60));"), TIME),
    "sparse array": (body("var a = []; a[4294967294] = 1; return {data: {a: a.map(String)}};"), None),
    "poisoned stringify": ("JSON.stringify = () => { while (1) {} };" + body("return 1;"), NO_DATA),
}  # fmt: skip


@pytest.fixture(scope="module")
def attacked() -> Iterator[CodecPool]:
    with CodecPool(workers=2, patience=0.5) as pool:
        yield pool


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_stopped_and_its_neighbours_decode(attacked: CodecPool, name: str) -> None:
    source, problem = ATTACKS[name]
    batch = [message(WELL, bytes([n])) for n in range(6)]
    batch.insert(3, message(source))
    started = time.monotonic()
    results = attacked.decode(batch)
    bad = results.pop(3)
    assert bad.problem is not None
    assert bad.data == {}
    assert problem is None or problem in bad.problem
    assert [result.data for result in results] == [{"first": n} for n in range(6)]
    assert time.monotonic() - started < 60


def test_all_attacks_in_one_batch_leave_every_good_message_alone(attacked: CodecPool) -> None:
    batch = []
    for number, (source, _) in enumerate(ATTACKS.values()):
        batch += [message(source), message(WELL, bytes([number]))]
    results = attacked.decode(batch)
    assert all(result.problem for result in results[::2])
    assert [result.data["first"] for result in results[1::2]] == list(range(len(ATTACKS)))


def test_attacks_are_stopped_as_well_where_contexts_are_used_again(attacked: CodecPool) -> None:
    batch = []
    for number, (source, _) in enumerate(ATTACKS.values()):
        well = message(WELL, bytes([number]))
        batch += [replace(message(source), mode=Mode.FORCED), replace(well, mode=Mode.FORCED)]
    results = attacked.decode(batch)
    # Where prototypes are frozen, poisoning them does nothing.
    harmless = {"poisoned toJSON"}
    unstopped = [n for n, r in zip(ATTACKS, results[::2], strict=True) if not r.problem]
    assert set(unstopped) <= harmless
    assert [result.data["first"] for result in results[1::2]] == list(range(len(ATTACKS)))


def test_a_codec_that_has_to_be_killed_again_and_again_is_paused() -> None:
    bomb, well = message(ATTACKS["join of a huge array"][0]), message(WELL, b"\x05")
    with CodecPool(workers=2, patience=0.3) as pool:
        batch = [bomb if n % 2 else well for n in range(80)]
        started = time.monotonic()
        results = pool.decode(batch)
        assert time.monotonic() - started < 120
        assert [r.data for r in results[::2]] == [{"first": 5}] * 40
        faults = [r.fault for r in results[1::2]]
        assert faults.count("killed") <= 4  # a worker each may be at it when the third one falls
        assert faults.count("paused") >= 36
        reasons = {r.problem or "" for r in results[1::2] if r.fault == "paused"}
        assert all("its process had to be killed, " in reason for reason in reasons)
        assert list(pool.strikes.all()) == [bomb.codec]


def test_a_codec_that_only_sometimes_fails_is_never_paused() -> None:
    source = body("if (input.bytes[0]) { var a = []; while (1) a.push(new Uint8Array(1 << 20)); }"
                  " return {data: {first: 0}};")  # fmt: skip
    with CodecPool(workers=1) as pool:
        results = pool.decode([message(source, bytes([n % 10 != 0])) for n in range(200)])
        assert {r.fault for r in results} == {"", "memory"}
        assert pool.strikes.all() == {}


def test_a_paused_codec_is_tried_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(strikes.time, "monotonic", lambda: now[0])
    counted = strikes.Strikes()
    for _ in range(3):
        counted.note("a", "killed")
    assert counted.paused("a") == "codec paused: its process had to be killed, 3 times in a row"
    assert counted.paused("b") == ""
    now[0] += strikes.REST + 1
    assert counted.paused("a") == ""
    counted.note("a", "time")
    assert counted.paused("a")
    now[0] += strikes.REST + 1
    assert counted.paused("a") == ""
    counted.note("a", "")
    counted.note("a", "killed")
    assert counted.paused("a") == ""


@pytest.mark.parametrize(
    "name",
    ["require", "process", "python", "std", "os", "print", "scriptArgs", "bjson", "fetch",
     "XMLHttpRequest", "WebSocket", "Worker", "setTimeout", "Deno", "Bun", "WebAssembly"],
)  # fmt: skip
def test_the_host_is_out_of_reach(attacked: CodecPool, name: str) -> None:
    for reach in (f"typeof {name}", f"typeof new Function('return this')().{name}"):
        [decoded] = attacked.decode([message(body(f"return {{data: {{kind: {reach}}}}};"))])
        assert decoded.data == {"kind": "undefined"}


def test_modules_cannot_be_imported(attacked: CodecPool) -> None:
    source = "var got = 'none'; import('os').then(() => { got = 'os'; }, () => { got = 'no'; });"
    [decoded] = attacked.decode([message(source + body("return {data: {got: got}};"))])
    assert decoded.data in ({"got": "none"}, {"got": "no"}) or decoded.problem


def test_workers_do_not_grow() -> None:
    memory_bomb = message(ATTACKS["array bomb"][0])
    huge = message(ATTACKS["one huge typed array"][0])
    with CodecPool(workers=1) as pool:
        pool.decode([memory_bomb, huge] + [message(WELL)] * 100)
        before = resident(pool)
        pool.decode([memory_bomb, huge] * 10 + [message(WELL)] * 1000)
        assert len(before) == 1
        assert resident(pool).keys() == before.keys()
        assert sum(resident(pool).values()) < sum(before.values()) + 4_000_000
        assert sum(resident(pool).values()) < 48_000_000


def test_a_worker_killed_from_outside_costs_no_message() -> None:
    slow = message(body("var n = 0; while (n < 2e5) n++; return {data: {n: n}};"))
    with CodecPool(workers=2) as pool:
        first = pool.pids()
        killer = threading.Timer(0.2, lambda: kill(first))
        killer.start()
        results = pool.decode([slow] * 400)
        killer.join()
        assert [result.problem for result in results] == [None] * 400
        assert not set(first) & set(pool.pids())


def test_a_worker_killed_while_idle_is_replaced_unnoticed() -> None:
    with CodecPool(workers=1) as pool:
        pool.decode([message(WELL)])
        os.kill(pool.pids()[0], signal.SIGKILL)
        time.sleep(0.1)
        assert pool.decode([message(WELL, b"\x05")])[0].data == {"first": 5}


def test_an_interrupted_batch_leaves_nothing_behind() -> None:
    slow = message(body("var n = 0; while (n < 2e5) n++; return {data: {first: 'old'}};"))
    with CodecPool(workers=2) as pool:
        previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            pool.decode([slow] * 1000)
        signal.signal(signal.SIGALRM, previous)
        results = pool.decode([message(WELL, bytes([number])) for number in range(20)])
        assert [result.data["first"] for result in results] == list(range(20))


def test_a_closed_pool_says_so() -> None:
    pool = CodecPool(workers=1)
    pool.close()
    assert pool.decode([]) == []
    with pytest.raises(RuntimeError, match="closed"):
        pool.decode([message(WELL)])


def test_threads_share_a_pool(attacked: CodecPool) -> None:
    results: dict[int, list[object]] = {}

    def run(number: int) -> None:
        batch = [message(WELL, bytes([number]))] * 50
        results[number] = [decoded.data["first"] for decoded in attacked.decode(batch)]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: [number] * 50 for number in range(5)}


def test_workers_end_with_their_parent_and_see_no_environment() -> None:
    program = (
        "import os, time\n"
        "from stadtkern.kernel.devices.sandbox import CodecPool\n"
        "pool = CodecPool(workers=2); print(*pool.pids(), flush=True); time.sleep(60)\n"
    )
    environment = {**os.environ, "SECRET": "x"}
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert parent.stdout
    with parent:
        workers = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        assert [worker.environ() for worker in workers] == [{}, {}]
        parent.kill()
    gone, alive = psutil.wait_procs(workers, timeout=30)
    assert (len(gone), alive) == (2, [])


def test_a_closed_pool_leaves_no_process() -> None:
    pool = CodecPool(workers=2)
    pids = pool.pids()
    pool.close()
    assert not any(psutil.pid_exists(pid) for pid in pids)


def kill(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def message(source: str, payload: bytes = b"\x2a") -> Uplink:
    return Uplink(
        codec=str(hash(source)), source=source, f_port=7, payload=payload, received="2026-11-22"
    )


def resident(pool: CodecPool) -> dict[int, int]:
    return {pid: psutil.Process(pid).memory_info().rss for pid in pool.pids()}
