"""The parent's end of one worker process: its pipes, what it knows, and what it still owes."""

import importlib.util
import os
import subprocess
import sys
from collections import OrderedDict, deque
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import psutil

from stadtkern.kernel.devices.sandbox import child, wire
from stadtkern.kernel.devices.sandbox.answer import Answer, answered
from stadtkern.kernel.devices.sandbox.message import Call

KNOWN_SOURCES = 64
CHUNK = 65536


@dataclass(slots=True, eq=False)
class Job:
    """One call of a batch; `crashes` counts the workers that died under it."""

    index: int
    call: Call
    crashes: int = 0


class Worker:
    """One process. It answers in the order of asking: the first owed job is the one running."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", "-S", child.__file__, engine_library()]
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own file
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(child.__file__).parent,
            env={},
            bufsize=0,
            start_new_session=True,  # a Ctrl-C at the terminal is the parent's business
        )
        assert self.process.stdin
        assert self.process.stdout
        self.requests = self.process.stdin.fileno()
        self.replies = self.process.stdout.fileno()
        os.set_blocking(self.requests, False)
        os.set_blocking(self.replies, False)
        self.owed: deque[Job] = deque()
        self.unsent = bytearray()
        self.sources: OrderedDict[str, str] = OrderedDict()
        self._received = bytearray()
        self._since = monotonic()
        self._cpu_before = 0.0

    def give(self, job: Job) -> None:
        if not self.owed:
            self._since = monotonic()
        call = job.call
        self._teach(call.codec, call.source)
        self._request(call.mode.value, call.codec, call.as_input(), call.function)
        self.owed.append(job)

    def _teach(self, codec: str, source: str) -> None:
        if self.sources.get(codec) != source:
            self.sources[codec] = source
            self._request(wire.LEARN, codec, source.encode(errors="replace"))
        self.sources.move_to_end(codec)
        if len(self.sources) > KNOWN_SOURCES:
            self._request(wire.FORGET, self.sources.popitem(last=False)[0], b"")

    def _request(self, kind: bytes, codec: str, body: bytes, function: str = "") -> None:
        key, name = codec.encode(), function.encode()
        self.unsent += wire.REQUEST.pack(kind, len(key), len(name), len(body)) + key + name + body

    def send(self) -> None:
        """Writes what the pipe takes. A dead worker shows at its other pipe."""
        try:
            while self.unsent:
                del self.unsent[: os.write(self.requests, self.unsent[:CHUNK])]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.unsent.clear()

    def receive(self) -> tuple[list[tuple[Job, Answer]], bool]:
        """Jobs answered since the last call, and whether the process is still there."""
        try:
            chunk = os.read(self.replies, CHUNK)
        except BlockingIOError:
            return [], True
        self._received += chunk
        return self._answers(), bool(chunk)

    def _answers(self) -> list[tuple[Job, Answer]]:
        done = []
        while (reply := self._next_reply()) is not None:
            job = self.owed.popleft()
            done.append((job, answered(job.call, *reply)))
            self._since = monotonic()
        return done

    def _next_reply(self) -> tuple[bytes, bytes] | None:
        head = wire.REPLY.size
        if len(self._received) < head:
            return None
        kind, cpu, length = wire.REPLY.unpack_from(self._received)
        if len(self._received) < head + length:
            return None
        body = bytes(self._received[head : head + length])
        del self._received[: head + length]
        self._cpu_before = cpu
        return kind, body

    def waited(self) -> float:
        """Seconds since the running job began."""
        return monotonic() - self._since if self.owed else 0.0

    def computed(self) -> float:
        """CPU seconds of the running job; on a busy machine far less than it has waited."""
        try:
            times = psutil.Process(self.process.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system) - self._cpu_before

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def engine_library() -> str:
    spec = importlib.util.find_spec("_quickjs")
    if spec is None or spec.origin is None:
        raise RuntimeError("The JavaScript engine (quickjs-ng) is not installed.")
    return spec.origin
