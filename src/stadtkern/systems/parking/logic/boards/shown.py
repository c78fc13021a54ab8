"""What the boards show now, for everybody: the open dataset, the map, and reports in DATEX II."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel import clock
from stadtkern.kernel.contract import Pin, State
from stadtkern.systems.parking.logic.boards.faces import Face, face_of
from stadtkern.systems.parking.models import STATES, Board

SILENT = timedelta(minutes=30)
# By what boards say of themselves (`boards.adapter.FAULTS`).
FAULTS = {
    "lamp": gettext_lazy("lamps have failed"), "temperature": gettext_lazy("too hot or too cold"),
    "door": gettext_lazy("door open"), "controller": gettext_lazy("controller faulty"),
    "fallback": gettext_lazy("it shows its own text, since nobody spoke to it"),
}  # fmt: skip
SIGNS: dict[str, State] = {
    "good": "good", "waiting": "good", "differs": "tight", "silent": "tight", "failed": "bad",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardShown:
    """A board with what it says that it shows.

    `face` is None, and `at` too, where it has not said anything. `set_at` is when it was last told.
    `works` is whether it answers, shows what it should and has no fault.
    """

    board: Board
    face: Face | None
    at: datetime | None
    set_at: datetime | None
    works: bool

    @property
    def rows(self) -> int:
        """As many lines as are wanted, or shown."""
        wanted = face_of(self.board.wanted)
        return max(len(face.lines) if face else 0 for face in (wanted, self.face))

    @property
    def stale(self) -> bool:
        """Whether its last report is older than a board's ever should be."""
        return self.at is None or clock.age(self.at) > SILENT

    @property
    def state(self) -> State:
        """As maps and lists show it."""
        own = SIGNS.get(self.board.state, "none")
        return "tight" if own == "good" and self.board.faults else own

    @property
    def word(self) -> str:
        """The state in words."""
        if self.board.state == "good" and self.board.faults:
            return _("shows what it should, but has a fault")
        return str(STATES[self.board.state])


def shown() -> list[BoardShown]:
    """All boards in service, by name; one query."""
    rows = Board.objects.filter(on=True).select_related("place").order_by("place__name", "pk")
    return [of_board(board) for board in rows]


def of_board(board: Board) -> BoardShown:
    """One board; its place is needed."""
    return BoardShown(
        board=board, face=face_of(board.shown), at=board.shown_at, set_at=board.told_at,
        works=board.state in ("good", "waiting") and not board.faults,
    )  # fmt: skip


def fault_words(board: Board) -> str:
    """What is wrong, for everybody: without addresses, which are only in its `problem`."""
    state = [] if board.state in ("good", "waiting", "new") else [str(STATES[board.state])]
    return ", ".join([*state, *(str(FAULTS.get(one, one)) for one in board.faults)])


def rows() -> Iterator[dict[str, Any]]:
    """The dataset: one row for each line; a board that never reported has one without a text."""
    for one in shown():
        lines: Sequence[tuple[str | None, str]] = [(None, "")]
        if one.face is not None:
            lines = [(line.text, line.arrow) for line in one.face.lines]
        for number, (text, arrow) in enumerate(lines, start=1):
            yield {
                "id": one.board.uid,
                "name": one.board.place.name,
                "line": number,
                "text": text,
                "arrow": arrow,
                "state": one.word,
                "reported_at": one.at,
                "invented": one.board.place.invented,
                "geometry": one.board.place.geometry,
            }


def pins() -> Iterator[Pin]:
    """Boards on the map; the label is their first line."""
    for one in shown():
        place = one.board.place
        lines = [line.text for line in one.face.lines if line.text] if one.face else []
        yield Pin(
            place=place.public_id, name=place.title, lon=place.lon or 0, lat=place.lat or 0,
            state=one.state, label="", text=" / ".join(lines) or one.word, at=one.at,
            stale=one.state == "none", small=True, url=reverse("parking:boards"),
        )  # fmt: skip
