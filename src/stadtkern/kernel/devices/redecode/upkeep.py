"""Keeps runs going whose worker died, and forgets what can no longer be undone."""

from datetime import timedelta

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import OPEN, Redecoding
from stadtkern.kernel.devices.redecode.run import queue
from stadtkern.kernel.devices.redecode.undo import forget_replaced

# A step takes seconds; whoever is silent for so long has been killed.
SILENT = timedelta(minutes=3)


def tend() -> str:
    """Hand runs that nobody works on to the workers once more, and forget what is too old."""
    resting = Redecoding.objects.filter(state__in=OPEN, moved__lt=clock.now() - SILENT)
    for run in resting:
        Redecoding.objects.filter(pk=run.pk).update(moved=clock.now())
        queue(run)
    return f"{len(resting)} runs carried on; {forget_replaced()}"
