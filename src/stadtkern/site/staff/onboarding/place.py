"""The third step: where it stands."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import registry
from stadtkern.kernel.devices.models import Draft
from stadtkern.kernel.devices.onboarding.observed import kind_of
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.places.models import Landmark, Place
from stadtkern.site.staff.onboarding import drafts
from stadtkern.site.staff.place_choice import NewPlace, PlaceChoiceForm

FOUND = 8


class WhereForm(PlaceChoiceForm):
    """A place that exists, or a new one; what it is may stay open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["place_kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", _("other")), *kind.choices]  # type: ignore[misc]


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, number: int) -> HttpResponse:
    """By name, on the map, by coordinates, or near an address."""
    draft = drafts.mine(request, number)
    form = WhereForm(request.POST or None, initial=_before(draft, request))
    if request.method == "POST" and form.is_valid():
        draft.said |= _said(form.cleaned_data["chosen"])
        draft.save()
        return redirect(drafts.address(draft, "measures"))
    search = request.GET.get("q", "").strip()[:100]
    return drafts.shown(
        request,
        draft,
        "place",
        form=form,
        search=search,
        near=near(search) if search else [],
        status=422 if form.errors else 200,
    )


def _said(chosen: Place | NewPlace) -> dict[str, Any]:
    if isinstance(chosen, Place):
        return {"where": "known", "place": chosen.pk}
    return {
        "where": "new",
        "place": 0,
        "place_name": chosen.name,
        "place_kind": chosen.kind,
        "lon": chosen.lon,
        "lat": chosen.lat,
    }


def _before(draft: Draft, request: HttpRequest) -> dict[str, Any]:
    """What was said before; a spot from the search; or the kind that the profile suggests."""
    spot = {name: request.GET.get(name, "")[:200] for name in ("lat", "lon", "place_name")}
    profile = drafts.profile_of(draft)
    kind = kind_of(profile) if profile else ""
    kinds = registry.place_kinds()
    usual = {"where": "known", "place_kind": kind if kind in kinds else ""}
    if spot["lat"] and spot["lon"]:
        return usual | spot | {"where": "new"}
    if place := drafts.place_of(draft):
        return usual | {"place": str(place.public_id)}
    names = ("where", "place_name", "place_kind", "lat", "lon")
    return usual | {name: draft.said[name] for name in names if name in draft.said}


def near(search: str) -> list[dict[str, Any]]:
    """Places and stops whose name or address has all these words, with their points."""
    places = Place.objects.exclude(west=None)
    stops = Landmark.objects.all()
    for word in search.split():
        mine = Q(name__icontains=word) | Q(street__icontains=word) | Q(postcode__startswith=word)
        places = places.filter(mine | Q(town__icontains=word))
        stops = stops.filter(name__icontains=word)
    # A stop has a row for each of its platforms.
    once = stops.order_by("name", "id").distinct("name")[:FOUND]
    found = [
        {"name": p.title, "about": p.street, "lon": p.lon, "lat": p.lat} for p in places[:FOUND]
    ]
    return found + [{"name": s.name, "about": "", "lon": s.lon, "lat": s.lat} for s in once]
