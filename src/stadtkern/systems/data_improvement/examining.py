"""Examinations: asked for, reckoned in a process of their own, and what they found stored."""

import os
import subprocess
import sys
from typing import Any, Final

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Dataset, Resource
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.systems.data_improvement import code, sources, surroundings, wording
from stadtkern.systems.data_improvement.finding.frame import Found, World
from stadtkern.systems.data_improvement.models import Examination, Proposal
from stadtkern.systems.data_improvement.recipes import Row
from stadtkern.systems.data_improvement.sources import Snapshot

MODULE: Final = "stadtkern.systems.data_improvement.finding.compute"
WORK: Final = "stadtkern.systems.data_improvement.examining.run"
# Seconds; a year of hours of ten places takes about a minute.
PATIENCE: Final = 1200
# One thread: sums in another order would differ in the last digit.
ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


class Failed(Exception):
    """The examination came to no end; the message says why."""


class Told(msgspec.Struct, frozen=True):
    """One finding of the child process, with its confidence."""

    found: Found
    confidence: float


class Answer(msgspec.Struct, frozen=True):
    """What the child process answers."""

    findings: list[Told]
    left: int
    packages: dict[str, str]


def start_table(who: Any, resource: Resource) -> Examination:
    """Ask for an examination of the table as it is now; one that waits or runs is not doubled."""
    with transaction.atomic():
        Resource.objects.select_for_update().get(pk=resource.pk)
        waiting = Examination.objects.filter(resource=resource, state__in=("waiting", "running"))
        if one := waiting.first():
            return one
        return _started(
            who, dataset=resource.dataset, resource=resource, title=resource.title or resource.slug
        )


def start_series(who: Any, dataset: Dataset, observed: str, days: int) -> Examination:
    """The same for hourly means of one property of the dataset's things."""
    names = {slug: name for slug, name, _n in sources.properties([dataset])[dataset.pk]}
    title = f"{dataset.title}: {names[observed]}"
    with transaction.atomic():
        return _started(who, dataset=dataset, observed=observed, days=days, title=title[:300])


def _started(who: Any, **facts: Any) -> Examination:
    one = Examination.objects.create(by=_name(who), **facts)
    record(who, "data_improvement.examine", one, title=one.title)
    perform.defer(call=WORK, number=one.pk)
    return one


def _name(who: Any) -> str:
    return who if isinstance(who, str) else f"account:{who.pk}"


def run(number: int) -> str:
    """Take the rows, have them examined, store what was found. Bears repetition."""
    one = Examination.objects.select_related("dataset", "resource__dataset").get(pk=number)
    if one.state not in (Examination.WAITING, Examination.RUNNING):
        return f"examination {number} is {one.state}"
    Examination.objects.filter(pk=number).update(state=Examination.RUNNING)
    try:
        snapshot = snapshot_of(one)
        answer = examined(snapshot, surroundings.world_of(one.dataset, one.resource))
        with transaction.atomic():
            _store(one, snapshot, answer)
    except (Failed, sources.TooLarge) as problem:
        _end(number, str(problem))
        return f"examination {number} failed: {problem}"
    except Exception:
        # Left running it would stand in the way of every other one of this table.
        _end(number, _("A fault of the program. Tell the operator, then examine again."))
        raise
    return f"examination {number}: {len(answer.findings)} proposals"


def _end(number: int, problem: str) -> None:
    Examination.objects.filter(pk=number).update(
        state=Examination.FAILED, problem=problem[:500], finished=clock.now()
    )


def snapshot_of(one: Examination) -> Snapshot:
    """What is examined, as it is now. Raises Failed where there is nothing."""
    if one.resource is not None:
        snapshot = sources.of_table(one.resource)
    elif one.observed:
        snapshot = sources.of_series(one.dataset, one.observed, one.days)
    else:
        raise Failed(_("The table is gone."))
    if not snapshot.rows:
        raise Failed(_("There are no rows to examine."))
    return snapshot


def examined(snapshot: Snapshot, world: World) -> Answer:
    """What the finders say, from a child process: the worker stays lean. Raises Failed."""
    given = {"columns": snapshot.columns, "rows": snapshot.rows, "world": world}
    try:
        done = subprocess.run(  # noqa: S603  our own module, no shell
            [sys.executable, "-m", MODULE],
            input=msgspec.json.encode(given), capture_output=True,
            timeout=PATIENCE, check=False, env={**os.environ, **ONE_THREAD},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Failed(_("The examination took too long and was stopped.")) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Failed(said[-1] if said else _("The examination gave no answer."))
    return msgspec.json.decode(done.stdout, type=Answer)


def _store(one: Examination, snapshot: Snapshot, answer: Answer) -> None:
    """All of it or nothing; a second run finds the first one's proposals gone."""
    one.proposals.all().delete()
    Proposal.objects.bulk_create(
        [_proposal(one, number, told) for number, told in enumerate(_ordered(answer), start=1)],
        batch_size=500,
    )
    columns: Any = msgspec.to_builtins(snapshot.columns)
    Examination.objects.filter(pk=one.pk).update(
        state=Examination.DONE, finished=clock.now(), problem="", columns=columns,
        rows=sources.packed(snapshot.rows), count=len(snapshot.rows), digest=snapshot.digest,
        key=snapshot.key, version=snapshot.version, code=code.version(),
        packages=answer.packages, left=answer.left,
    )  # fmt: skip


def _ordered(answer: Answer) -> list[Told]:
    """By kind, and within one kind the surest first."""
    kinds = list(wording.KINDS)
    return sorted(answer.findings, key=lambda one: (kinds.index(one.found.kind), -one.confidence))


def _proposal(one: Examination, number: int, told: Told) -> Proposal:
    found = told.found
    made = Proposal(
        examination=one, number=number, kind=found.kind, method=found.method, action=found.action,
        column=found.column, cells=msgspec.to_builtins(found.cells), size=len(found.cells),
        to=found.to, reason=found.reason, said=found.said, parameters=found.parameters,
        confidence=told.confidence,
    )  # fmt: skip
    with override("de"):
        made.words = f"{found.column} {wording.before(made)} {wording.after(made)}"[:2000]
    return made


def columns_of(one: Examination) -> list[Field]:
    """The columns as they were."""
    listed: Any = one.columns
    return msgspec.convert(listed, list[Field])


def rows_of(one: Examination) -> list[Row]:
    """The rows as they were."""
    return sources.unpacked(one.rows or b"")
