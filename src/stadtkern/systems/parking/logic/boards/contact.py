"""One contact with a board: tell it what it does not show, read it back, and say how it went."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from stadtkern.systems.parking.boards.adapter import BoardAdapter, Told, Unreachable
from stadtkern.systems.parking.logic.boards.faces import Face, same

# A LoRaWAN board is told again only so often, since the air is everybody's, and has so long to
# answer before it counts as silent.
PAUSE, PATIENCE = timedelta(minutes=2), timedelta(minutes=20)


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What is known before the contact; `force` tells it once more in any case.

    `line` is the protocol and the address that it is spoken to by.
    """

    board: int
    line: tuple[str, str]
    adapter: BoardAdapter
    wanted: Face
    told: Face | None
    told_at: datetime | None
    shown: Face | None
    shown_at: datetime | None
    force: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of it. `problem` is empty where all is well; None stands for nothing new.

    `told` says that it was told now; `differed` that it had shown something else before.
    """

    task: Task
    told: Told | None = None
    shown: Face | None = None
    shown_at: datetime | None = None
    faults: tuple[str, ...] | None = None
    differed: bool = False
    problem: str = ""
    silent: bool = False

    @property
    def is_right(self) -> bool:
        """Whether it shows what it should, as far as it has told."""
        return same(self.shown or self.task.shown, self.task.wanted)


def contact(task: Task, now: datetime) -> Outcome:
    """Never raises Unreachable: a board that does not answer is an outcome like any other."""
    try:
        return _talk(task) if task.adapter.talks else _exchange(task, now)
    except Unreachable as error:
        return Outcome(task=task, problem=str(error), silent=True)
    finally:
        task.adapter.close()


def _talk(task: Task) -> Outcome:
    """A board that answers at once. What it shows is what counts, not what it was told."""
    before = task.adapter.read_back().face
    differs = not same(before, task.wanted)
    told: Told | None = None
    if differs or task.force or _dimmed(task):
        told = task.adapter.set_lines(task.wanted)
    shown = task.adapter.read_back() if told else None
    face = shown.face if shown else before
    status = task.adapter.status()
    return Outcome(
        task=task, told=told, shown=face, shown_at=status.at, faults=status.faults,
        differed=differs and same(task.told, task.wanted),
        problem="" if same(face, task.wanted) else _("The board shows something else."),
    )  # fmt: skip


def _dimmed(task: Task) -> bool:
    return task.told is None or task.told.brightness != task.wanted.brightness


def _exchange(task: Task, now: datetime) -> Outcome:
    """A board that answers when it likes: look at what it has told, then tell it what is new."""
    shown, status = task.adapter.read_back(), task.adapter.status()
    face = shown.face or task.shown
    at = shown.at or task.shown_at
    was_told = same(task.told, task.wanted) and not _dimmed(task)
    has_answered = (
        shown.answers and task.told_at is not None and at is not None and at > task.told_at
    )
    differs = was_told and has_answered and not same(face, task.wanted)
    rested = task.told_at is None or now - task.told_at >= PAUSE
    overdue = (
        was_told and not has_answered and task.told_at is not None
        and now - task.told_at >= PATIENCE
    )  # fmt: skip
    told: Told | None = None
    if task.force or (rested and (not was_told or differs or overdue)):
        told = task.adapter.set_lines(task.wanted)
    problem = _("The board shows something else.") if differs else ""
    problem = _("The board has not answered.") if overdue else problem
    return Outcome(task=task, told=told, shown=shown.face, shown_at=shown.at, silent=overdue,
                   faults=status.faults, differed=differs, problem=problem)  # fmt: skip
