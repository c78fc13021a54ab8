"""Meetings that are ahead, one meeting, and it as a calendar file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from stadtkern.kernel import calendar_file, clock
from stadtkern.kernel.calendar_file import Entry
from stadtkern.kernel.people.access import public
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.esports.finding import Shown, one, seats, shown
from stadtkern.systems.esports.models import Meeting, Tournament

LATELY = 6


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is ahead, the tournaments that are running, and what was lately."""
    rows = Meeting.objects.public().select_related("place")
    ahead = shown(rows.filter(ends__gte=clock.now()).order_by("begins")[:40])
    past = rows.filter(ends__lt=clock.now(), state="finished").order_by("-begins")
    running = Tournament.objects.exclude(state="draft").exclude(meeting__state="draft")
    return render(request, "esports/home.html", {
        "ahead": ahead,
        "past": past[:LATELY],
        "tournaments": running.select_related("meeting").order_by("-state", "-created")[:LATELY],
    })  # fmt: skip


@public
@require_safe
def meeting(request: HttpRequest, slug: str) -> HttpResponse:
    """One meeting: who may come, what is free, who comes by nickname, its tournaments."""
    rows = Meeting.objects.public().select_related("place", "follows__meeting", "resource")
    found = get_object_or_404(rows, slug=slug)
    return render(request, "esports/meeting.html", context(request, one(found)))


def context(request: HttpRequest, told: Shown) -> dict[str, Any]:
    """What the page says."""
    found = told.meeting
    lon, lat = found.place.lon, found.place.lat
    around = (lon - 0.01, lat - 0.006, lon + 0.01, lat + 0.006) if lon and lat else None
    return {
        "told": told, "one": found, "seats": seats(found),
        "tournaments": found.tournaments.all(),
        "layers_url": reverse("map-layers"), "bounds": around,
        "address": request.build_absolute_uri(request.path),
    }  # fmt: skip


@public
@require_safe
def ics(request: HttpRequest, slug: str) -> HttpResponse:
    """For one's own calendar."""
    found = get_object_or_404(Meeting.objects.public().select_related("place"), slug=slug)
    url = request.build_absolute_uri(reverse("esports:meeting", args=[slug]))
    entry = Entry(
        uid=f"esports-{found.pk}@stadtkern", begins=found.begins, ends=found.ends,
        title=found.heading, stamp=found.created, text=found.body, where=found.place.title,
        url=url, cancelled=found.state == "cancelled",
    )  # fmt: skip
    text = calendar_file.write(found.heading, [entry], city_zone())
    return HttpResponse(text, content_type=calendar_file.TYPE)
