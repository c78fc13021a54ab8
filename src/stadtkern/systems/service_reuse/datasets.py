"""The rows of the open data: the register with what was decided."""

from collections.abc import Iterator
from typing import Any

from stadtkern.systems.service_reuse.models import Candidate, Decision


def rows() -> Iterator[dict[str, Any]]:
    """Every candidate of an active service; two statements."""
    decided = {one.service_id: one for one in Decision.objects.filter(state="decided")}
    for one in Candidate.objects.filter(service__active=True).select_related("service"):
        made = decided.get(one.service_id)
        yield {
            "service": one.service.slug, "title": one.title,
            "made_by": str(one.get_state_display()) if one.state else None, "step": one.step,
            "outcome": made.outcome if made else None,
            "decided_at": made.decided if made else None,
            "review_on": made.review_on if made else None,
            "source": one.source, "invented": one.invented,
        }  # fmt: skip
