"""Sends a case once: others sign, then it is paid, then the city has it."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.desk import finding, periods
from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.journey import co_signing, mails, paying
from stadtkern.kernel.cases.journey.errors import Incomplete, LevelMissing, NotOpen
from stadtkern.kernel.cases.journey.hold import contact_of, definition_of, held
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.models.journey import Draft
from stadtkern.kernel.cases.moves import move
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.kernel.people.models import Account

COPY: Final = "stadtkern.kernel.cases.journey.copying.make"
# How long it waits for those who sign and for the payment.
WAIT: Final = timedelta(days=30)
UNDER_WAY: Final = ("co_sign", "payment", "submitted", "received", "in_progress", "query",
                    "decided", "closed")  # fmt: skip


def send(
    case_id: int, *, key: str | UUID, actor: Account | None, level: int = 0, language: str = "",
) -> Case:  # fmt: skip
    """Send a draft; once per key, however often it is asked for.

    Afterwards it waits for signatures (`co_sign`), for money (`payment`), or was sent
    (`submitted`); it is written in `language` from now on. Raises Incomplete, LevelMissing,
    NotOpen.
    """
    with transaction.atomic():
        case = held(case_id)
        if case.state in UNDER_WAY and str(case.submit_key) == str(key):
            return case
        if case.state != "draft" or str(case.submit_key) != str(key):
            raise NotOpen(_("This page is out of date. Look at the case once more."))
        definition = definition_of(case)
        case.level, case.language = max(case.level, level), language or case.language
        answers = run.kept(definition, case.answers)
        if found := run.faults(definition, answers, language=case.language):
            raise Incomplete(found)
        if case.level < definition.level:
            raise LevelMissing(definition.level)
        _fix(case, definition, answers)
        if co_signing.ask(case, definition):
            return move(case, "co_sign", expires=clock.now() + WAIT)
        return go_on(case, definition)


def _fix(case: Case, definition: Definition, answers: dict[str, Any]) -> None:
    """What is sent is what was shown: hidden answers and their files go."""
    case.answers = answers
    case.changed = clock.now()
    for name, text in contact_of(definition, answers).items():
        setattr(case, name, text)
    case.save()
    used = set(_files(definition, answers))
    for one in case.documents.filter(origin="applicant", kind="upload"):
        if str(one.public_id) not in used:
            one.delete()


def _files(definition: Definition, answers: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for step in definition.steps:
        rows = answers.get(step.id, []) if step.repeated else [answers]
        for row in rows:
            for field in step.fields:
                if field.kind == "file":
                    found += row.get(field.id) or []
    return found


def go_on(case: Case, definition: Definition) -> Case:
    """Everybody has signed: it is paid first where the form says so, else it is sent."""
    if definition.payment == "upfront" and (charge := paying.charge_for(case, definition)):
        return move(case, "payment", charge=charge, expires=clock.now() + WAIT)
    return submit(case)


def submit(case: Case, *, source: str = "portal") -> Case:
    """The city has it now: in one transaction with the way into its back office."""
    from stadtkern.kernel.cases.handover import queue  # noqa: PLC0415  it may ask us for the copy

    days = definition_of(case).work_days
    sent = move(case, "submitted", source=source, expires=None,
                due=periods.due_at(clock.now(), days))  # fmt: skip
    Draft.objects.filter(case=sent).delete()
    finding.note(sent, definition_of(sent))
    mails.write(sent, "sent")
    queue.queue(sent)
    perform.defer(call=COPY, number=sent.pk)
    return sent


def reopen(case_id: int, *, code: str = "reopened", source: str = "portal") -> Case:
    """Back to the draft, to change something; signatures and an open charge fall away.

    The key is a new one, so that no old page sends what is changed. Raises NotPossible.
    """
    with transaction.atomic():
        case = held(case_id)
        if case.state == "draft":
            return case
        back = move(case, "draft", source=source, code=code, submit_key=uuid4(),
                    expires=clock.now() + WAIT)  # fmt: skip
        co_signing.begin_anew(back)
        paying.let_go(back)
        Draft.objects.get_or_create(case=back)
    return back
