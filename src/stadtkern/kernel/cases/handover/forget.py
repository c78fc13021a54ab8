"""What handovers know of people goes with their cases; receipts and times stay as proof."""

from collections.abc import Sequence

from stadtkern.kernel.cases.models import Handover, HandoverEvent


def forget(cases: Sequence[int]) -> None:
    """Words of receivers and of staff can name somebody; tokens and tags cannot."""
    Handover.objects.filter(case__in=cases).update(problem="")
    HandoverEvent.objects.filter(handover__case__in=cases).update(text="")
