"""Writes down what became of contacts: the board's state, and one row for each step."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import structlog

from stadtkern.kernel import clock, registry
from stadtkern.kernel.bell import ring
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.logic.boards import watch, working
from stadtkern.systems.parking.logic.boards.contact import Outcome
from stadtkern.systems.parking.logic.boards.faces import face_of, same
from stadtkern.systems.parking.models import Board, BoardMessage

# A board that is well is looked at every minute; one that fails is asked less and less often.
LOOK_EVERY = timedelta(seconds=50)
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 2, 4, 8, 15))
TOPIC = "parking.boards"
log = structlog.get_logger("boards")
FIELDS = (
    "told", "told_at", "shown", "shown_at", "faults", "state", "problem", "failures",
    "failing_since", "due", "busy", "changed",
)  # fmt: skip


def write(outcomes: Sequence[Outcome], now: datetime) -> None:
    """All outcomes of a round, in the caller's transaction; open pages are told of changes."""
    by_board = {one.task.board: one for one in outcomes}
    rows = Board.objects.filter(pk__in=by_board).select_related("place").order_by("pk")
    boards = list(rows.select_for_update(of=("self",)))
    messages: list[BoardMessage] = []
    for board in boards:
        outcome = by_board[board.pk]
        if outcome.task.line != (board.protocol, board.address):
            # Somebody gave it another address meanwhile: this was another board.
            board.busy = None
            continue
        messages += _steps(board, outcome, now)
        _apply(board, outcome, now)
    Board.objects.bulk_update(boards, FIELDS)
    BoardMessage.objects.bulk_create(messages)
    working.note(boards, now)
    if messages:
        ring(TOPIC)


def unusable(board: Board, problem: str, now: datetime) -> None:
    """A board that cannot even be called: its own settings are wrong."""
    _fail(board, problem, now, silent=True)
    board.busy, board.changed = None, now
    board.save(update_fields=FIELDS)
    BoardMessage.objects.create(board=board, at=now, step="failed", cause="retry",
                                face=board.wanted, detail=problem[:300])  # fmt: skip


def _steps(board: Board, outcome: Outcome, now: datetime) -> Iterator[BoardMessage]:
    """What happened, in its order; that a board still shows the same is no news."""
    cause = _cause(board, outcome)
    wanted = outcome.task.wanted

    def step(name: str, face: dict[str, object], why: str, detail: str = "") -> BoardMessage:
        return BoardMessage(board=board, at=now, step=name, cause=why, face=face,
                            detail=detail[:300])  # fmt: skip

    if outcome.told:
        yield step("sent", wanted.kept(), cause)
    if outcome.told == "acknowledged":
        yield step("acknowledged", wanted.kept(), cause)
    shown = outcome.shown
    if shown is not None and not same(shown, face_of(board.shown)):
        yield step("displayed", shown.kept(), cause if outcome.told else "look")
    if outcome.problem:
        yield step("failed", (shown or wanted).kept(), cause, outcome.problem)


def _cause(board: Board, outcome: Outcome) -> str:
    if outcome.task.force:
        return "repeat"
    if board.told_at is None:
        return "start"
    if outcome.differed:
        return "repair"
    return "retry" if board.failures else board.cause


def _apply(board: Board, outcome: Outcome, now: datetime) -> None:
    if outcome.told:
        board.told, board.told_at = outcome.task.wanted.kept(), now
    if outcome.shown is not None:
        board.shown, board.shown_at = outcome.shown.kept(), outcome.shown_at
    if outcome.faults is not None:
        board.faults = list(outcome.faults)
    if outcome.problem:
        _fail(board, outcome.problem, now, silent=outcome.silent)
    else:
        _well(board, outcome, now)
    board.busy, board.changed = None, now


def _well(board: Board, outcome: Outcome, now: datetime) -> None:
    if board.state == "failed":
        log.info("board works again", board=board.uid)
    # A board that answers when it likes is believed once it has answered.
    pending = not outcome.task.adapter.talks and not outcome.is_right
    if pending and board.failures:
        board.due = now + LOOK_EVERY
        return
    board.state, board.problem = "waiting" if pending else "good", ""
    board.failures, board.failing_since = 0, None
    # Meanwhile something else may be wanted.
    newer = board.wanted != outcome.task.wanted.kept()
    board.due = now if newer and outcome.task.adapter.talks else now + LOOK_EVERY


def _fail(board: Board, problem: str, now: datetime, *, silent: bool) -> None:
    board.failures += 1
    board.failing_since = board.failing_since or now
    board.problem = problem[:300]
    failed = board.failures >= logic.settings().boards.failed_after
    if failed and board.state != "failed":
        log.warning("board failed", board=board.uid, problem=problem)
    board.state = "failed" if failed else "silent" if silent else "differs"
    board.due = now + BACK_OFF[min(board.failures, len(BACK_OFF)) - 1]


def forget() -> str:
    """Messages older than the city keeps those of devices; what boards show now is kept.

    Each night as well: a city that took a board into service is told when one fails.
    """
    if Board.objects.exists():
        watch.ensure()
    limit = clock.now() - timedelta(days=registry.city().keep.uplinks_days)
    gone, _each = BoardMessage.objects.filter(at__lt=limit).delete()
    return f"{gone} messages to boards forgotten"
