"""Who works on a case: take it over, give it to somebody, give it back, to another office."""

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.models import Case, CaseLink, Note
from stadtkern.kernel.cases.models.case import OPEN
from stadtkern.kernel.cases.moves import NotPossible, locked, move, tell
from stadtkern.kernel.people.models import Account, Department


def actor(by: Account | None) -> str:
    """How the timeline names who did something: never by name."""
    return f"account:{by.pk}" if by else ""


def take(case: Case, *, by: Account) -> Case:
    """Take a case over: from now on it is worked on."""
    return assign(case, to=by, by=by)


def assign(case: Case, *, to: Account, by: Account) -> Case:
    """Give a case to a clerk. Raises NotPossible where it is over."""
    with transaction.atomic():
        row = _open(case)
        if row.clerk_id == to.pk and row.state not in ("submitted", "received"):
            return row
        row.clerk, row.changed = to, clock.now()
        row.save(update_fields=["clerk", "changed"])
        if row.state in ("submitted", "received"):
            row = move(row, "in_progress", source="desk", actor=actor(by))
        tell(row, "desk.assigned", source="desk", actor=actor(by), visible=False,
             data={"to": to.pk})  # fmt: skip
        record(by, "case.take" if to.pk == by.pk else "case.assign", row, to=to.pk)
    return row


def give_back(case: Case, *, by: Account) -> Case:
    """Nobody's case any more; the office sees it as free."""
    with transaction.atomic():
        row = locked(case.pk)
        if row.clerk_id is None:
            return row
        row.clerk, row.changed = None, clock.now()
        row.save(update_fields=["clerk", "changed"])
        tell(row, "desk.given_back", source="desk", actor=actor(by), visible=False)
        record(by, "case.release", row)
    return row


def transfer(case: Case, *, to: Department, reason: str, by: Account) -> Case:
    """To another office, with a reason that it reads as a note. Raises NotPossible."""
    with transaction.atomic():
        row = _open(case)
        if row.department_id == to.pk:
            raise NotPossible(_("The case is in this office already."))
        before = row.department.slug
        row.department, row.clerk, row.changed = to, None, clock.now()
        row.save(update_fields=["department", "clerk", "changed"])
        note(row, text=reason, by=by)
        # The applicant is told who answers from now on.
        tell(row, "desk.transferred", source="desk", actor=actor(by),
             data={"from": before, "to": to.slug})  # fmt: skip
        record(by, "case.office", row, before=before, after=to.slug)
    return row


def note(case: Case, *, text: str, by: Account | None) -> Note:
    """A note for colleagues."""
    with transaction.atomic():
        made = Note.objects.create(
            case=case, author=by, at=clock.now(), text_sealed=sealing.seal(text)
        )
        if by:
            record(by, "case.note", case, note=made.pk)
    return made


def join(case: Case, other: Case, *, by: Account) -> bool:
    """Note that two cases belong together; False where it was known. Raises NotPossible."""
    if case.pk == other.pk:
        raise NotPossible(_("A case cannot be linked with itself."))
    first, second = sorted((case, other), key=lambda one: one.pk)
    with transaction.atomic():
        _row, new = CaseLink.objects.get_or_create(one=first, other=second, defaults={"by": by})
        if new:
            record(by, "case.link", case, other=other.pk)
    return new


def part(case: Case, other: Case, *, by: Account) -> None:
    """Two cases do not belong together after all."""
    first, second = sorted((case, other), key=lambda one: one.pk)
    with transaction.atomic():
        if CaseLink.objects.filter(one=first, other=second).delete()[0]:
            record(by, "case.unlink", case, other=other.pk)


def close(case: Case, *, by: Account) -> Case:
    """Nothing is left to do after the decision. Raises NotPossible while an appeal is open."""
    with transaction.atomic():
        row = locked(case.pk)
        if row.appeals.filter(settled=None).exists():
            raise NotPossible(_("An appeal is open. Settle it first."))
        closed = move(row, "closed", source="desk", actor=actor(by))
        record(by, "case.close", row)
    return closed


def _open(case: Case) -> Case:
    row = locked(case.pk)
    if row.state not in OPEN:
        raise NotPossible(_("This case is not being worked on any more."))
    return row
