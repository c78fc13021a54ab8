"""Who looked at whose personal data: on record, once for each clerk and hour."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry, record
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.moves import tell
from stadtkern.kernel.people.models import Account

SEE: Final = "case.see"
# The line of the timeline that says when somebody of the city saw it first.
FIRST: Final = "desk.first_look"
ONCE_IN: Final = timedelta(hours=1)


def looked(case: Case, *, by: Account) -> bool:
    """Put a look at a case on record; False where this clerk has one from the last hour."""
    known = Entry.objects.filter(
        target=f"cases.case:{case.pk}", verb=SEE, actor=f"account:{by.pk}",
        at__gt=clock.now() - ONCE_IN,
    )  # fmt: skip
    if known.exists():
        return False
    with transaction.atomic():
        record(by, SEE, case)
        tell(case, FIRST, source="desk", visible=False, key=FIRST)
    return True
