"""Retention of raw uplinks."""

from datetime import timedelta

from stadtkern.kernel import clock, registry
from stadtkern.kernel.devices.models import Uplink

STEP = 20_000


def forget_old_uplinks() -> str:
    """Delete raw uplinks past the city's retention, in steps that block nobody."""
    limit = clock.now() - timedelta(days=registry.city().keep.uplinks_days)
    gone = 0
    while True:
        ids = list(Uplink.objects.filter(received__lt=limit).values_list("id", flat=True)[:STEP])
        if not ids:
            return f"{gone} uplinks forgotten"
        Uplink.objects.filter(id__in=ids).delete()
        gone += len(ids)
