"""Runs of harvesting: what is due is queued, a source is read, and each step is on record."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.harvest import fetch, store
from stadtkern.kernel.catalogue.harvest.found import Found
from stadtkern.kernel.catalogue.harvest.known import Known
from stadtkern.kernel.catalogue.harvest.sources import Reading
from stadtkern.kernel.catalogue.models import Harvested, Line, Run, Source
from stadtkern.kernel.catalogue.models.harvest import RHYTHMS
from stadtkern.kernel.jobs import tasks

log = structlog.get_logger("harvest")
CALL: Final = "stadtkern.kernel.catalogue.harvest.run.perform"
PREVIEW: Final = 20
KEPT: Final = 50
# A run that nobody has heard of for so long has died with its process.
LOST: Final = timedelta(hours=6)
# Fewer may always vanish; of more, at most half without being asked.
FEW: Final = 5
UNCHANGED: Final = "unchanged"


class Busy(Exception):
    """The source is being read already."""


def begin(source: Source, *, by: str, rehearsal: bool = False, sweep: bool = False) -> Run:
    """Queue a run. Raises Busy."""
    lost = Run.objects.filter(source=source, created__lt=clock.now() - LOST)
    lost.filter(state__in=(Run.WAITING, Run.RUNNING)).update(
        state=Run.FAILED, ended=clock.now(), problem=_("It was not finished.")
    )
    try:
        with transaction.atomic():
            run = Run.objects.create(source=source, by=by, rehearsal=rehearsal, sweep=sweep)
            tasks.perform.defer(call=CALL, number=run.pk)
    except IntegrityError:
        raise Busy from None
    return run


def due() -> str:
    """The job: queue a run for each source whose time has come."""
    begun, now = 0, clock.now()
    waiting = Source.objects.filter(active=True).exclude(rhythm="")
    for source in waiting.filter(Q(due=None) | Q(due__lte=now)):
        Source.objects.filter(pk=source.pk).update(due=now + RHYTHMS[source.rhythm])
        try:
            begin(source, by="system:harvest")
            begun += 1
        except Busy:
            log.info("harvest still going on", source=source.name)
    return f"{begun} begun"


def perform(number: int) -> str:
    """Do a run from its beginning, also where an earlier try broke off."""
    run = Run.objects.select_related("source__publisher").get(pk=number)
    if run.state not in (Run.WAITING, Run.RUNNING):
        return "done already"
    run.lines.all().delete()
    run.state, run.started, run.counts = Run.RUNNING, clock.now(), {}
    run.save(update_fields=["state", "started", "counts"])
    with override("de"):
        try:
            problem = _read(run)
        except Exception as error:
            _end(run, f"{type(error).__name__}: {error}"[:1000])
            raise
    _end(run, problem)
    return f"{run.source.name}: {run.state} {run.counts}"


def _read(run: Run) -> str:
    """Why it broke off; empty where it did not."""
    reading = Reading(source=run.source)
    work = _Work(run, Known(run.source))
    try:
        for found in reading.datasets(at_most=PREVIEW if run.rehearsal else None,
                                      anew=run.rehearsal or run.sweep):  # fmt: skip
            work.one(found)
    except fetch.NotRead as reason:
        work.close()
        return str(reason)
    problem = ""
    if reading.whole and not run.rehearsal:
        problem = work.sweep()
    work.close()
    if reading.unchanged:
        work.count(UNCHANGED, len(work.known.here))
    elif reading.whole and not run.rehearsal and not problem:
        Source.objects.filter(pk=run.source_id).update(
            etag=reading.etag, last_modified=reading.last_modified
        )
    return problem


def _end(run: Run, problem: str) -> None:
    with transaction.atomic():
        run.state = Run.FAILED if problem else Run.DONE
        run.problem, run.ended = problem, clock.now()
        run.save(update_fields=["state", "problem", "ended", "counts"])
        if not run.rehearsal:
            record(run.by or "system:harvest", "datasets.harvested", run.source,
                   counts=run.counts, problem=problem)  # fmt: skip
        old = Run.objects.filter(source=run.source).order_by("-created", "-id")[KEPT:]
        Run.objects.filter(pk__in=[one.pk for one in old]).delete()


class _Work:
    """One run's work on our catalogue."""

    def __init__(self, run: Run, known: Known) -> None:
        self.run, self.known = run, known
        self.source: Source = run.source
        self.seen: list[int] = []
        self.begun: datetime = clock.now()

    def one(self, found: Found) -> None:
        """Take a dataset, or say why not."""
        try:
            store.fit(found, self.source)
            known = self.known.here.get(store.name_of(found))
            if known is None and (same := self.known.same(found)):
                raise store.Refused(f"{same.by} ({same.title})")
            self._put(found, known)
        except store.Refused as reason:
            self._line(Line.REFUSED, found, reason=str(reason))
        except Exception as error:
            log.exception("dataset refused", source=self.source.name, iri=found.iri)
            self._line(Line.REFUSED, found, reason=f"{type(error).__name__}: {error}"[:1000])

    def _put(self, found: Found, known: Harvested | None) -> None:
        if known is not None:
            self.seen.append(known.pk)
            if known.digest == found.digest and not known.gone:
                self.count(UNCHANGED)
                return
        outcome = Line.CHANGED if known else Line.NEW
        if self.run.rehearsal:
            self._line(outcome, found)
            return
        dataset = store.put(found, self.source, known)
        self._line(outcome, found, dataset=dataset.pk)

    def sweep(self) -> str:
        """Withdraw what is gone; where that is most of it, only if asked to, else say so."""
        seen = set(self.seen)
        there = [one for one in self.known.here.values() if not one.gone]
        gone = [one for one in there if one.pk not in seen]
        if len(gone) > max(FEW, len(there) // 2) and not self.run.sweep:
            return _(
                "%(gone)s of %(all)s datasets are no longer there. Nothing was withdrawn. Look at"
                " the source, then read it again and allow it."
            ) % {"gone": len(gone), "all": len(there)}
        for one in gone:
            if store.withdraw(one):
                self.count(Line.GONE)
                Line.objects.create(
                    run=self.run, outcome=Line.GONE, iri=one.iri, title=one.dataset.title,
                    dataset_id=one.dataset_id,
                )  # fmt: skip
        return ""

    def close(self) -> None:
        """Note what was seen again."""
        if not self.run.rehearsal:
            Harvested.objects.filter(pk__in=self.seen).update(seen=self.begun)

    def count(self, outcome: str, number: int = 1) -> None:
        """One more of these."""
        self.run.counts[outcome] = self.run.counts.get(outcome, 0) + number

    def _line(
        self, outcome: str, found: Found, *, reason: str = "", dataset: int | None = None
    ) -> None:
        self.count(outcome)
        Line.objects.create(
            run=self.run, outcome=outcome, iri=found.iri[:2000], title=found.title[:300],
            dataset_id=dataset, reason=reason,
        )  # fmt: skip
