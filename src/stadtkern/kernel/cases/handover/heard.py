"""Takes in a word of a back office: once, in one transaction with what it changes."""

from typing import Final

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.cases.desk import from_back_office
from stadtkern.kernel.cases.handover.protocol import Word
from stadtkern.kernel.cases.models import Handover, HandoverEvent
from stadtkern.kernel.cases.moves import tell

# What changes a case or a handover; everything else is only kept in the log.
FOR_THE_DESK: Final = ("accepted", "status", "request", "decided")


def take(handover: Handover, word: Word) -> bool:
    """False where it was heard before."""
    with transaction.atomic():
        # Not against those who only point to it: what comes later is queued by who has the case.
        row = Handover.objects.select_for_update(no_key=True).get(pk=handover.pk)
        _event, new = HandoverEvent.objects.get_or_create(
            handover=row, key=word.key,
            defaults={"at": clock.now(), "code": word.code, "text": _text(word),
                      "token": word.token, "proof": dict(word.proof)},
        )  # fmt: skip
        if not new:
            return False
        _move(row, word)
        if row.kind != "case":
            _told_later(row, word)
        elif word.code in FOR_THE_DESK:
            from_back_office.hear(handover.case, word)
    return True


def _told_later(row: Handover, word: Word) -> None:
    """That the back office knows it now, in the timeline; nothing else comes of it."""
    if word.code == "accepted":
        tell(row.case, f"{row.kind}.told", source="back_office", key=f"told:{row.pk}",
             visible=row.kind == "withdrawal")  # fmt: skip


def _can_refuse(row: Handover, word: Word) -> bool:
    """After a signed acceptance nothing is refused; what was only delivered still can be."""
    return row.state in ("waiting", "sent") or (row.state == "accepted" and not word.token)


def _text(word: Word) -> str:
    """What may stand in a log: reasons of a refusal, never what is written to people."""
    return word.text[:500] if word.code not in FOR_THE_DESK else word.outcome


def _move(row: Handover, word: Word) -> None:
    """An answer after all is believed even when we had given up."""
    open_still = row.closed is None
    if word.code == "accepted" and row.state in ("waiting", "sent", "dead") and open_still:
        row.state, row.answered, row.problem = "accepted", clock.now(), ""
    elif word.code == "rejected" and open_still and _can_refuse(row, word):
        row.state, row.answered, row.problem = "rejected", clock.now(), word.text[:500]
    else:
        return
    if word.remote_case:
        row.remote_case = word.remote_case
    row.save(update_fields=["state", "answered", "problem", "remote_case"])
