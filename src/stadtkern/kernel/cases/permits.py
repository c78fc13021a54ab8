"""Permits: what a granted case gives, whether one holds on a day, taking it back."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from dateutil.relativedelta import relativedelta
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.forms import definition as forms
from stadtkern.kernel.cases.forms.definition import Grant
from stadtkern.kernel.cases.forms.values import compared
from stadtkern.kernel.cases.models import Case, Permit
from stadtkern.kernel.cases.models.case import LETTERS
from stadtkern.kernel.cases.moves import NotPossible, tell
from stadtkern.kernel.people.models import Account

TRIES: Final = 5


def issue(case: Case) -> list[Permit]:
    """The permits that the form promises for a granted case; a second time the same ones.

    Raises NotPossible: the case does not say what a permit would be for.
    """
    definition = forms.read(case.version.definition)
    answers = case.answers
    with transaction.atomic():
        known = {one.kind: one for one in case.permits.all()}
        return [known.get(one.kind) or _made(case, one, definition, answers)
                for one in definition.grants]  # fmt: skip


def _made(
    case: Case, grant: Grant, definition: forms.Definition, answers: Mapping[str, Any]
) -> Permit:
    fields = definition.fields()
    subject = compared(fields[grant.subject], answers.get(grant.subject))
    if not subject:
        raise NotPossible(
            _("The answer “%(field)s” is missing, for which the permit would be.")
            % {"field": fields[grant.subject].title.get("de", grant.subject)}
        )
    first = _first(grant, answers)
    permit = Permit(
        kind=grant.kind, case=case, holder_sealed=sealing.seal(case.name),
        data={name: answers[name] for name in grant.data if name in answers},
        days=DateRange(first, first + relativedelta(months=grant.months)),
    )  # fmt: skip
    permit.subject = subject[:80]
    made = _numbered(permit, grant.number)
    tell(case, "permit.issued", source="desk", data={"permit": made.number},
         key=f"permit:{grant.kind}")  # fmt: skip
    return made


def _first(grant: Grant, answers: Mapping[str, Any]) -> date:
    """The day asked for, but none that is over."""
    today = timezone.localdate(clock.now())
    try:
        return max(today, date.fromisoformat(str(answers.get(grant.begins, ""))))
    except ValueError:
        return today


def _numbered(permit: Permit, begins: str) -> Permit:
    """Saved with a number that nobody guesses from another one."""
    for _attempt in range(TRIES):
        tail = "".join(secrets.choice(LETTERS) for _ in range(7))
        permit.number = f"{begins}{tail}" if begins else f"{permit.kind[:12].upper()}-{tail}"
        try:
            with transaction.atomic():
                permit.save(force_insert=True)
        except IntegrityError:
            continue
        return permit
    raise NotPossible(_("No number is free for this permit. Please try again."))


def valid(kind: str, subject: str, on: date) -> bool:
    """Whether somebody has a permit of this kind for this subject on a day."""
    return Permit.objects.valid(kind, subject, on).exists()


def revoke(permit: Permit, *, reason: str, by: Account) -> Permit:
    """Take a permit back, with a reason; a second time changes nothing."""
    with transaction.atomic():
        row = Permit.objects.select_for_update(of=("self",)).get(pk=permit.pk)
        if row.state == "revoked":
            return row
        row.state, row.revoked, row.reason = "revoked", clock.now(), reason[:250]
        row.save(update_fields=["state", "revoked", "reason"])
        record(by, "permit.revoke", row)
        if row.case is not None:
            tell(row.case, "permit.revoked", source="desk", actor=f"account:{by.pk}",
                 data={"permit": row.number}, key=f"permit.revoked:{row.pk}")  # fmt: skip
    return row
