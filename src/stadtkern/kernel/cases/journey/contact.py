"""How whoever applies is reached, put right while the case is running."""

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.journey.errors import NotOpen
from stadtkern.kernel.cases.journey.hold import held
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.moves import tell


def correct(case_id: int, *, email: str, phone: str) -> Case:
    """New contact data; the answers stay as they were sent. Raises NotOpen."""
    with transaction.atomic():
        case = held(case_id)
        if case.state in ("closed", "withdrawn", "expired") or case.erased is not None:
            raise NotOpen(_("This case is closed, so nothing is written to you any more."))
        if (case.email, case.phone) == (email, phone):
            return case
        case.email, case.phone, case.changed = email, phone, clock.now()
        case.save(update_fields=["email", "phone", "changed"])
        tell(case, "contact.changed")
    return case
