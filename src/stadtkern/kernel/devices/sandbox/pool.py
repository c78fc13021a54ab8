"""The pool of worker processes that decode uplinks."""

from collections.abc import Sequence
from threading import Lock
from typing import Self

from stadtkern.kernel.devices.sandbox.batch import Batch
from stadtkern.kernel.devices.sandbox.message import Decoded, Uplink
from stadtkern.kernel.devices.sandbox.worker import Worker


class CodecPool:
    """Decodes batches on a few processes. Any thread may call it; batches take turns.

    `patience` is how many seconds one message may take by the wall clock before its process is
    killed: the engine's own limit of 100 ms does not stop every native loop.
    """

    def __init__(self, workers: int = 2, *, patience: float = 1.0) -> None:
        self._patience = patience
        self._turn = Lock()
        self._workers = [Worker() for _ in range(workers)]

    def decode(self, uplinks: Sequence[Uplink]) -> list[Decoded]:
        """One result for each uplink, in their order."""
        with self._turn:
            if uplinks and not self._workers:
                raise RuntimeError("The codec pool is closed.")
            return Batch(self._workers, uplinks, self._patience).decoded()

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
