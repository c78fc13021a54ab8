"""The worker process: runs one codec after another, each message in a fresh context.

Started as `python -I -S child.py <engine>` with an empty environment. It imports nothing of ours
and no more of the standard library than it needs, so that it stays small.
"""

import os
import re
import resource
import signal
import struct
import sys
import time
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from typing import Any, BinaryIO

SECONDS = 0.1
HEAP = 16 * 1024 * 1024
STACK = 512 * 1024
ADDRESS_SPACE = 512 * 1024 * 1024
OPEN_FILES = 8
LARGEST_RESULT = 256 * 1024
# Should our parent be gone while a native loop runs, the kernel ends us.
LAST_RESORT = 15.0

REQUEST = struct.Struct(">cHI")  # kind, length of the codec's name, length of the body
REPLY = struct.Struct(">cdI")  # kind, CPU seconds used so far, length of the body
LEARN, FORGET, RUN = b"L", b"F", b"R"
RESULT, PROBLEM = b"J", b"P"

FRAME = re.compile(r"<input>:(\d+)")


class Engine:
    """The JavaScript engine with the text that is evaluated around every codec."""

    def __init__(self, library: str) -> None:
        here = os.path.dirname(os.path.abspath(__file__))
        self.quickjs = load(library)
        self.prelude = read(os.path.join(here, "prelude.js"))
        self.buffer = read(os.path.join(here, "buffer.js"))

    def surroundings(self, source: str) -> str:
        # They begin below the codec's last line, so that a line number tells whose line it is.
        below = "\n" * lines(source)
        return below + (self.buffer if "Buffer" in source else "") + self.prelude

    def decode(self, source: str, message: str) -> str | None:
        context = self.quickjs.Context()
        context.set_memory_limit(HEAP)
        context.set_max_stack_size(STACK)
        context.set_time_limit(SECONDS)
        started = time.process_time()
        run = context.eval(self.surroundings(source))
        context.eval(source)
        # The limit counts anew with each call; loading and decoding share one allowance.
        context.set_time_limit(max(SECONDS - (time.process_time() - started), 0.001))
        result = run(message)
        return result if isinstance(result, str) else None

    def answer(self, source: str, message: str) -> tuple[bytes, bytes]:
        try:
            result = self.decode(source, message)
        except (self.quickjs.JSException, MemoryError) as error:
            return PROBLEM, sentence(str(error), lines(source)).encode(errors="replace")
        if result is None:
            return PROBLEM, b"returned no data object"
        body = result.encode(errors="replace")
        if len(body) > LARGEST_RESULT:
            return PROBLEM, b"returned more than %d kB" % (LARGEST_RESULT // 1024)
        return RESULT, body


def load(library: str) -> Any:
    # Loaded by its path: site-packages is not on ours.
    loader = ExtensionFileLoader("_quickjs", library)
    spec = ModuleSpec("_quickjs", loader, origin=library)
    module = loader.create_module(spec)
    loader.exec_module(module)
    return module


def read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def lines(source: str) -> int:
    return source.count("\n") + 1


def sentence(error: str, last_line: int) -> str:
    """An engine's error in words. Out of memory has no text: there was no room for one."""
    if error.startswith("InternalError: interrupted"):
        return f"stopped after {SECONDS * 1000:.0f} ms"
    if error.startswith("InternalError: out of memory") or error.strip() in ("", "null"):
        return f"more than {HEAP // 1024 // 1024} MB of memory"
    message, _, stack = error.partition("\n    at ")
    message = " ".join(message.removesuffix("\nundefined").split())[:200]
    numbers = (int(number) for number in FRAME.findall(stack))
    line = next((number for number in numbers if number <= last_line), None)
    return f"codec threw: {message}" + (f" (line {line})" if line else "")


def confine() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    if sys.platform != "darwin":  # which refuses this one
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


def serve(engine: Engine, requests: BinaryIO, replies: BinaryIO) -> None:
    """Answers in the order of asking until the parent closes the pipe or is gone."""
    sources: dict[bytes, str] = {}
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        kind, key_length, body_length = REQUEST.unpack(head)
        key, body = requests.read(key_length), requests.read(body_length)
        if kind == LEARN:
            sources[key] = body.decode()
        elif kind == FORGET:
            del sources[key]
        else:
            signal.setitimer(signal.ITIMER_REAL, LAST_RESORT)
            outcome, text = engine.answer(sources[key], body.decode())
            signal.setitimer(signal.ITIMER_REAL, 0)
            replies.write(REPLY.pack(outcome, time.process_time(), len(text)) + text)
            replies.flush()


if __name__ == "__main__":
    engine = Engine(sys.argv[1])
    confine()
    serve(engine, sys.stdin.buffer, sys.stdout.buffer)
