"""The decision: prepared by one, checked by a second where the form asks, put into the mailbox."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases import documents, permits
from stadtkern.kernel.cases.desk import decision_pdf, serving
from stadtkern.kernel.cases.desk.work import actor
from stadtkern.kernel.cases.forms import definition as forms
from stadtkern.kernel.cases.journey import mails
from stadtkern.kernel.cases.models import (
    OUTCOMES,
    Case,
    Decision,
    Document,
    Message,
    SecondLook,
)
from stadtkern.kernel.cases.models.case import OPEN
from stadtkern.kernel.cases.moves import NotPossible, locked, move, tell
from stadtkern.kernel.people.models import Account


def prepare(case: Case, *, outcome: str, text: str, by: Account | None) -> Decision:
    """Write a decision down, or write it anew; the applicant sees nothing of it yet.

    What a second person said of an earlier text no longer holds. Raises NotPossible.
    """
    if outcome not in OUTCOMES:
        raise NotPossible(_("Please choose how you decide."))
    if not text.strip():
        raise NotPossible(_("Please give the reasons: the decision needs a text."))
    with transaction.atomic():
        row = locked(case.pk)
        if row.state not in OPEN:
            raise NotPossible(_("This case is decided already, or it was withdrawn."))
        made, _new = Decision.objects.update_or_create(
            case=row,
            defaults={"outcome": outcome, "text_sealed": sealing.seal(text), "by": by,
                      "second": None, "prepared": clock.now()},
        )  # fmt: skip
        tell(row, "decision.prepared", source="desk", actor=actor(by), visible=False)
        if by:
            record(by, "case.prepare", row, outcome=outcome)
    return made


def needs_second(case: Case) -> bool:
    """Whether the form asks that a second person checks."""
    return bool(case.version.definition.get("four_eyes"))


def returned(decision: Decision) -> SecondLook | None:
    """The look that sent this text back; None where nobody did since it was written."""
    last = decision.looks.last()
    sent_back = last is not None and last.verdict == "returned" and last.at >= decision.prepared
    return last if sent_back else None


def send_back(decision: Decision, *, reason: str, by: Account) -> SecondLook:
    """The second person does not agree: the first one reads why. Raises NotPossible."""
    if not reason.strip():
        raise NotPossible(_("Please say why you send it back."))
    with transaction.atomic():
        row = _waiting(decision)
        _other(row, by)
        look = SecondLook.objects.create(
            decision=row,
            by=by,
            at=clock.now(),
            verdict="returned",
            reason_sealed=sealing.seal(reason),
        )
        tell(row.case, "decision.returned", source="desk", actor=actor(by), visible=False)
        record(by, "case.return", row.case, decision=row.pk)
    return look


def provide(decision: Decision, *, second: Account | None = None) -> Decision:
    """Give the decision to the applicant, for good; a second time changes nothing.

    Its PDF is sealed with the case, a message and a mail tell of it, permits are issued where it
    is granted, and whoever listens hears that the case is decided. Raises NotPossible.
    """
    with transaction.atomic():
        case = locked(decision.case_id)
        row = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
        if row.provided is not None:
            return row
        _checked(case, row, second)
        made = drawn_document(case, row)
        given(case, row, [made])
    return row


def _checked(case: Case, row: Decision, second: Account | None) -> None:
    """Everything that has to be true before; the second look is written down."""
    row.case = case
    if returned(row):
        raise NotPossible(_("This text was sent back. Please write it anew first."))
    if needs_second(case):
        if second is None:
            raise NotPossible(_("A second person has to check this decision."))
        _other(row, second)
    if row.outcome == "granted" and _owes(case):
        raise NotPossible(_("The fee is not paid yet. Wait for it, or take it back first."))
    if second is not None and second.pk != row.by_id:
        row.second = second
        SecondLook.objects.create(decision=row, by=second, at=clock.now(), verdict="approved")


def _owes(case: Case) -> bool:
    charge = case.charge
    return charge is not None and charge.policy == "deferred" and charge.state == "open"


def _other(row: Decision, second: Account) -> None:
    if second.pk == row.by_id:
        raise NotPossible(_("You wrote this decision. Somebody else has to check it."))


def _waiting(decision: Decision) -> Decision:
    locked(decision.case_id)
    row = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if row.provided is not None:
        raise NotPossible(_("This decision has been given out. It cannot be sent back any more."))
    return row


def drawn_document(case: Case, row: Decision) -> Document:
    """The decision as a PDF, kept with the case."""
    content = decision_pdf.drawn(case, row)
    with override(case.language):
        name = " ".join([_("Notice of decision"), f"{case.reference}.pdf"])
    return documents.add(case, name=name, content=content, origin="city", kind="decision")


def given(case: Case, row: Decision, files: Sequence[Document]) -> None:
    """In the caller's transaction: provided, served, told, with permits; for good."""
    definition = forms.read(case.version.definition)
    now = clock.now()
    row.provided, row.document = now, files[0] if files else None
    dates = serving.dates(case, definition, now)
    row.served_on, row.appeal_until = dates.served_on, dates.appeal_until
    row.save()
    source = "desk" if row.by_id else "back_office"
    if row.outcome == "granted":
        permits.issue(case)
    case.requests.filter(state="open").update(state="cancelled", answered=now)
    move(case, "decided", source=source, actor=actor(row.by), outcome=row.outcome,
         data={"outcome": row.outcome, "decision": row.pk})  # fmt: skip
    with override(case.language):
        told = Message.objects.create(
            case=case, direction="out", author=row.by, at=now, subject=_("Your decision is here"),
            level=definition.level if case.account_id else 0,
            text_sealed=sealing.seal(_("The decision on your case is in the attached file.")),
        )  # fmt: skip
        told.documents.set(files)
        mails.write(case, "news", key=f"decision:{row.pk}")
    if row.by:
        record(row.by, "case.provide", case, outcome=row.outcome, second=row.second_id)
