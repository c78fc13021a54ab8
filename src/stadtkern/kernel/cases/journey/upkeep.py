"""What runs by the clock: remind of drafts that end soon, end those that nobody went on with."""

from datetime import timedelta
from typing import Final

from stadtkern.kernel import clock
from stadtkern.kernel.cases import retention
from stadtkern.kernel.cases.journey import ending, mails
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.models.journey import Draft

REMIND: Final = timedelta(days=7)
BATCH: Final = 500


def run() -> str:
    """Once an hour. Bears repetition, also when it stops half-way."""
    return f"{remind()} reminded, {expire()} expired, {retention.erase_due()} erased"


def remind() -> int:
    """One mail before a draft ends; saving it once more begins a new time."""
    now = clock.now()
    rows = Draft.objects.filter(
        reminded=None, case__state="draft", case__expires__gt=now,
        case__expires__lte=now + REMIND,
    )  # fmt: skip
    count = 0
    for row in rows.select_related("case__version__form")[:BATCH]:
        if Draft.objects.filter(pk=row.pk, reminded=None).update(reminded=now):
            day = f"{row.case.expires:%Y%m%d}"
            count += mails.write(row.case, "expires", key=f"expires:{day}")
    return count


def expire() -> int:
    """Drafts, and what waits for signatures or money for too long."""
    rows = Case.objects.filter(
        state__in=["draft", "co_sign", "payment"], expires__lte=clock.now()
    ).values_list("pk", flat=True)  # fmt: skip
    numbers = list(rows[:BATCH])
    for number in numbers:
        ending.expire(number)
    return len(numbers)
