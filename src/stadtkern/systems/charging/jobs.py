"""Background work of charging points."""

from datetime import timedelta

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic import live, settings
from stadtkern.systems.charging.models import FaultReport, StatusEvent


def count() -> str:
    """Count free points anew: a point that fell silent changes a count without a word."""
    return f"{live.recount_all()} counts stored"


def tidy() -> str:
    """Forget statuses and reports that nobody needs any more."""
    now = clock.now()
    old = now - timedelta(days=settings().events_days)
    events, _kinds = StatusEvent.objects.filter(told__lt=old).delete()
    past = now - timedelta(days=settings().faults_days)
    faults, _kinds = FaultReport.objects.filter(closed__lt=past).delete()
    FaultReport.objects.filter(at__lt=now - timedelta(days=7)).exclude(mark="").update(mark="")
    return f"{events} statuses and {faults} reports forgotten"
