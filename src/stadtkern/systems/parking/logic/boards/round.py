"""Works on boards: works out what they should show, contacts those that are due, writes it down."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override as language

from stadtkern.kernel import clock
from stadtkern.kernel.events import ObservationsStored
from stadtkern.systems.parking.logic.boards import links, notes, overrides, working
from stadtkern.systems.parking.logic.boards.contact import Outcome, Task, contact
from stadtkern.systems.parking.logic.boards.faces import face_of
from stadtkern.systems.parking.logic.boards.wanted import kept, sites_now, wanted
from stadtkern.systems.parking.models import Board, BoardLine, BoardMessage

# Whoever took a board and did not come back in this time is taken to have died with it.
LEASE = timedelta(seconds=90)
AT_ONCE = 8
# What a page has the worker do, with the key of one board.
BRING = "stadtkern.systems.parking.logic.boards.round.bring"
REPEAT = "stadtkern.systems.parking.logic.boards.round.repeat"
CHANGED = "stadtkern.systems.parking.logic.boards.round.changed"
PASSES = 3
log = structlog.get_logger("boards")


def run() -> str:
    """The job of every minute; the answer says how many boards were spoken to."""
    over = overrides.close_over(clock.now())
    done = work()
    bad = sum(bool(one.problem) for one in done)
    return f"{len(done)} boards, {bad} with a problem, {over} texts over"


def heard(event: ObservationsStored) -> None:
    """A count has changed, or a board has told something; in any order, and repeatedly."""
    if working.KIND in event.kinds:
        # It may be the answer of a board that answers when it likes.
        Board.objects.filter(on=True, protocol="lorawan").update(due=clock.now())
    if Board.objects.filter(on=True).exists():
        work()


def work(
    boards: Sequence[int] | None = None, *, force: bool = False, edited: bool = False
) -> list[Outcome]:
    """Bring these boards, or all, up to date. Two that work at the same time share them.

    `force` tells them once more; `edited` says that somebody has just changed them. What a count
    changes while a board is being told is told in another pass.
    """
    done: list[Outcome] = []
    with language(django_settings.LANGUAGE_CODE):
        for turn in range(PASSES):
            look(boards, changed=edited and not turn)
            outcomes = _contacted(_claim(boards, force=force and not turn))
            if not outcomes:
                break
            done += outcomes
            with transaction.atomic():
                notes.write(outcomes, clock.now())
    return done


def look(boards: Sequence[int] | None = None, *, changed: bool = False) -> int:
    """Work out what boards should show; returns how many should show something new."""
    now = clock.now()
    with transaction.atomic():
        rows = _locked(boards)
        if not rows:
            return 0
        sites, by_hand = sites_now(), overrides.standing(rows, now)
        lines = _lines(rows)
        news: list[Board] = []
        remembered: list[BoardLine] = []
        for board in rows:
            found = wanted(board, lines[board.pk], sites, by_hand.get(board.pk), now,
                           changed=changed)  # fmt: skip
            for line in lines[board.pk]:
                memory = kept(found.memories[line.pk])
                if memory != line.memory:
                    line.memory = memory
                    remembered.append(line)
            if found.face.kept() != board.wanted:
                _wish(board, found.face.kept(), found.cause, now)
                news.append(board)
        BoardLine.objects.bulk_update(remembered, ["memory"])
        Board.objects.bulk_update(news, ["wanted", "wanted_at", "cause", "due"])
        BoardMessage.objects.bulk_create(
            BoardMessage(board=one, at=now, step="wanted", cause=one.cause, face=one.wanted)
            for one in news
        )
    return len(news)


def _wish(board: Board, face: dict[str, object], cause: str, now: datetime) -> None:
    """A board that fails is tried again in its own time, with what is wanted by then."""
    board.wanted, board.wanted_at, board.cause = face, now, cause
    if not board.failures:
        board.due = now


def _locked(boards: Sequence[int] | None) -> list[Board]:
    rows = Board.objects.filter(on=True).select_related("place").order_by("pk")
    if boards is not None:
        rows = rows.filter(pk__in=boards)
    return list(rows.select_for_update(of=("self",)))


def _lines(boards: Sequence[Board]) -> dict[int, list[BoardLine]]:
    found: dict[int, list[BoardLine]] = {board.pk: [] for board in boards}
    rows = BoardLine.objects.filter(board__in=boards).prefetch_related("sites")
    for line in rows.order_by("number"):
        found[line.board_id].append(line)
    return found


def _claim(boards: Sequence[int] | None, *, force: bool) -> list[Task]:
    """Those that are due and nobody else has, marked as taken."""
    now = clock.now()
    with transaction.atomic():
        rows = Board.objects.filter(Q(busy=None) | Q(busy__lt=now), on=True).exclude(wanted={})
        if boards is not None:
            rows = rows.filter(pk__in=boards)
        if not force:
            rows = rows.filter(due__lte=now)
        taken = list(rows.order_by("pk").select_for_update(skip_locked=True))
        Board.objects.filter(pk__in=[one.pk for one in taken]).update(busy=now + LEASE)
    return [task for one in taken if (task := _task(one, force)) is not None]


def _task(board: Board, force: bool) -> Task | None:
    face = face_of(board.wanted)
    if face is None:
        return None
    try:
        adapter = links.adapter_of(board)
    except ValueError:
        notes.unusable(board, _("The key of the board has to be entered anew."), clock.now())
        return None
    return Task(
        board=board.pk, line=(board.protocol, board.address), adapter=adapter, wanted=face,
        told=face_of(board.told), told_at=board.told_at, shown=face_of(board.shown),
        shown_at=board.shown_at, force=force,
    )  # fmt: skip


def _contacted(tasks: Sequence[Task]) -> list[Outcome]:
    """Boards that answer at once all together; others one by one, since they ask the database."""
    now = clock.now()
    talking = [one for one in tasks if one.adapter.talks]
    outcomes = [contact(one, now) for one in tasks if not one.adapter.talks]
    if talking:
        with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(talking))) as pool:
            outcomes += pool.map(lambda one: contact(one, now), talking)
    return outcomes


def bring(number: int) -> str:
    """Bring one board up to date."""
    return f"{len(work([number]))} contacts"


def repeat(number: int) -> str:
    """Tell it once more, whatever it says that it shows."""
    return f"{len(work([number], force=True))} contacts"


def changed(number: int) -> str:
    """Bring a board up to date that somebody has edited."""
    return f"{len(work([number], edited=True))} contacts"
