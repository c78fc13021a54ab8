"""Looking again: what was measured of another state of things is marked, drafts get fresher."""

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.systems.digital_maturity import assessing
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity import facts as looking
from stadtkern.systems.digital_maturity.models import Assessment

BATCH = 500


def look_again() -> tuple[int, int, int]:
    """How many were marked, how many are as they were again, how many drafts are fresher."""
    rows = list(Assessment.objects.filter(state__in=["complete", "draft"]).select_related(
        "service", "model"))  # fmt: skip
    seen = looking.gather({one.service_id: one.service for one in rows}.values())
    marked = [one for one in rows if one.state == "complete" and _mark(one, seen[one.service_id])]
    with transaction.atomic():
        Assessment.objects.bulk_update(marked, ["stale_since", "stale_facts"], batch_size=BATCH)
        drafts = [one for one in rows if one.state == "draft"]
        old = [one for one in drafts if one.facts != seen[one.service_id].written()]
        fresh = sum(_freshen(one.pk) for one in old)
    cleared = sum(one.stale_since is None for one in marked)
    return len(marked) - cleared, cleared, fresh


def _mark(one: Assessment, facts: looking.Facts) -> bool:
    """Whether what is known of its age has changed."""
    names = looking.changed(one.facts, facts.written())
    if names == one.stale_facts:
        return False
    one.stale_facts = names
    one.stale_since = (one.stale_since or clock.now()) if names else None
    return True


def _freshen(number: int) -> bool:
    """Fresh proposals for a draft; False where somebody else holds or has completed it."""
    draft = (
        Assessment.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("model", "service").filter(pk=number, state="draft").first()
    )  # fmt: skip
    if draft is None:
        return False
    definition = documents.read(draft.model.definition)
    assessing.refresh(draft, definition, looking.of(draft.service))
    draft.revision += 1
    draft.save(update_fields=["answers", "reasons", "facts", "revision"])
    return True
