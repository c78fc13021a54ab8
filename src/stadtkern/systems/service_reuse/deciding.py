"""The decision: reuse, build, wait or link, with the costs of each option and the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.models import Account
from stadtkern.systems.service_reuse import costs
from stadtkern.systems.service_reuse.costs import PARTS, Pair, Total
from stadtkern.systems.service_reuse.models import OUTCOMES, Candidate, Decision

Actor = Account | str


class NotReady(Exception):
    """It cannot be decided yet; `texts` say by field what is missing."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__(" ".join(texts.values()))
        self.texts = dict(texts)


class Overtaken(Exception):
    """Somebody else has changed the decision since this person read it."""

    def __str__(self) -> str:
        return _("Somebody else has changed this decision meanwhile. Look at it anew.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a person has entered; amounts in cents."""

    candidate: int | None
    outcome: str
    sensible: str
    economical: str
    costs: Mapping[str, Mapping[str, Pair]]
    cases: Pair | None
    discount: Decimal
    review_on: date | None


def totals(decision: Decision) -> dict[str, Total]:
    """What each option costs over the years, in the order of the options."""
    cases = (None if decision.cases_low is None or decision.cases_high is None
             else (decision.cases_low, decision.cases_high))  # fmt: skip
    return {
        name: costs.total(decision.costs[name], cases, decision.years, decision.discount)
        for name in OUTCOMES if decision.costs.get(name)
    }  # fmt: skip


@transaction.atomic
def begin(service: Service, candidate: Candidate | None, *, actor: Actor) -> Decision:
    """The draft for this service: the one that is there, or a new one with what is known."""
    draft = Decision.objects.filter(service=service, state="draft").first()
    if draft is not None:
        return draft
    before = Decision.objects.filter(service=service, state="decided").first()
    draft = Decision(service=service, candidate=candidate)
    draft.cases_low = draft.cases_high = service.yearly
    if before is not None:
        draft.costs, draft.discount = before.costs, before.discount
        draft.cases_low, draft.cases_high = before.cases_low, before.cases_high
    if candidate is not None:
        draft.costs = {**draft.costs, "reuse": known_costs(candidate)}
    draft.save()
    record(actor, "service_reuse.decision_begin", draft, service=service.pk)
    return draft


def known_costs(candidate: Candidate) -> dict[str, Any]:
    """The prices of a candidate as an option's costs; one end alone stands for both."""
    found = {}
    for name in PARTS:
        low, high = getattr(candidate, f"{name}_low"), getattr(candidate, f"{name}_high")
        if low is not None or high is not None:
            found[name] = [low if low is not None else high, high if high is not None else low]
    return found


@transaction.atomic
def keep(number: int, said: Said, *, revision: int, actor: Actor) -> Decision:
    """Keep what was entered in the draft. Raises Overtaken."""
    draft = _locked(number, revision)
    draft.outcome = said.outcome if said.outcome in OUTCOMES else ""
    draft.candidate = Candidate.objects.filter(
        pk=said.candidate or 0, service=draft.service_id
    ).first()
    draft.sensible, draft.economical = said.sensible.strip(), said.economical.strip()
    draft.costs = {name: {part: list(pair) for part, pair in of.items()}
                   for name, of in said.costs.items() if name in OUTCOMES}  # fmt: skip
    draft.cases_low, draft.cases_high = said.cases or (None, None)
    draft.discount, draft.review_on = said.discount, said.review_on
    draft.revision += 1
    draft.save()
    record(actor, "service_reuse.decision_change", draft, service=draft.service_id)
    return draft


def _locked(number: int, revision: int) -> Decision:
    draft = (
        Decision.objects.select_for_update(of=("self",)).filter(pk=number, state="draft").first()
    )
    if draft is None or draft.revision != revision:
        raise Overtaken
    return draft


def faults(draft: Decision) -> dict[str, str]:
    """What is missing before it can be decided, by field."""
    found: dict[str, str] = {}
    if not draft.outcome:
        found["outcome"] = _("Choose what the city does.")
    if draft.outcome == "reuse" and draft.candidate_id is None:
        found["candidate"] = _("Choose the service that is reused.")
    if not draft.sensible:
        found["sensible"] = _("Say why this makes sense.")
    if not draft.economical:
        found["economical"] = _("Say whether this is economical, and why.")
    if len(totals(draft)) < 2:
        found["costs"] = _("Enter the costs of at least two options, so that they can be compared.")
    if draft.review_on is None:
        found["review_on"] = _("Say when this is looked at again.")
    elif draft.review_on <= clock.now().date():
        found["review_on"] = _("This day lies in the past.")
    return found


@transaction.atomic
def decide(number: int, *, revision: int, actor: Actor) -> Decision:
    """Make the draft the service's decision. Raises NotReady, Overtaken."""
    draft = _locked(number, revision)
    wrong = faults(draft)
    if wrong:
        raise NotReady(wrong)
    now = clock.now()
    before = Decision.objects.filter(service=draft.service_id, state="decided")
    before.update(state="superseded", superseded=now)
    draft.state, draft.decided = "decided", now
    draft.decided_by = actor if isinstance(actor, Account) else None
    draft.save()
    record(actor, "service_reuse.decide", draft, service=draft.service_id, outcome=draft.outcome)
    return draft
