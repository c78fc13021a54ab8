"""How long the personal part of a case is kept, and how it goes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.audit.models import record_all
from stadtkern.kernel.cases.events import CaseChanged
from stadtkern.kernel.cases.handover.forget import forget
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.models import (
    Case,
    CoSign,
    Decision,
    Document,
    Handover,
    Message,
    Note,
    Permit,
    Request,
    SearchKey,
    StatusEvent,
)
from stadtkern.kernel.cases.models.desk import Appeal, Correction, SecondLook
from stadtkern.kernel.cases.models.journey import Draft, MailCode
from stadtkern.kernel.post.models import Letter

# Where a form says nothing: two years after it was granted, one after it was not, and at once
# what never was sent. A decision record says why.
DAYS: Final = {"granted": 730, "rejected": 365, "withdrawn": 90, "expired": 0}
BATCH: Final = 200
EMPTY: Final = "[]"


def heard(event: CaseChanged) -> None:
    """A case that has ended gets the day on which its personal part goes."""
    if event.after not in ("decided", "withdrawn", "expired"):
        return
    case = Case.objects.select_related("version").get(pk=event.case)
    Case.objects.filter(pk=case.pk).update(erase_on=erase_on(case, timezone.localdate(clock.now())))


def erase_on(case: Case, ended: date) -> date:
    """The day by the form's rules and the outcome; partly granted counts as granted.

    A permit is proof for as long as it holds, and so is the decision behind it.
    """
    how = {"partly": "granted"}.get(case.outcome, case.outcome) or case.state
    if case.state in ("withdrawn", "expired"):
        how = case.state if case.submitted else "expired"
    days = definition_of(case).keep_days.get(how, DAYS.get(how, DAYS["granted"]))
    return ended + timedelta(days=days)


def erase(older_than: datetime) -> int:
    """What the register of personal data calls once a day; every case has a day of its own."""
    return erase_due()


def erase_due() -> int:
    """Erase what is due; returns how many cases. Bears repetition, and stops between batches.

    What is on its way to a back office stays until it has arrived or was given up.
    """
    today, count = timezone.localdate(clock.now()), 0
    away = Handover.objects.filter(case=OuterRef("pk"), state__in=("waiting", "sent"), closed=None)
    due = Case.objects.filter(~Exists(away), erase_on__lte=today, erased=None)
    while rows := list(due[:BATCH]):
        for case in rows:
            count += erase_case(case)
    return count


def erase_case(case: Case) -> bool:
    """Answers, documents, messages, names go; state, times and codes stay for the figures."""
    with transaction.atomic():
        row = Case.objects.select_for_update().filter(pk=case.pk, erased=None).first()
        if row is None:
            return False
        _erase_around([row.pk])
        Case.objects.filter(pk=row.pk).update(
            account=None, name="", email="", phone="", acting={}, helped=[], prefilled={},
            answers_sealed=None, booking=None, erased=clock.now(),
        )  # fmt: skip
        record_all("system:cases", "case.erase", [f"cases.case:{row.pk}"])
    return True


def _erase_around(cases: Sequence[int]) -> None:
    """Everything else that hangs on these cases and says something about people."""
    blank = sealing.seal("")
    of_these = {"case__in": cases}
    for model in (CoSign, Note, Correction, MailCode, Draft, SearchKey):
        model.objects.filter(**of_these).delete()
    Message.objects.filter(**of_these).update(text_sealed=blank, subject="", author=None)
    Request.objects.filter(**of_these).update(text_sealed=blank, wanted=[])
    Decision.objects.filter(**of_these).update(text_sealed=blank, reference="")
    SecondLook.objects.filter(decision__case__in=cases).update(reason_sealed=blank)
    Appeal.objects.filter(result_sealed__isnull=False, **of_these).update(result_sealed=blank)
    Document.objects.filter(**of_these).update(name="", sha512="", content_sealed=None)
    StatusEvent.objects.filter(**of_these).update(actor="", data={})
    # The receipts stay: they prove the handover and name nobody.
    Handover.objects.filter(**of_these).update(memory={}, problem="")
    Letter.objects.filter(topic__in=[f"case:{number}" for number in cases]).delete()
    forget(cases)


def account_closed(event: Any) -> None:
    """Whoever closes their account: drafts go at once, the rest by its time and without account."""
    from stadtkern.kernel.cases.journey import ending  # noqa: PLC0415  it stands above

    mine = Case.objects.filter(account=event.account)
    for case in mine.filter(state__in=["draft", "co_sign", "payment"]):
        ending.withdraw(case.pk)
        erase_case(case)
    mine.update(account=None)


def forget_holders(older_than: datetime) -> int:
    """Who held a permit that ended before this is forgotten; its number and days stay."""
    over = Permit.objects.filter(days__endswith__lte=timezone.localdate(older_than))
    return over.exclude(holder_sealed=None, subject_sealed=None).update(
        holder_sealed=None, subject_sealed=None, subject_key="", data={}
    )
