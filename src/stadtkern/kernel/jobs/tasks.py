"""The tasks the queue knows: running a system's job, and what must not fail unheard."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from django.db import close_old_connections, connection
from procrastinate import JobContext
from procrastinate.contrib.django import app

from stadtkern.kernel import registry

log = structlog.get_logger("jobs")


Told = Callable[[int, str], None]
_told: list[Told] = []


def tell_failures(told: Told) -> None:
    """Name who hears of a failed job, `(job id, reason)`: the queue itself keeps no reason."""
    _told[:] = [told]


@contextmanager
def on_record(context: JobContext) -> Iterator[None]:
    """A connection of its own that works, and a reason on record if the job fails."""
    close_old_connections()
    try:
        yield
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:500]
        for told in _told:
            told(context.job.id or 0, reason)
        raise
    finally:
        connection.close()


@app.task(name="run", queue="jobs", pass_context=True)
def run(context: JobContext, timestamp: int = 0, job: str = "") -> str:
    """Run a declared job, `<system>.<slug>` or `kernel.<slug>`; one log line with its answer.

    `timestamp` is the instant it was due, in seconds since 1970; 0 when a person asked for it.
    """
    begun = time.perf_counter()
    with on_record(context):
        answer = str(registry.resolve(callable_of(job))())
    log.info(
        "job", job=job, due=timestamp, answer=answer, seconds=round(time.perf_counter() - begun, 3)
    )
    return answer


@app.task(name="perform", queue="jobs", pass_context=True)
def perform(context: JobContext, call: str, number: int) -> str:
    """Call `(number) -> str` on a row that describes work; it bears repetition."""
    with on_record(context):
        answer = str(registry.resolve(call)(number))
    log.info("performed", call=call, number=number, answer=answer)
    return answer


def callable_of(job: str) -> str:
    """The dotted path behind a job's name; KeyError where no such job is on."""
    return schedule()[job][0]


KERNEL_JOBS = {
    "kernel.partitions": ("stadtkern.kernel.things.upkeep.make_partitions", "17 2 * * *"),
    "kernel.retention": ("stadtkern.kernel.devices.upkeep.forget_old_uplinks", "37 2 * * *"),
    "kernel.idempotency": (
        "stadtkern.kernel.sensorthings.upkeep.forget_old_requests",
        "27 * * * *",
    ),
    "kernel.learn": ("stadtkern.kernel.devices.watch.learn.learn", "7 * * * *"),
    "kernel.batteries": ("stadtkern.kernel.devices.watch.learn.foresee", "23 1 * * *"),
    "kernel.quality": ("stadtkern.kernel.things.quality.run.check_new", "* * * * *"),
    "kernel.imports": ("stadtkern.kernel.devices.repository.job.carry_on", "*/5 * * * *"),
    "kernel.examples": ("stadtkern.kernel.devices.proof.prove_waiting", "*/10 * * * *"),
    "kernel.decoding": ("stadtkern.kernel.devices.redecode.upkeep.tend", "* * * * *"),
    "kernel.gateways": (
        "stadtkern.kernel.devices.coverage.upkeep.count_gateways",
        "10 * * * *",
    ),
    "kernel.receptions": (
        "stadtkern.kernel.devices.coverage.upkeep.forget_old_receptions",
        "57 2 * * *",
    ),
    "kernel.alerts": ("stadtkern.kernel.alerts.round.run", "* * * * *"),
    "kernel.messages": ("stadtkern.kernel.alerts.send.run", "* * * * *"),
    "kernel.onboarding": (
        "stadtkern.kernel.devices.onboarding.listing.forget_old",
        "7 3 * * *",
    ),
    "kernel.downlinks": ("stadtkern.kernel.devices.downlinks.past.forget", "17 3 * * *"),
    "kernel.datasets": ("stadtkern.kernel.catalogue.declared.refresh", "*/5 * * * *"),
    "kernel.harvest": ("stadtkern.kernel.catalogue.harvest.run.due", "*/10 * * * *"),
    "kernel.records": ("stadtkern.kernel.catalogue.dcat.judging.judge_all", "37 4 * * *"),
    "kernel.payments": ("stadtkern.kernel.payments.rounds.poll", "* * * * *"),
    "kernel.charges": ("stadtkern.kernel.payments.rounds.overdue", "* * * * *"),
    "kernel.refunds": ("stadtkern.kernel.payments.rounds.send_refunds", "* * * * *"),
    "kernel.receipts": ("stadtkern.kernel.payments.receipts.mail.send", "* * * * *"),
    "kernel.reconciliation": ("stadtkern.kernel.payments.reconcile.days.run", "23 4,10 * * *"),
    "kernel.payers": ("stadtkern.kernel.payments.rounds.erase", "33 3 * * *"),
    "kernel.abandoned": ("stadtkern.kernel.jobs.abandoned.take_up", "* * * * *"),
    "kernel.push": ("stadtkern.kernel.push.send.run", "* * * * *"),
    "kernel.bookings": ("stadtkern.kernel.bookings.reminders.run", "* * * * *"),
    "kernel.absences": ("stadtkern.kernel.bookings.outside.reading.run", "*/15 * * * *"),
    "kernel.identity": ("stadtkern.kernel.identity.upkeep.forget", "52 * * * *"),
    "kernel.letters": ("stadtkern.kernel.post.sending.run", "* * * * *"),
    "kernel.questions": ("stadtkern.kernel.cases.desk.reminding.run", "12 7 * * *"),
    "kernel.cases": ("stadtkern.kernel.cases.journey.upkeep.run", "9 * * * *"),
    "kernel.handovers": ("stadtkern.kernel.cases.handover.round.run", "* * * * *"),
    "kernel.erasure": ("stadtkern.kernel.audit.erasure.erase_due", "43 3 * * *"),
    "kernel.audit": ("stadtkern.kernel.audit.upkeep.forget_old_entries", "47 2 * * *"),
}


def schedule() -> dict[str, tuple[str, str]]:
    """All jobs of the kernel and the systems that are on: name -> (callable, cron)."""
    own = {f"{s.slug}.{j.slug}": (j.run, j.cron) for s in registry.active() for j in s.jobs}
    return {**KERNEL_JOBS, **own}


def register_periodic() -> None:
    """Tell the scheduler of this process about every job with a cron line."""
    for name, (_, cron) in schedule().items():
        app.periodic(cron=cron, periodic_id=name, task_kwargs={"job": name})(run)
