"""The display boards as other programs read them: records of the shared interface for signs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.feeds.signs import Arrow, Panel, Sign, SignState
from stadtkern.systems.parking.logic.boards import overrides
from stadtkern.systems.parking.logic.boards.faces import Face, Line, face_of
from stadtkern.systems.parking.logic.boards.shown import fault_words
from stadtkern.systems.parking.models import Board, BoardLine, Override

STATES: Final[Mapping[str, SignState]] = {
    "good": "working", "waiting": "working", "new": "unknown", "differs": "differs",
    "silent": "silent", "failed": "failed",
}  # fmt: skip
NOTHING: Final = Line(text="")


def signs() -> Iterator[Sign]:
    """Every board, also those switched off; a fixed number of queries."""
    shown_since = Max("messages__at", filter=Q(messages__step="displayed"))
    rows = Board.objects.select_related("place").prefetch_related("lines__sites")
    boards = list(rows.annotate(shown_since=shown_since).order_by("place__name", "pk"))
    by_hand = overrides.standing(boards, clock.now())
    with override("de"):
        for one in boards:
            if one.place.lon is not None and one.place.lat is not None:
                yield _sign(one, by_hand.get(one.pk), one.shown_since)


def _sign(board: Board, by_hand: Override | None, shown_since: datetime | None) -> Sign:
    place, face = board.place, face_of(board.shown)
    return Sign(
        id=f"parking-{board.uid}", system="parking", title=place.name,
        lon=place.lon or 0.0, lat=place.lat or 0.0, static_at=place.created,
        panels=tuple(_panels(board, face, by_hand)),
        state=STATES[board.state] if board.on else "off", width=board.width,
        since=(shown_since or board.shown_at) if face else None, updated=board.shown_at,
        fault=fault_words(board) if board.on else "", place=place.public_id,
        bearing=board.facing, page=reverse("parking:boards"), invented=place.invented,
    )  # fmt: skip


def _panels(board: Board, face: Face | None, by_hand: Override | None) -> Iterator[Panel]:
    """As many as are wanted or shown; a line that somebody wrote is about no car park."""
    wanted = face_of(board.wanted)
    meant, lit = (found.lines if found else () for found in (wanted, face))
    lines = sorted(board.lines.all(), key=lambda one: one.number)
    texts: Sequence[Any] = by_hand.texts if by_hand else ()
    for i in range(max(len(meant), len(lit))):
        shown, wish = _at(lit, i), _at(meant, i)
        written = i < len(texts) and texts[i]
        yield Panel(
            text=shown.text, wanted=wish.text, arrow=_arrow(shown),
            lit=None if face is None else bool(shown.text or shown.arrow),
            target="" if written or i >= len(lines) else _target(lines[i]),
        )  # fmt: skip


def _arrow(line: Line) -> Arrow:
    arrow: Arrow = line.arrow  # type: ignore[assignment]  # faces have no others
    return arrow


def _at(lines: Sequence[Line], place: int) -> Line:
    return lines[place] if place < len(lines) else NOTHING


def _target(line: BoardLine) -> str:
    """The uid of the car park in the parking interfaces, where the line is about one."""
    uids = [site.uid for site in line.sites.all()]
    if line.content == "guide":
        chosen = line.memory.get("chosen", "")
        return f"parking-{chosen}" if chosen in uids else ""
    return f"parking-{uids[0]}" if line.content == "site" and len(uids) == 1 else ""
