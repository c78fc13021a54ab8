"""Puts a case in the queue to its back office, in the transaction in which it was submitted."""

from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import BackOffice, Case, Handover, HandoverEvent
from stadtkern.kernel.cases.moves import NotPossible
from stadtkern.kernel.jobs.tasks import perform

ATTEMPT: Final = "stadtkern.kernel.cases.handover.round.attempt"
GAVE_UP: Final = ("rejected", "dead")


def queue(case: Case) -> Handover | None:
    """The case's handover, new or there already; None where its form has no back office.

    It is tried as soon as the caller's transaction is committed. One that is switched off takes
    nothing for now: its cases wait for it.
    """
    office = case.version.form.back_office
    return None if office is None else queue_to(case, office)


def queue_to(case: Case, office: BackOffice) -> Handover:
    """The same for an office that staff chose."""
    found = under_way(case)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            made = Handover.objects.create(case=case, back_office=office)
    except IntegrityError:  # somebody was faster
        found = under_way(case)
        if found is None:
            raise
        return found
    perform.defer(call=ATTEMPT, number=made.pk)
    return made


def under_way(case: Case) -> Handover | None:
    """The handover of the case itself that was not given up."""
    return Handover.objects.filter(case=case, kind="case").exclude(state__in=GAVE_UP).first()


def again(handover: Handover, actor: str) -> Handover:
    """Try one that was given up once more. Raises NotPossible: it is under way.

    What was refused over there goes as a new one, since a refused name is never taken again; what
    only got no answer keeps its name, so that it does not arrive twice.
    """
    row = _given_up(handover)
    if row.state == "rejected" and row.kind == "case":
        return elsewhere(handover, row.back_office, actor)
    with transaction.atomic():
        _settle(row, "again", actor)
        if row.state == "rejected":
            row.remote, row.memory = "", {}
        row.state, row.tries, row.due, row.closed, row.problem = "waiting", 0, clock.now(), None, ""
        row.save(update_fields=["state", "tries", "due", "closed", "problem", "remote", "memory"])
        perform.defer(call=ATTEMPT, number=row.pk)
    return row


def elsewhere(handover: Handover, office: BackOffice, actor: str) -> Handover:
    """Hand it to another office (or to the same as a new one). Raises NotPossible."""
    row = _given_up(handover)
    if row.kind != "case":
        raise NotPossible(_("This belongs to a case that lies with this back office. Try it"
                            " again, or tell the office another way."))  # fmt: skip
    with transaction.atomic():
        _settle(row, "elsewhere", actor, text=office.slug)
        return queue_to(row.case, office)


def by_hand(handover: Handover, reason: str, actor: str) -> Handover:
    """Nobody sends it any more: the desk works on it by hand. Raises NotPossible."""
    row = _given_up(handover)
    with transaction.atomic():
        _settle(row, "by_hand", actor, text=reason)
    return row


def _given_up(handover: Handover) -> Handover:
    row = Handover.objects.select_related("case", "back_office").get(pk=handover.pk)
    if row.state not in GAVE_UP or row.closed is not None:
        raise NotPossible(_("This was settled meanwhile. Look at the list once more."))
    return row


def _settle(row: Handover, code: str, actor: str, text: str = "") -> None:
    """Closes it once, whoever else tries at the same moment."""
    now = clock.now()
    if not Handover.objects.filter(pk=row.pk, state__in=GAVE_UP, closed=None).update(closed=now):
        raise NotPossible(_("This was settled meanwhile. Look at the list once more."))
    row.closed = now
    HandoverEvent.objects.create(handover=row, code=code, text=f"{actor} {text}".strip()[:500])
