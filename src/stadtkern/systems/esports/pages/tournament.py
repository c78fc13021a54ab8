"""A tournament as everybody sees it: table or bracket, and the matches of each round."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.systems.esports import playing
from stadtkern.systems.esports.models import Tournament


@public
@require_safe
def tournament(request: HttpRequest, number: int) -> HttpResponse:
    """Keeps itself up to date while it is running."""
    rows = Tournament.objects.exclude(meeting__state="draft").select_related("meeting__place")
    found = get_object_or_404(rows, pk=number)
    return render(request, "esports/tournament.html", {"one": found, **standing(found)})


def standing(found: Tournament) -> dict[str, Any]:
    """Rounds with their matches; the table of a Swiss tournament; who has won a knock-out."""
    matches = list(found.matches.select_related("a", "b", "winner"))
    rounds = [(turn, list(group)) for turn, group in groupby(matches, key=lambda one: one.round)]
    last = matches[-1] if matches else None
    swiss = found.mode == "swiss"
    table = playing.table(found) if swiss and found.state != "draft" else []
    champion: Any = None
    if found.state == "finished":
        champion = table[0][0] if table else last.winner if last else None
    return {"rounds": rounds, "table": table, "champion": champion,
            "followed_by": found.followed_by.exclude(state="draft")}  # fmt: skip
