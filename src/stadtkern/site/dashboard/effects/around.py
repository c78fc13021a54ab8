"""The map of one measure: its shape, the places that show it, and those compared with."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from shapely.geometry import mapping, shape

from stadtkern.kernel.contract import State
from stadtkern.kernel.effects.models import Chosen, Intervention
from stadtkern.kernel.people.access import public
from stadtkern.site.dashboard.effects.listing import GEOJSON, credit, middle, pin
from stadtkern.site.dashboard.effects.page import find

# Half the width of a street, in degrees of latitude: a line is drawn as a narrow area.
STREET = 0.00015
STATES: dict[str, State] = {Chosen.TARGET: "good", Chosen.CONTROL: "info"}


@public
@require_safe
def layers(request: HttpRequest, slug: str) -> JsonResponse:
    """One layer with the measure and the places of its series."""
    return layers_of(find(slug), reverse("effect-pins", args=[slug]))


@public
@require_safe
@cache_control(no_cache=True)
def pins(request: HttpRequest, slug: str) -> JsonResponse:
    """The measure, and the places of its series."""
    return pins_of(find(slug))


@public
@require_safe
@cache_control(no_cache=True)
def areas(request: HttpRequest, slug: str) -> JsonResponse:
    """The shape of the measure."""
    return areas_of(find(slug))


def layers_of(one: Intervention, url: str) -> JsonResponse:
    """What the legend says."""
    legend = [
        {"state": "tight", "title": _("the measure")},
        {"state": "good", "title": _("shows the effect")},
        {"state": "info", "title": _("comparison")},
    ]
    layer = {
        "slug": "effect", "title": one.heading, "theme": "", "url": url, "minZoom": 0,
        "legend": legend,
    }  # fmt: skip
    return JsonResponse({"layers": [layer], "credit": credit()})


def pins_of(one: Intervention) -> JsonResponse:
    """The measure and its series; one query beside that of the measure."""
    rows = one.chosen.exclude(role=Chosen.WEATHER).select_related("datastream__thing__place")
    places = [made for row in rows if (made := _place(row)) is not None]
    body = {"type": "FeatureCollection", "features": [*measure(one), *places]}
    return JsonResponse(body, content_type=GEOJSON)


def measure(one: Intervention) -> list[dict[str, Any]]:
    """The pin of the measure itself, where it has a place."""
    if one.west is None:
        return []
    url, text = reverse("effect", args=[one.slug]), _("the measure")
    return [pin("measure", middle(one), name=one.heading, url=url, state="tight", text=text)]


def _place(row: Chosen) -> dict[str, Any] | None:
    place = row.datastream.thing.place
    if place is None or place.lon is None or place.lat is None:
        return None
    return pin(
        str(place.public_id), (place.lon, place.lat), name=place.title,
        url=reverse("place", args=[place.public_id]), state=STATES[row.role],
        text=str(row.get_role_display()),
    )  # fmt: skip


def areas_of(one: Intervention) -> JsonResponse:
    """GeoJSON of areas as the map draws them; a point has none."""
    features = []
    if one.geometry and one.geometry.get("type") != "Point":
        drawn = shape(one.geometry)
        drawn = drawn if "Polygon" in drawn.geom_type else drawn.buffer(STREET)
        features.append(
            {
                "type": "Feature",
                "geometry": mapping(drawn),
                "properties": {"state": "tight", "text": one.heading, "few": False},
            }
        )
    body = {
        "type": "FeatureCollection", "features": features, "title": _("The measure"),
        "legend": [{"state": "tight", "title": _("the measure")}],
    }  # fmt: skip
    return JsonResponse(body, content_type=GEOJSON)
