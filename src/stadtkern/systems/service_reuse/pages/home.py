"""Which services of others are used here and which are not, with the reasons."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.systems.service_reuse.models import Candidate, Decision

UNDER_WAY = ("contracted", "connected", "tested")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One service of others with the decision on its service."""

    candidate: Candidate
    decision: Decision | None


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """In use, under way, looked at; and where the city decided otherwise. Two statements."""
    found = Candidate.objects.filter(service__active=True).exclude(step="retired")
    decisions = list(Decision.objects.filter(state="decided", service__active=True).select_related(
        "service", "candidate").order_by("-decided"))  # fmt: skip
    by_service = {one.service_id: one for one in decisions}
    rows = [Row(candidate=one, decision=_of(one, by_service))
            for one in found.select_related("service")]  # fmt: skip
    return render(request, "service_reuse/home.html", {
        "live": [one for one in rows if one.candidate.step == "live"],
        "under_way": [one for one in rows if one.candidate.step in UNDER_WAY],
        "looked_at": [one for one in rows if one.candidate.step in ("candidate", "assessed")],
        "otherwise": [one for one in decisions if one.outcome != "reuse"],
        "invented": any(one.candidate.invented for one in rows),
    })  # fmt: skip


def _of(one: Candidate, decisions: dict[int, Decision]) -> Decision | None:
    found = decisions.get(one.service_id)
    return found if found and found.outcome == "reuse" and found.candidate_id == one.pk else None
