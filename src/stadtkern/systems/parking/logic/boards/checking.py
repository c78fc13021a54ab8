"""What is wrong with the boards, for the page of problems."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from stadtkern.kernel.contract import Problem
from stadtkern.systems.parking.models import Board


def problems() -> Iterator[Problem]:
    """Boards that failed, that show something else, have a fault, or no line."""
    rows = Board.objects.filter(on=True).select_related("place").order_by("place__name")
    for board in rows.prefetch_related("lines"):
        if said := _said(board):
            fix = reverse("parking-staff:board", args=[board.uid])
            yield Problem(text=said % {"board": board.place.title}, fix=fix)


def _said(board: Board) -> str:
    if board.state == "failed":
        return _("The display board %(board)s has failed.")
    if board.state == "differs":
        return _("The display board %(board)s shows something else than it should.")
    if board.faults:
        return _("The display board %(board)s reports a fault.")
    if not board.lines.all():
        return _("The display board %(board)s has no lines.")
    return ""
