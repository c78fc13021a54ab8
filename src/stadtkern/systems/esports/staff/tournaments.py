"""Make a tournament, draw its rounds, and be its referee."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.esports import playing
from stadtkern.systems.esports.models import Match, Meeting, Tournament
from stadtkern.systems.esports.pages.tournament import standing
from stadtkern.systems.esports.staff.answer import page, person

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Tournament]
else:
    ModelForm = forms.ModelForm


class TournamentForm(ModelForm):
    """What staff choose."""

    class Meta:
        model = Tournament
        fields = ("title", "title_en", "mode", "teams", "rounds")


@staff("esports.run")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, number: int) -> HttpResponse:
    """A tournament of a meeting."""
    meeting = get_object_or_404(Meeting, pk=number)
    form = TournamentForm(request.POST or None, instance=Tournament(meeting=meeting))
    if request.method == "POST" and form.is_valid():
        made = form.save()
        record(person(request), "esports.tournament", made, title=made.title)
        return redirect("esports-staff:tournament", made.pk)
    return page(request, "tournament_new", form=form, meeting=meeting,
                status=422 if form.errors else 200)  # fmt: skip


@staff("esports.run")
@require_safe
def tournament(request: HttpRequest, number: int) -> HttpResponse:
    """Rounds, open matches, and what can be done."""
    rows = Tournament.objects.select_related("meeting")
    one = get_object_or_404(rows, pk=number)
    ready = len(playing.who_can_play(one)) if one.state == "draft" else 0
    return page(
        request, "tournament", one=one, ready=ready,
        entrants=one.entrants.all(), open=one.matches.exclude(state="done").exists(),
        **standing(one),
    )  # fmt: skip


@staff("esports.run")
@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Begin, draw the next round, or let somebody go home."""
    one = get_object_or_404(Tournament, pk=number)
    deed = request.POST.get("do", "")
    try:
        if deed == "start":
            playing.start(one)
        elif deed == "next":
            playing.next_round(one)
        elif deed == "leave":
            entrant = request.POST.get("entrant", "")
            key = int(entrant) if entrant.isascii() and entrant.isdecimal() else 0
            playing.leave(get_object_or_404(one.entrants, pk=key))
        else:
            raise Http404
    except playing.Refused as refused:
        messages.error(request, str(refused))
    else:
        record(person(request), f"esports.{deed}", one, title=one.title)
    return redirect("esports-staff:tournament", number)


@staff("esports.run")
@require_POST
def match(request: HttpRequest, number: int) -> HttpResponse:
    """A referee's word."""
    rows = Match.objects.select_related("tournament", "a", "b")
    one = get_object_or_404(rows, pk=number)
    deed = request.POST.get("do", "")
    try:
        if deed == "result":
            playing.decide(one, *_scores(request))
        elif deed in ("a", "b"):
            winner = one.a if deed == "a" else one.b
            if winner is None:
                raise playing.Refused(_("The players of this match are not known yet."))
            playing.walkover(one, winner)
        else:
            raise Http404
    except playing.Refused as refused:
        messages.error(request, str(refused))
    else:
        record(person(request), "esports.result", one.tournament, match=one.pk, how=deed)
    return redirect("esports-staff:tournament", one.tournament_id)


def _scores(request: HttpRequest) -> tuple[int, int]:
    given = [request.POST.get(name, "") for name in ("score_a", "score_b")]
    if not all(one.isascii() and one.isdecimal() and len(one) <= 3 for one in given):
        raise playing.Refused(_("Please enter both results as numbers."))
    return int(given[0]), int(given[1])
