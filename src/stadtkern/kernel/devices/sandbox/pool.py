"""The pool of worker processes that run codecs."""

from collections.abc import Sequence
from threading import Lock
from typing import Self

from stadtkern.kernel.devices.sandbox.answer import Answer
from stadtkern.kernel.devices.sandbox.batch import Batch
from stadtkern.kernel.devices.sandbox.message import (
    Call,
    Decoded,
    Downlink,
    Encoded,
    Uplink,
    Wish,
)
from stadtkern.kernel.devices.sandbox.strikes import Strikes
from stadtkern.kernel.devices.sandbox.worker import Worker


class CodecPool:
    """Runs batches of calls on a few processes. Any thread may call it; batches take turns.

    `patience` is how many seconds one call may take by the wall clock before its process is
    killed: the engine's own limit of 100 ms does not stop every native loop. A codec that is
    stopped again and again is paused for a while.
    """

    def __init__(self, workers: int = 2, *, patience: float = 1.0) -> None:
        self._patience = patience
        self._turn = Lock()
        self._workers = [Worker() for _ in range(workers)]
        self.strikes = Strikes()

    def decode(self, messages: Sequence[Uplink | Downlink]) -> list[Decoded]:
        """One result for each message, in their order."""
        return [one for one in self.run(messages) if isinstance(one, Decoded)]

    def encode(self, wishes: Sequence[Wish]) -> list[Encoded]:
        """One result for each wish, in their order."""
        return [one for one in self.run(wishes) if isinstance(one, Encoded)]

    def run(self, calls: Sequence[Call]) -> list[Answer]:
        """One answer for each call, in their order."""
        with self._turn:
            if calls and not self._workers:
                raise RuntimeError("The codec pool is closed.")
            return Batch(self._workers, calls, self._patience, self.strikes).answers()

    def pids(self) -> list[int]:
        return [worker.process.pid for worker in self._workers]

    def close(self) -> None:
        with self._turn:
            for worker in self._workers:
                worker.kill()
                worker.close()
            self._workers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
