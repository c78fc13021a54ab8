"""A person accepts or refuses proposals, one or many, and can take it back."""

from typing import Any

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.systems.data_improvement.models import Examination, Proposal, ProposalQuerySet

VERBS = {
    Proposal.ACCEPTED: "data_improvement.accept", Proposal.REFUSED: "data_improvement.refuse",
    Proposal.OPEN: "data_improvement.reopen",
}  # fmt: skip


def decide(
    who: Any, examination: Examination, chosen: ProposalQuerySet, state: str, *, reason: str = ""
) -> int:
    """Set these proposals of the examination to this state; how many changed.

    One statement and one audit entry for any number; what is so already does not change.
    """
    with transaction.atomic():
        changing = chosen.filter(examination=examination).exclude(state=state)
        numbers = list(changing.select_for_update().values_list("number", flat=True))
        changed = examination.proposals.filter(number__in=numbers).update(
            **_facts(who, state, reason)
        )
        if changed:
            record(
                who, VERBS[state], examination, count=changed, numbers=sorted(numbers)[:200],
                **({"reason": reason} if reason else {}),
            )  # fmt: skip
    return changed


def _facts(who: Any, state: str, reason: str) -> dict[str, Any]:
    if state == Proposal.OPEN:
        return {"state": state, "decided_by": "", "decided": None, "refusal": ""}
    name = who if isinstance(who, str) else f"account:{who.pk}"
    said = reason if state == Proposal.REFUSED else ""
    return {"state": state, "decided_by": name, "decided": clock.now(), "refusal": said[:300]}
