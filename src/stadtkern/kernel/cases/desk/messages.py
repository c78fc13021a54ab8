"""The mailbox of a case, seen from the desk: letters out, letters in, appeals."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.desk import ask
from stadtkern.kernel.cases.desk.work import actor
from stadtkern.kernel.cases.handover import later
from stadtkern.kernel.cases.journey import mails
from stadtkern.kernel.cases.models import Appeal, Case, Document, Message, Request
from stadtkern.kernel.cases.moves import NotPossible, locked, tell
from stadtkern.kernel.people.models import Account


def write_to_applicant(
    case: Case, *, subject: str, text: str, author: Account | None, level: int = 0,
    documents: Iterable[Document] = (),
) -> Message:  # fmt: skip
    """A message into the applicant's mailbox, with a mail that says only that it is there.

    Whoever reads it needs `level`; without `author` it comes from the back office or the system.
    """
    with transaction.atomic():
        made = Message.objects.create(
            case=case, direction="out", author=author, at=clock.now(), level=level,
            subject=subject[:200],
            text_sealed=sealing.seal(text),
        )  # fmt: skip
        made.documents.set(documents)
        tell(case, "message.out", source="desk" if author else "back_office",
             actor=actor(author), data={"message": made.pk})  # fmt: skip
        mails.write(case, "news", key=f"message:{made.pk}")
        if author:
            record(author, "case.message", case, message=made.pk)
    return made


def write_to_desk(
    case: Case, *, text: str, documents: Iterable[Document] = (), request: Request | None = None
) -> Message:
    """What the applicant writes; with `request` it is the answer to that question."""
    with transaction.atomic():
        made = _incoming(case, text, documents, request)
        if request is None:
            tell(case, "message.in", data={"message": made.pk})
        else:
            ask.answered(request)
    return made


def appeal(case: Case, *, text: str, documents: Iterable[Document] = ()) -> Appeal:
    """An appeal against the decision: a task for the office; the decision stays as it is.

    Raises NotPossible: nothing is decided yet. One that comes late is kept all the same.
    """
    with transaction.atomic():
        row = locked(case.pk)
        if row.state not in ("decided", "closed"):
            raise NotPossible(_("There is no decision yet against which you could appeal."))
        now = clock.now()
        made = _incoming(row, text, documents, None, subject=_("Appeal"))
        until = getattr(getattr(row, "decision", None), "appeal_until", None)
        found = Appeal.objects.create(
            case=row, message=made, received=now,
            in_time=timezone.localdate(now) <= until if until else None,
        )  # fmt: skip
        tell(row, "appeal.received", data={"appeal": found.pk})
    return found


def settle(found: Appeal, *, result: str, by: Account) -> Appeal:
    """Say what became of an appeal; the office has this task no longer."""
    with transaction.atomic():
        row = Appeal.objects.select_for_update().get(pk=found.pk)
        if row.settled is None:
            row.settled, row.by, row.result_sealed = clock.now(), by, sealing.seal(result)
            row.save(update_fields=["settled", "by", "result_sealed"])
            tell(row.case, "appeal.settled", source="desk", actor=actor(by))
            record(by, "case.appeal", row.case, appeal=row.pk)
    return row


def seen(case: Case) -> None:
    """What the applicant wrote is read now; done when a clerk opens the case."""
    case.messages.filter(direction="in", read=None).update(read=clock.now())


def _incoming(
    case: Case, text: str, documents: Iterable[Document], request: Request | None,
    subject: str = "",
) -> Message:  # fmt: skip
    made = Message.objects.create(
        case=case, direction="in", author=case.account, at=clock.now(), subject=subject,
        request=request,
        text_sealed=sealing.seal(text),
    )  # fmt: skip
    made.documents.set(documents)
    later.written(made)
    return made
