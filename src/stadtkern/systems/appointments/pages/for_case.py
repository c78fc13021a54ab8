"""An appointment that belongs to a case: remembered from its link until a time is chosen."""

from typing import Final

from django.http import HttpRequest

from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.cases.journey import booking as cases
from stadtkern.kernel.cases.models import Case

KEPT: Final = "appointments.case"


def remember(request: HttpRequest) -> None:
    """Keep the case that a link named; the newest one counts."""
    if given := request.GET.get("case", "")[:200]:
        request.session[KEPT] = given


def attach(request: HttpRequest, made: Booking) -> None:
    """The new appointment belongs to that case."""
    given = request.session.pop(KEPT, "")
    if not given:
        return
    try:
        case = cases.attach(given, made)
    except cases.NotAttached:
        return
    # The link alone shows nobody's name: who is signed in need not type theirs again.
    if case.account_id is not None and case.account_id == request.user.pk:
        _fill_in(made, case)


def _fill_in(made: Booking, case: Case) -> None:
    made.name = made.name or case.name[:120]
    made.email, made.phone = made.email or case.email, made.phone or case.phone[:30]
    made.save(update_fields=["name", "email", "phone"])
