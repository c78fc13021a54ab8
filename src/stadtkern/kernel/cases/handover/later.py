"""What a back office has to hear after it has got a case: withdrawn, messages, files, appeals.

It goes the same way as the case, in a handover of its own, queued in the transaction in which it
happened: so it is tried again, given up for somebody to look at, and proved like the case itself.
"""

from typing import Any, Final

from django.db import IntegrityError, transaction

from stadtkern.kernel.cases.handover.queue import ATTEMPT, GAVE_UP, under_way
from stadtkern.kernel.cases.models import Case, Handover, Message
from stadtkern.kernel.jobs.tasks import perform

ARRIVED: Final = ("sent", "accepted")


def withdrawn(case: Case, message: Message | None = None) -> Handover | None:
    """The back office hears that it was withdrawn; `message` says why.

    None where it cannot have the case. The caller holds the case. Where the outcome of a try is
    unknown it is told as well: a withdrawal that nobody needed does less harm than a lost one.
    """
    first = _first(case)
    if first is None or first.state == "rejected" or not (first.tries or first.state in ARRIVED):
        return None
    return _queue(first, "withdrawal", message)


def written(message: Message) -> Handover | None:
    """The back office gets what the applicant wrote or brought, if it has the case at all."""
    first = _first(message.case)
    return _queue(first, "message", message) if first is not None else None


def may_go(kind: str, first: Handover) -> bool:
    """Whether the case has arrived, so that what comes later can be understood over there.

    A withdrawal also goes when nobody knows whether the case arrived.
    """
    if kind == "withdrawal":
        return first.state != "waiting"
    return first.state == "accepted"


def successor(first: Handover) -> Handover | None:
    """The handover of the same case that took the place of one that was given up."""
    found = under_way(first.case)
    return found if found is not None and found.pk != first.pk else None


def memory_of(first: Handover) -> dict[str, Any]:
    """What an adapter has to know of the case's own way: where it went."""
    where = first.memory.get("destination")
    return {"destination": where} if where else {}


def _first(case: Case) -> Handover | None:
    """The case's own handover, unless somebody took the case out of the back office's hands."""
    row = case.handovers.filter(kind="case").order_by("-pk").first()
    if row is None or (row.state in GAVE_UP and row.closed is not None):
        return None
    return row


def _queue(first: Handover, kind: str, message: Message | None) -> Handover | None:
    try:
        with transaction.atomic():
            made = Handover.objects.create(
                case=first.case, back_office=first.back_office, kind=kind, follows=first,
                message=message,
            )  # fmt: skip
    except IntegrityError:  # it is on its way already
        return None
    perform.defer(call=ATTEMPT, number=made.pk)
    return made
