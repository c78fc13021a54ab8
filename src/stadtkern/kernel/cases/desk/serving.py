"""From when a decision counts as served, and the proof of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.cases.desk import periods, texts
from stadtkern.kernel.cases.forms import definition as forms
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.models import Case, Decision
from stadtkern.kernel.cases.moves import tell
from stadtkern.kernel.post.models import Letter


@dataclass(frozen=True, kw_only=True, slots=True)
class Dates:
    """Both None where nothing is known yet."""

    served_on: date | None
    appeal_until: date | None


def dates(case: Case, definition: Definition, provided: datetime) -> Dates:
    """What follows from putting a decision into the mailbox of an account (§ 9 (1) OZG).

    Whoever applied without an account has no mailbox: there it counts on the day after it was
    fetched (§ 41 (2a) VwVfG), so nothing is known yet.
    """
    if case.account_id is None:
        return Dates(served_on=None, appeal_until=None)
    served = periods.served_on(provided)
    return Dates(served_on=served, appeal_until=_until(definition, served))


def _until(definition: Definition, served: date) -> date | None:
    """Without a word on how to appeal the short period does not run (§ 58 (2) VwGO)."""
    told = definition.appeal_days and definition.texts.get(texts.APPEAL)
    return periods.appeal_until(served, definition.appeal_days) if told else None


def opened(decision: Decision) -> Decision:
    """Note that the applicant opened a decision for the first time."""
    with transaction.atomic():
        row = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
        if row.provided is None or row.opened is not None:
            return row
        row.opened = clock.now()
        case = row.case
        if row.served_on is None and case.account_id is None:
            row.served_on = timezone.localdate(row.opened) + timedelta(days=1)
            row.appeal_until = _until(forms.read(case.version.definition), row.served_on)
        row.save(update_fields=["opened", "served_on", "appeal_until"])
        tell(case, "decision.opened", key=f"decision.opened:{row.pk}")
    return row


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """When a decision was provided, announced by mail, opened, and counts as served."""

    provided: datetime | None
    mailed: datetime | None
    mail_state: str
    opened: datetime | None
    served_on: date | None
    appeal_until: date | None


def proof(decision: Decision) -> Proof:
    """What is known of how a decision came to its reader."""
    mail = Letter.objects.filter(key=f"case.decision:{decision.pk}:{decision.case_id}").first()
    return Proof(
        provided=decision.provided, mailed=mail.sent if mail else None,
        mail_state=mail.state if mail else "", opened=decision.opened,
        served_on=decision.served_on, appeal_until=decision.appeal_until,
    )  # fmt: skip
