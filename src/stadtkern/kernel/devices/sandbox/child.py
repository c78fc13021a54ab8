"""The worker process: runs one codec after another.

Started as `python -I -S child.py <engine>` with an empty environment. It imports nothing of ours
but the two files beside it, and no more of the standard library than it needs.
"""

import os
import resource
import select
import signal
import sys
import time
from importlib.machinery import ExtensionFileLoader, ModuleSpec, SourceFileLoader
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stadtkern.kernel.devices.sandbox import engine as engine_module

ADDRESS_SPACE = 512 * 1024 * 1024
OPEN_FILES = 8
CHUNK = 65536
# Should our parent be gone while a native loop runs, the kernel ends us.
LAST_RESORT = 15.0


class Requests:
    """What the parent asks, read from its pipe as it comes."""

    def __init__(self, pipe: int, wire: Any) -> None:
        self.pipe = pipe
        self.wire = wire
        self.buffer = bytearray()

    def waiting(self) -> bool:
        """Whether there is something to be read at once."""
        return bool(self.buffer) or bool(select.select([self.pipe], [], [], 0)[0])

    def next(self) -> tuple[bytes, bytes, str, bytes] | None:
        """Kind, codec, function and body; None at the end."""
        if (head := self._take(self.wire.REQUEST.size)) is None:
            return None
        kind, codec_length, function_length, body_length = self.wire.REQUEST.unpack(head)
        rest = self._take(codec_length + function_length + body_length)
        if rest is None:
            return None
        body_at = codec_length + function_length
        return kind, rest[:codec_length], rest[codec_length:body_at].decode(), rest[body_at:]

    def _take(self, length: int) -> bytes | None:
        while len(self.buffer) < length:
            chunk = os.read(self.pipe, CHUNK)
            if not chunk:
                return None
            self.buffer += chunk
        taken = bytes(self.buffer[:length])
        del self.buffer[:length]
        return taken


def serve(engine: "engine_module.Engine", wire: Any, requests: Requests, replies: int) -> None:
    """Answers in the order of asking until the parent closes the pipe or is gone."""
    sources: dict[bytes, str] = {}
    while True:
        while not requests.waiting() and engine.prepare():
            pass
        if (request := requests.next()) is None:
            return
        kind, codec, function, body = request
        if kind == wire.LEARN:
            sources[codec] = body.decode()
            engine.forget(codec)
        elif kind == wire.FORGET:
            del sources[codec]
            engine.forget(codec)
        else:
            signal.setitimer(signal.ITIMER_REAL, LAST_RESORT)
            outcome, text = engine.answer(kind, codec, sources[codec], function, body.decode())
            signal.setitimer(signal.ITIMER_REAL, 0)
            write(replies, wire.REPLY.pack(outcome, time.process_time(), len(text)) + text)


def write(pipe: int, reply: bytes) -> None:
    while reply:
        reply = reply[os.write(pipe, reply) :]


def sibling(name: str) -> Any:
    """A module beside this file, loaded by its path: nothing of ours is on the path."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    return loaded(SourceFileLoader(name, path), path)


def library(path: str) -> Any:
    """The JavaScript engine; site-packages is not on the path either."""
    return loaded(ExtensionFileLoader("_quickjs", path), path)


def loaded(loader: Any, path: str) -> Any:
    spec = ModuleSpec(loader.name, loader, origin=path)
    module = loader.create_module(spec) or type(sys)(loader.name)
    module.__file__ = path
    sys.modules[loader.name] = module
    loader.exec_module(module)
    return module


def confine() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    if sys.platform != "darwin":  # which refuses this one
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


def main() -> None:
    wire = sibling("wire")
    engine = sibling("engine").Engine(library(sys.argv[1]), wire)
    confine()
    serve(engine, wire, Requests(sys.stdin.fileno(), wire), sys.stdout.fileno())


if __name__ == "__main__":
    main()
