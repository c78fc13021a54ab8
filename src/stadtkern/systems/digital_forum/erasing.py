"""Forgets who came; what was counted stays."""

from datetime import datetime

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import erasure
from stadtkern.systems.digital_forum.logic import DEVICE, SESSION
from stadtkern.systems.digital_forum.models import AssistSession, Visit


def visits(older_than: datetime) -> int:
    """Names of visits and contact data of bookings that were before."""
    rows = Visit.objects.filter(arrived__lt=older_than, erased=None)
    gone = rows.update(name="", booking=None, erased=clock.now())
    return gone + erasure.erase((SESSION, DEVICE), older_than, keep=("reason",))


def sessions(older_than: datetime) -> int:
    """The trails of assisted sessions that ended before."""
    return AssistSession.objects.filter(state="ended", ended__lt=older_than).delete()[0]
