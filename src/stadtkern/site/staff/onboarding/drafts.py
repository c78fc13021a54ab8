"""A device on its way through the steps: found again, and shown with the step it is at."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.devices.models import Draft, Profile
from stadtkern.kernel.places.models import Place
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

STEPS = (
    ("label", _("Device")),
    ("profile", _("Profile")),
    ("place", _("Place")),
    ("measures", _("Values")),
    ("summary", _("Check")),
)


def mine(request: HttpRequest, number: int) -> Draft:
    """The reader's own draft that is not a device yet; 404 for any other."""
    author = person(request).get_username()
    return get_object_or_404(Draft, pk=number, author=author, device=None)


def address(draft: Draft, step: str) -> str:
    """The page of a step."""
    if step == "label":
        return f"{reverse('staff-device-new')}?draft={draft.pk}"
    return reverse(f"staff-device-new-{step}", args=[draft.pk])


def next_step(draft: Draft) -> str:
    """The first step that has no answer yet."""
    if profile_of(draft) is None:
        return "profile"
    if "where" not in draft.said or (draft.said["where"] == "known" and place_of(draft) is None):
        return "place"
    return "summary" if "only" in draft.said else "measures"


def profile_of(draft: Draft) -> Profile | None:
    """The profile that was chosen, if it is still there."""
    rows = Profile.objects.select_related("sensor")
    return rows.filter(pk=draft.said.get("profile", 0)).first()


def place_of(draft: Draft) -> Place | None:
    """The place that was chosen, where it exists already."""
    return Place.objects.filter(pk=draft.said.get("place", 0)).first()


def shown(
    request: HttpRequest, draft: Draft | None, step: str, *, status: int = 200, **said: Any
) -> HttpResponse:
    """The page of a step, with all steps above it."""
    names = [name for name, _title in STEPS]
    here = names.index(step)
    ahead = names.index(next_step(draft)) if draft else 0
    steps = [
        {
            "title": title,
            "state": "done" if place < here else "here" if place == here else "ahead",
            "url": address(draft, name) if draft and place != here and place <= ahead else "",
        }
        for place, (name, title) in enumerate(STEPS)
    ]
    context = {"draft": draft, "steps": steps, "at": here + 1, "of": len(names)}
    return page(request, f"onboarding/{step}", status=status, **context, **said)
