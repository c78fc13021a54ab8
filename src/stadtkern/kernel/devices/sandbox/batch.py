"""One batch of messages on its way through the workers."""

import selectors
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from stadtkern.kernel.devices.sandbox.answer import Answer
from stadtkern.kernel.devices.sandbox.message import Call
from stadtkern.kernel.devices.sandbox.strikes import Strikes
from stadtkern.kernel.devices.sandbox.worker import Job, Worker

IN_FLIGHT = 32
LONGEST_SOURCE = 128 * 1024
# A worker is killed for what it computed, not because the machine was busy with other things;
# but nobody waits longer than this.
BUSY_SHARE = 0.5
LONGEST_WAIT = 10.0
CRASHES_ALLOWED = 1


class Batch:
    """Hands messages to the workers, a few at a time, and replaces workers that hang or die."""

    def __init__(
        self, workers: list[Worker], calls: Sequence[Call], patience: float, strikes: Strikes
    ) -> None:
        self.workers = workers
        self.patience = patience
        self.strikes = strikes
        self.results: list[Answer | None] = [refusal(call) for call in calls]
        self.waiting = deque(
            Job(index, call) for index, call in enumerate(calls) if self.results[index] is None
        )
        self.left = len(self.waiting)

    def answers(self) -> list[Answer]:
        try:
            while self.left:
                self._hand_out()
                self._exchange()
                self._end_the_stuck()
        finally:
            self._leave_no_debt()
        return [result for result in self.results if result is not None]

    def _hand_out(self) -> None:
        # In turns, so that a small batch is spread as well.
        for _ in range(IN_FLIGHT):
            for worker in self.workers:
                if len(worker.owed) < IN_FLIGHT and (job := self._next()):
                    worker.give(job)
        for worker in self.workers:
            worker.send()

    def _next(self) -> Job | None:
        """The next call whose codec is not paused."""
        while self.waiting:
            job = self.waiting.popleft()
            if not (reason := self.strikes.paused(job.call.codec)):
                return job
            self._finish(job, job.call.answer.failed(reason, "paused"))
        return None

    def _exchange(self) -> None:
        with self._listening() as selector:
            ready = selector.select(self._next_deadline())
        for key, events in ready:
            if events & selectors.EVENT_WRITE:
                key.data.send()
            else:
                self._collect(key.data)

    @contextmanager
    def _listening(self) -> Iterator[selectors.BaseSelector]:
        # poll needs no descriptor of its own, so making one for each round costs next to nothing.
        with selectors.PollSelector() as selector:
            for worker in self.workers:
                selector.register(worker.replies, selectors.EVENT_READ, worker)
                if worker.unsent:
                    selector.register(worker.requests, selectors.EVENT_WRITE, worker)
            yield selector

    def _next_deadline(self) -> float:
        busy = [self.patience - worker.waited() for worker in self.workers if worker.owed]
        # A worker past its time that has computed little is looked at again soon.
        return max(min(busy, default=self.patience), 0.05)

    def _collect(self, worker: Worker) -> None:
        answers, alive = worker.receive()
        for job, answer in answers:
            self._finish(job, answer)
        if not alive:
            self._crashed(worker)

    def _finish(self, job: Job, answer: Answer) -> None:
        self.results[job.index] = answer
        self.left -= 1
        self.strikes.note(job.call.codec, answer.fault)

    def _end_the_stuck(self) -> None:
        for worker in list(self.workers):
            if worker.waited() >= self.patience and self._is_stuck(worker):
                job = worker.owed.popleft()
                problem = f"killed after {self.patience:g} s"
                self._finish(job, job.call.answer.failed(problem, "killed"))
                self._replace(worker)

    def _is_stuck(self, worker: Worker) -> bool:
        if worker.computed() < self.patience * BUSY_SHARE and worker.waited() < LONGEST_WAIT:
            return False
        self._collect(worker)  # its answer may have come in this moment
        return worker in self.workers and worker.waited() >= self.patience

    def _crashed(self, worker: Worker) -> None:
        """A worker is gone. The first owed message may be innocent (out of memory, an operator)."""
        if worker.owed:
            worker.owed[0].crashes += 1
            if worker.owed[0].crashes > CRASHES_ALLOWED:
                job = worker.owed.popleft()
                problem = "codec crashed its worker process"
                self._finish(job, job.call.answer.failed(problem, "crashed"))
        self._replace(worker)

    def _replace(self, worker: Worker) -> None:
        self.waiting.extendleft(reversed(worker.owed))
        worker.owed.clear()
        worker.kill()
        # Should no process start, the dead worker stays in its place and is replaced next time.
        self.workers[self.workers.index(worker)] = Worker()
        worker.close()

    def _leave_no_debt(self) -> None:
        # After an interrupted batch, so that its answers are not taken for those of the next.
        for worker in [worker for worker in self.workers if worker.owed]:
            self._replace(worker)


def refusal(call: Call) -> Answer | None:
    if len(call.source) > LONGEST_SOURCE:
        return call.answer.failed(f"codec is longer than {LONGEST_SOURCE // 1024} kB")
    return None
