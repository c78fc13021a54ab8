"""Empties personal data whose retention is over."""

from datetime import datetime

from stadtkern.kernel.bookings import erasure
from stadtkern.systems.charging.logic import CADDY_KIND
from stadtkern.systems.charging.models import FaultReport


def faults(older_than: datetime) -> int:
    """Fault reports that were closed before; an open one is still needed."""
    return FaultReport.objects.filter(closed__lt=older_than).delete()[0]


def caddy_bookings(older_than: datetime) -> int:
    """Who had the shared vehicle; that somebody had it stays."""
    return erasure.erase((CADDY_KIND,), older_than)
