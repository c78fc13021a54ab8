"""A player's own page, by the link of the mail: seat, photos, results; and the guardian's."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.bookings import links
from stadtkern.kernel.bookings.links import BadLink
from stadtkern.kernel.people.access import public
from stadtkern.systems.esports import finding, playing, signing_up
from stadtkern.systems.esports.models import Match, SignUp

ROWS = ("meeting__place", "booking", "wish__offer", "team")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """One's seat."""
    try:
        found = finding.by_seat(links.read(token, "manage"))
    except BadLink as bad:
        return _bad(request, str(bad))
    return _page(request, found) if found else _bad(request, "")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def waits(request: HttpRequest, token: str) -> HttpResponse:
    """One's place on the waiting list."""
    try:
        wish = links.read_wish(token, "manage")
    except BadLink as bad:
        return _bad(request, str(bad))
    found = SignUp.objects.select_related(*ROWS).filter(wish=wish, erased=None).first()
    return _page(request, found) if found else _bad(request, "")


def _bad(request: HttpRequest, problem: str) -> HttpResponse:
    return _private(render(request, "esports/bad_link.html", {"problem": problem}, status=404))


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _page(request: HttpRequest, found: SignUp) -> HttpResponse:
    if request.method == "POST":
        try:
            _do(request, found)
        except (signing_up.Refused, playing.Refused) as refused:
            messages.error(request, str(refused))
        return redirect(request.path)
    return _private(render(request, "esports/mine.html", {
        "signup": found, "one": found.meeting, "seat": found.seat,
        "matches": [(match, _side(match, found)) for match in _matches(found)],
    }))  # fmt: skip


def _do(request: HttpRequest, found: SignUp) -> None:
    deed = request.POST.get("do", "")
    if deed == "give-up":
        signing_up.give_up(found, by="player")
        messages.success(request, _("Your seat is free for somebody else now."))
    elif deed == "photo" and not found.guardian_email:
        signing_up.set_photo(found, "photo" in request.POST)
        messages.success(request, _("Saved."))
    elif deed == "no-photo":
        signing_up.set_photo(found, False)
        messages.success(request, _("Saved. No photos of you are shown any more."))
    elif deed == "result":
        _report(request, found)
    else:
        raise Http404


def _report(request: HttpRequest, found: SignUp) -> None:
    number = request.POST.get("match", "")
    match = next((one for one in _matches(found) if str(one.pk) == number), None)
    mine, yours = (request.POST.get(name, "") for name in ("mine", "yours"))
    if match is None or not (_is_number(mine) and _is_number(yours)):
        raise playing.Refused(_("Please enter both results as numbers."))
    side = _side(match, found)
    entrant = match.a if side == "a" else match.b
    assert entrant is not None
    scores = (int(mine), int(yours)) if side == "a" else (int(yours), int(mine))
    after = playing.report(match, entrant, *scores)
    told = {
        "done": _("Both sides say the same: the result counts."),
        "claimed": _("Saved. The result counts when the other side has said the same."),
        "disputed": _("The other side said something else. A referee will come to you."),
    }
    messages.success(request, told[after.state])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 3


def _matches(found: SignUp) -> list[Match]:
    """My open matches, alone or with my team."""
    ours = Q(a__signup=found) | Q(b__signup=found)
    if found.team_id:
        ours |= Q(a__team=found.team_id) | Q(b__team=found.team_id)
    rows = Match.objects.filter(ours).exclude(state="done").exclude(b=None).exclude(a=None)
    return list(rows.select_related("a", "b", "tournament"))


def _side(match: Match, found: SignUp) -> str:
    assert match.a is not None
    own = match.a.signup_id == found.pk
    team = found.team_id is not None and match.a.team_id == found.team_id
    return "a" if own or team else "b"


@public
@require_http_methods(["GET", "HEAD", "POST"])
def guardian(request: HttpRequest, token: str) -> HttpResponse:
    """A guardian agrees or not, and says whether photos are allowed."""
    found = signing_up.of_guardian(token)
    if found is None:
        return _bad(request, "")
    refused: Any = None
    if request.method == "POST":
        try:
            if request.POST.get("do") == "refuse":
                signing_up.refuse(found)
                return _private(render(request, "esports/refused.html", {"one": found.meeting}))
            signing_up.consent(found)
            signing_up.set_photo(found, "photo" in request.POST)
            return redirect(request.path)
        except signing_up.Refused as problem:
            refused = str(problem)
    given = {"signup": found, "one": found.meeting, "seat": found.seat, "problem": refused}
    return _private(render(request, "esports/guardian.html", given, status=409 if refused else 200))
