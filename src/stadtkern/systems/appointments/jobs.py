"""What appointments do by themselves: each can run twice and stop half-way."""

from datetime import datetime, timedelta

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import erasure
from stadtkern.systems.appointments.logic import freed, limits
from stadtkern.systems.appointments.logic.visits import KIND
from stadtkern.systems.appointments.models import Check, Spent

# What says nothing about a person, and statistics need.
KEPT = ("services", "persons")


def release() -> str:
    """Slots that were given up a while ago are free."""
    return f"{freed.release()} slots"


def forget() -> str:
    """Proofs that are too old anyway, codes of yesterday, counts of hours that are over."""
    now = clock.now()
    proofs, _rows = Spent.objects.filter(until__lt=now).delete()
    codes, _rows = Check.objects.filter(created__lt=now - timedelta(days=1)).delete()
    return f"{proofs} proofs, {codes} codes, {limits.forget()} counts"


def erase(older_than: datetime) -> int:
    """Empty who came; times, states and concerns stay for statistics."""
    return erasure.erase((KIND,), older_than, keep=KEPT)
