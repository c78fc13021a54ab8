"""JavaScript in the worker process: contexts, their limits, and errors in words.

It imports nothing of ours and no more of the standard library than it needs: the process stays
small, and site-packages is not on its path.
"""

import os
import re
import time
from json import dumps, loads
from typing import Any

SECONDS = 0.1
HEAP = 16 * 1024 * 1024
STACK = 512 * 1024
LARGEST_RESULT = 256 * 1024
TOO_LARGE = f"returned more than {LARGEST_RESULT // 1024} kB"
# Contexts made while nothing else is to be done, so that a message finds one ready.
STOCK = 4
# Contexts that are used again: how many at once, for how many messages, and up to which size.
KEPT = 64
MESSAGES = 1000
LOOK_EVERY = 50
GROWN = 4 * 1024 * 1024
# Making one takes as long as about ten messages: it is made for a codec that keeps coming, and not
# soon for one that throws.
PAYS_AFTER = 10
SPOILED = -200

FRAME = re.compile(r"at (?:(\S+) \()?<input>:(\d+)")
OURS = "host_"
FUNCTIONS = (
    "decodeUplink",
    "normalizeUplink",
    "encodeDownlink",
    "decodeDownlink",
    "Decode",
    "Decoder",
    "Encode",
    "Encoder",
)
OWN = ", ".join(f'{name}: typeof {name} === "function" && {name}' for name in FUNCTIONS)
HERE = os.path.dirname(os.path.abspath(__file__))


class Stopped(Exception):
    """The engine stopped a codec, or the codec threw; `fault` is time, memory or nothing."""

    def __init__(self, sentence: str, fault: str = "") -> None:
        super().__init__(sentence)
        self.fault = fault


class Kept:
    """A context that is used again."""

    __slots__ = ("context", "run", "used")

    def __init__(self, context: Any, run: Any) -> None:
        self.context = context
        self.run = run
        self.used = 0

    def worn(self) -> bool:
        """Whether it has done enough; what a message may hoard is given back with its context."""
        self.used += 1
        if self.used % LOOK_EVERY:
            return False
        return self.used >= MESSAGES or self.context.memory()["malloc_size"] > GROWN


class Engine:
    """Runs codecs, each message in a fresh context or in one that is used again."""

    def __init__(self, quickjs: Any, wire: Any) -> None:
        self.quickjs = quickjs
        self.wire = wire
        self.prelude = read("prelude.js").replace("OWN;", f"{{{OWN}}};")
        self.compartment = read("compartment.js")
        self.buffer = read("buffer.js")
        self.stock: list[tuple[Any, Any]] = []
        self.kept: dict[bytes, Kept] = {}
        self.wanted: dict[bytes, int] = {}

    def answer(
        self, kind: bytes, codec: bytes, source: str, function: str, given: str
    ) -> tuple[bytes, bytes]:
        """Kind and body of the reply to one call."""
        if kind == self.wire.TRACED:
            return self.wire.TRACE, dumps(self.traced(source, function, given)).encode()
        try:
            if kind == self.wire.FRESH or not self._pays(codec, kind == self.wire.FORCED):
                result = self.run(source, function, given)
            else:
                result = self.again(codec, source, function, given)
        except Stopped as stopped:
            self.wanted[codec] = SPOILED
            kinds = {"time": self.wire.TIME, "memory": self.wire.MEMORY}
            sentence = str(stopped).encode(errors="replace")
            return kinds.get(stopped.fault, self.wire.PROBLEM), sentence
        body = result.encode(errors="replace")
        if len(body) > LARGEST_RESULT:
            return self.wire.PROBLEM, TOO_LARGE.encode()
        return self.wire.RESULT, body

    def forget(self, codec: bytes) -> None:
        """The codec is not known any more, or by another source."""
        self.kept.pop(codec, None)
        self.wanted.pop(codec, None)

    def _pays(self, codec: bytes, forced: bool) -> bool:
        if forced or codec in self.kept:
            return True
        self.wanted[codec] = self.wanted.get(codec, 0) + 1
        return self.wanted[codec] > PAYS_AFTER

    def prepare(self) -> bool:
        """Make one context in advance; False where there are enough."""
        if len(self.stock) >= STOCK:
            return False
        self.stock.append(self._make())
        return True

    def run(self, source: str, call: str, given: str) -> str:
        """The result of one call in a fresh context, as JSON text."""
        context, host = self._ready(source)
        result = self._guarded(source, lambda: self._call(context, host, source, call, given))
        return result if isinstance(result, str) else "[]"

    def again(self, key: bytes, source: str, call: str, given: str) -> str:
        """As `run`, in the context that this codec's messages share."""
        kept = self.kept.pop(key, None)
        if kept is None:
            kept = self._keep(source)
        running = kept
        # A context in which something went wrong is not put back.
        answer = self._guarded(source, lambda: running.run(call, given))
        if self._guarded(source, lambda: running.run("clean", "")) and not kept.worn():
            self._put_back(key, kept)
        return answer if isinstance(answer, str) else "[]"

    def traced(self, source: str, call: str, given: str) -> dict[str, Any]:
        """One call with what the console was told, CPU seconds, and bytes held afterwards."""
        context, host = self._ready(source)
        host("listen")
        began = time.process_time()
        told: dict[str, Any] = {}
        try:
            result = self._guarded(source, lambda: self._call(context, host, source, call, given))
            told["body"] = whole(result) if isinstance(result, str) else "[]"
            if len(told["body"]) > LARGEST_RESULT:
                told |= {"problem": TOO_LARGE, "fault": ""}
                del told["body"]
        except Stopped as stopped:
            told |= {"problem": whole(str(stopped)), "fault": stopped.fault}
        told["seconds"] = time.process_time() - began
        told["memory"] = context.memory()["malloc_size"]
        told["console"] = self._heard(context, host)
        return told

    def _heard(self, context: Any, host: Any) -> list[str]:
        # Room for the lines where the codec has left none.
        context.set_memory_limit(2 * HEAP)
        context.set_time_limit(SECONDS)
        try:
            heard = loads(host("heard"))
        except (self.quickjs.JSException, MemoryError, TypeError, ValueError):
            return []
        lines = heard if isinstance(heard, list) else []
        return [whole(line) for line in lines if isinstance(line, str)]

    def _make(self) -> tuple[Any, Any]:
        context = self.quickjs.Context()
        context.set_memory_limit(HEAP)
        context.set_max_stack_size(STACK)
        return context, context.eval(self.prelude)

    def _ready(self, source: str) -> tuple[Any, Any]:
        context, host = self.stock.pop() if self.stock else self._make()
        if "Buffer" in source:
            # Below the codec's last line, so that a line number tells whose line it is.
            context.eval("\n" * lines(source) + self.buffer)
        return context, host

    def _call(self, context: Any, host: Any, source: str, call: str, given: str) -> Any:
        context.set_time_limit(SECONDS)
        began = time.process_time()
        context.eval(source)
        # The limit counts anew with each call; loading and decoding share one allowance.
        context.set_time_limit(max(SECONDS - (time.process_time() - began), 0.001))
        return host("run", call, given)

    def _keep(self, source: str) -> Kept:
        context, host = self._ready(source)
        context.set_time_limit(SECONDS)
        prepare = context.eval(self.compartment)
        # On the codec's first line too, so that its lines keep their numbers.
        wrapped = (
            "(function (module, exports) { return (function () {"
            f"{source}\n;return {{{OWN}}}; }})(); }})"
        )
        codec = self._guarded(source, lambda: context.eval(wrapped))
        return Kept(context, prepare(host, codec))

    def _put_back(self, key: bytes, kept: Kept) -> None:
        self.kept[key] = kept
        if len(self.kept) > KEPT:
            oldest = next(iter(self.kept))
            del self.kept[oldest]
            self.wanted.pop(oldest, None)

    def _guarded(self, source: str, work: Any) -> Any:
        try:
            return work()
        except (self.quickjs.JSException, MemoryError) as error:
            raise stopped(str(error), lines(source)) from None
        except TypeError:  # a value of a kind that does not exist in Python
            raise Stopped("returned something that is not readable JSON") from None


def stopped(error: str, last_line: int) -> Stopped:
    """An engine's error in words. Out of memory has no text: there was no room for one."""
    if error.startswith("InternalError: interrupted"):
        return Stopped(f"stopped after {SECONDS * 1000:.0f} ms", "time")
    if error.startswith("InternalError: out of memory") or error.strip() in ("", "null"):
        return Stopped(f"more than {HEAP // 1024 // 1024} MB of memory", "memory")
    message, _, stack = error.partition("\n    at ")
    message = " ".join(message.removesuffix("\nundefined").split())[:200]
    line = first_line("at " + stack, last_line)
    return Stopped(f"codec threw: {message}" + (f" (line {line})" if line else ""))


def first_line(stack: str, last_line: int) -> int | None:
    """The innermost line of the codec itself."""
    for name, number in FRAME.findall(stack):
        if not name.startswith(OURS) and int(number) <= last_line:
            return int(number)
    return None


def whole(text: str) -> str:
    """Without half surrogate pairs, which no encoder takes."""
    return text.encode(errors="replace").decode()


def read(name: str) -> str:
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


def lines(source: str) -> int:
    return source.count("\n") + 1
