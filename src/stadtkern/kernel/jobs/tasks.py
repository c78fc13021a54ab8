"""The tasks the queue knows: delivering an event to a listener, and running a system's job."""

import time
from typing import Any

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from stadtkern.kernel import registry

log = structlog.get_logger("jobs")


@app.task(name="deliver", queue="events", retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def deliver(call: str, event: str, fields: dict[str, Any]) -> None:
    """Call a listener with its event; at least once, so listeners bear repetition."""
    kind = registry.resolve(event)
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
    registry.resolve(call)(kind(**values))


@app.task(name="run", queue="jobs")
def run(timestamp: int = 0, job: str = "") -> str:
    """Run a declared job, `<system>.<slug>` or `kernel.<slug>`; one log line with its answer.

    `timestamp` is the instant it was due, in seconds since 1970; 0 when a person asked for it.
    """
    begun = time.perf_counter()
    answer = str(registry.resolve(callable_of(job))())
    log.info(
        "job", job=job, due=timestamp, answer=answer, seconds=round(time.perf_counter() - begun, 3)
    )
    return answer


def callable_of(job: str) -> str:
    """The dotted path behind a job's name; KeyError where no such job is on."""
    return schedule()[job][0]


KERNEL_JOBS = {
    "kernel.partitions": ("stadtkern.kernel.things.upkeep.make_partitions", "17 2 * * *"),
    "kernel.retention": ("stadtkern.kernel.devices.upkeep.forget_old_uplinks", "37 2 * * *"),
    "kernel.audit": ("stadtkern.kernel.audit.upkeep.forget_old_entries", "47 2 * * *"),
}


def schedule() -> dict[str, tuple[str, str]]:
    """All jobs of the kernel and the systems that are on: name -> (callable, cron)."""
    own = {f"{s.slug}.{j.slug}": (j.run, j.cron) for s in registry.active() for j in s.jobs}
    return {**KERNEL_JOBS, **own}


def carry(call: str, event: str, fields: dict[str, Any]) -> None:
    """Queue an event for its listener, in the publisher's transaction."""
    deliver.defer(call=call, event=event, fields=fields)


def register_periodic() -> None:
    """Tell the scheduler of this process about every job with a cron line."""
    for name, (_, cron) in schedule().items():
        app.periodic(cron=cron, periodic_id=name, task_kwargs={"job": name})(run)
