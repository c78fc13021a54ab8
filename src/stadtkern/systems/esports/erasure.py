"""Forgets who came; how many came and how the matches ended stays."""

from datetime import datetime

from stadtkern.kernel.bookings import erasure
from stadtkern.systems.esports.models import SignUp
from stadtkern.systems.esports.signing_up import KIND, forget


def erase(older_than: datetime) -> int:
    """Sign-ups, seats and waiting lists of meetings that ended before."""
    rows = SignUp.objects.filter(meeting__ends__lt=older_than, erased=None)
    signups = forget(list(rows.values_list("pk", flat=True)))
    return signups + erasure.erase((KIND,), older_than)
