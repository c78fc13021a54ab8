"""The maps of the staff's pages: a measure, its series, and the candidates while choosing."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.contract import State
from stadtkern.kernel.effects.models import Intervention
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Datastream
from stadtkern.site.dashboard.effects import around, listing
from stadtkern.site.staff.effects.series import candidates

STATES: dict[str, State] = {"target": "good", "proposed": "info", "other": "none"}


@staff("effects.see")
@require_safe
def layers(request: HttpRequest, number: int) -> JsonResponse:
    """One layer; with `target` in the query it has the candidates."""
    found = get_object_or_404(Intervention, pk=number)
    query = request.GET.urlencode()
    return _private(
        around.layers_of(found, f"{reverse('staff-effects-pins', args=[number])}?{query}")
    )


@staff("effects.see")
@require_safe
def pins(request: HttpRequest, number: int) -> JsonResponse:
    """The measure with its series, or with the candidates."""
    found = get_object_or_404(Intervention, pk=number)
    if "target" not in request.GET:
        return _private(around.pins_of(found))
    groups = candidates(found, request.GET)
    features = [_pin(stream, group) for group in groups for stream in groups[group]]
    body = {
        "type": "FeatureCollection",
        "features": [*around.measure(found), *(one for one in features if one is not None)],
    }
    return _private(JsonResponse(body, content_type=listing.GEOJSON))


def _pin(stream: Datastream, group: str) -> dict[str, Any] | None:
    place = stream.thing.place
    if place is None or place.lon is None or place.lat is None:
        return None
    titles = {"target": _("shows the effect"), "proposed": _("comparison")}
    return listing.pin(
        str(place.public_id), (place.lon, place.lat), name=place.title, state=STATES[group],
        url=reverse("place", args=[place.public_id]), text=titles.get(group, _("other series")),
    )  # fmt: skip


@staff("effects.see")
@require_safe
def area(request: HttpRequest, number: int) -> JsonResponse:
    """The shape of the measure."""
    return _private(around.areas_of(get_object_or_404(Intervention, pk=number)))


def _private(response: JsonResponse) -> JsonResponse:
    response["Cache-Control"] = "private, no-store"
    return response
