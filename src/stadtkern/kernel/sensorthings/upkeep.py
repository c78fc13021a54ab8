"""Forgets Idempotency-Keys whose day is over."""

from datetime import timedelta

from stadtkern.kernel import clock
from stadtkern.kernel.sensorthings.models import IdempotentRequest

KEPT = timedelta(hours=24)


def forget_old_requests() -> str:
    """Delete requests older than a day: their keys count as new again."""
    gone, _ = IdempotentRequest.objects.filter(created__lt=clock.now() - KEPT).delete()
    return f"{gone} requests forgotten"
