"""Texts that staff put on a board by hand: one at a time, gone by themselves at their end."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.systems.parking.models import Board, Override

BY_ITSELF = "time"


def put(board: Board, texts: Sequence[str], *, why: str, until: datetime, who: Account) -> Override:
    """Show these texts from now on; one that stood there before ends with it."""
    now = clock.now()
    with transaction.atomic():
        Board.objects.select_for_update().get(pk=board.pk)
        _end(board, now, f"account:{who.pk}")
        made = Override.objects.create(board=board, texts=list(texts), why=why,
                                       by=f"account:{who.pk}", since=now, until=until)  # fmt: skip
        record(who, "parking.board_override", board, texts=list(texts), why=why,
               until=until.isoformat())  # fmt: skip
    return made


def undo(board: Board, who: Account) -> bool:
    """Take it away before its end; False where there is none any more."""
    with transaction.atomic():
        Board.objects.select_for_update().get(pk=board.pk)
        ended = _end(board, clock.now(), f"account:{who.pk}")
        if ended:
            record(who, "parking.board_override_end", board)
    return ended


def _end(board: Board, now: datetime, by: str) -> bool:
    """One whose time is over was over then, whoever comes later."""
    found = Override.objects.filter(board=board, ended=None).first()
    if found is None:
        return False
    over = found.until <= now
    found.ended, found.ended_by = (found.until, BY_ITSELF) if over else (now, by)
    found.save(update_fields=["ended", "ended_by"])
    return not over


def close_over(now: datetime) -> int:
    """Write down the end of those whose time is over; they are not shown any more already."""
    over = 0
    for found in Override.objects.filter(ended=None, until__lte=now):
        rows = Override.objects.filter(pk=found.pk, ended=None)
        over += rows.update(ended=found.until, ended_by=BY_ITSELF)
    return over


def standing(boards: Sequence[Board], now: datetime) -> Mapping[int, Override]:
    """What is to be shown now, by board; one query."""
    rows = Override.objects.filter(board__in=boards, ended=None, since__lte=now, until__gt=now)
    return {one.board_id: one for one in rows}
