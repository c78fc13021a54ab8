"""Obvious mistakes in an answer: staff put them right, and what was said before is kept."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.desk import finding
from stadtkern.kernel.cases.desk.work import actor
from stadtkern.kernel.cases.forms import definition as forms
from stadtkern.kernel.cases.forms import run, values
from stadtkern.kernel.cases.forms.definition import Definition, Field, Step
from stadtkern.kernel.cases.journey.hold import contact_of
from stadtkern.kernel.cases.models import Case, Correction
from stadtkern.kernel.cases.models.case import OPEN
from stadtkern.kernel.cases.moves import NotPossible, locked, tell
from stadtkern.kernel.people.models import Account

# What is put right in one line; files are asked for instead, and choices decide what was asked.
KINDS = ("text", "long_text", "email", "phone", "integer", "number", "money", "date", "time",
         "postcode", "iban", "plate", "vin")  # fmt: skip


def can_be_corrected(field: Field) -> bool:
    """Whether staff may put an answer of this field right."""
    return field.kind in KINDS


def correct(case: Case, *, field: str, row: int | None, said: str, reason: str,
            by: Account) -> Correction:  # fmt: skip
    """Put one answer right. Raises NotPossible with what is wrong.

    `row` is the repetition in a repeated step, from 0; `said` is written as applicants write it.
    """
    if not reason.strip():
        raise NotPossible(_("Please say why you correct it."))
    with transaction.atomic():
        found = locked(case.pk)
        if found.state not in OPEN:
            raise NotPossible(_("This case is not being worked on any more."))
        definition = forms.read(found.version.definition)
        step, asked = _field(definition, field)
        answers = found.answers
        where = _place(answers, step, row)
        before, after = where.get(field), _value(asked, said)
        where[field] = after
        if any(one.field == field and one.row == row
               for one in run.faults(definition, answers, language="de")):  # fmt: skip
            raise NotPossible(_("This answer does not fit the others. Ask the applicant instead."))
        return _saved(found, asked, row, answers, (before, after), reason, by)


def _saved(
    case: Case, field: Field, row: int | None, answers: dict[str, Any],
    change: tuple[Any, Any], reason: str, by: Account,
) -> Correction:  # fmt: skip
    case.answers, case.changed, case.revision = answers, clock.now(), case.revision + 1
    contact = contact_of(forms.read(case.version.definition), answers)
    for name, text in contact.items():
        setattr(case, name, text)
    case.save(update_fields=["answers_sealed", "changed", "revision", *contact])
    finding.note(case, forms.read(case.version.definition))
    before, after = (values.say(field, one, "de") for one in change)
    made = Correction.objects.create(
        case=case, field=field.id, row=row, before_sealed=sealing.seal(before),
        after_sealed=sealing.seal(after), reason_sealed=sealing.seal(reason), by=by,
        at=clock.now(),
    )  # fmt: skip
    tell(case, "answer.corrected", source="desk", actor=actor(by), data={"field": field.id})
    record(by, "case.correct", case, field=field.id)
    return made


def _field(definition: Definition, name: str) -> tuple[Step, Field]:
    for step in definition.steps:
        for field in step.fields:
            if field.id == name and can_be_corrected(field):
                return step, field
    raise NotPossible(_("This answer cannot be corrected here. Ask the applicant instead."))


def _place(answers: dict[str, Any], step: Step, row: int | None) -> dict[str, Any]:
    """Where the answer stands."""
    if not step.repeated:
        return answers
    rows = answers.get(step.id) or []
    if row is None or not 0 <= row < len(rows):
        raise NotPossible(_("This answer is not there any more. Look at the case once more."))
    found: dict[str, Any] = rows[row]
    return found


def _value(field: Field, said: str) -> Any:
    handling = values.KINDS[field.kind]
    try:
        value = handling.parse(field, {field.id: said})
        if value is not None:
            handling.check(field, value)
    except values.NotValid as refused:
        raise NotPossible(str(refused)) from None
    return value
