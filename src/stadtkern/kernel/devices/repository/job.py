"""The background work of importing a repository that staff have uploaded."""

import io
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import RepositoryImport
from stadtkern.kernel.devices.repository.files import Unusable, archive
from stadtkern.kernel.devices.repository.importing import Report, run

# A process that gave no sign of life for so long is gone; another may begin anew.
SILENT = timedelta(minutes=5)
TELL_EVERY = 1.0  # seconds


def perform(number: int) -> str:
    """Read the uploaded archive of this import. It bears repetition; one reads at a time."""
    mine = _claim(number)
    if mine is None:
        return "done already, or in other hands"
    try:
        report = run(archive(io.BytesIO(bytes(mine.archive or b""))), check_examples=True,
                     told=_Teller(number))  # fmt: skip
    except Unusable as problem:
        _finish(mine, problem=str(problem)[:300])
        return f"unusable: {problem}"
    except Exception as error:
        _finish(mine, problem=f"{type(error).__name__}: {error}"[:300])
        raise
    _finish(mine, report=report)
    return f"{report.new} new, {report.changed} changed, {len(report.problems)} left out"


def carry_on() -> str:
    """The job: imports whose process is gone, or whose turn never came."""
    silent = clock.now() - SILENT
    left = RepositoryImport.objects.filter(
        Q(heard__lt=silent) | Q(heard=None, at__lt=silent), finished=None
    )
    numbers = list(left.order_by("id").values_list("pk", flat=True))
    for number in numbers:
        perform(number)
    return f"{len(numbers)} imports carried on"


def _claim(number: int) -> RepositoryImport | None:
    gone = Q(heard=None) | Q(heard__lt=clock.now() - SILENT)
    open_ = RepositoryImport.objects.filter(gone, pk=number, finished=None)
    if not open_.update(heard=clock.now()):
        return None
    return RepositoryImport.objects.get(pk=number)


def _finish(mine: RepositoryImport, *, report: Report | None = None, problem: str = "") -> None:
    with transaction.atomic():
        RepositoryImport.objects.filter(pk=mine.pk).update(
            finished=clock.now(),
            archive=None,
            report=report.as_json() if report else {},
            problem=problem,
        )
        record(
            mine.author,
            "profiles.import",
            mine,
            title=mine.title,
            new=report.new if report else 0,
            changed=report.changed if report else 0,
            problem=problem,
        )


class _Teller:
    """Notes on the import how far it is, about every second."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._last = 0.0

    def __call__(self, done: int, total: int) -> None:
        if done < total and time.monotonic() - self._last < TELL_EVERY:
            return
        self._last = time.monotonic()
        RepositoryImport.objects.filter(pk=self._number).update(
            done=done, total=total, heard=clock.now()
        )
