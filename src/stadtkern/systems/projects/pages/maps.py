"""What the map of projects loads: one layer, whose pins lead to the projects' pages."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Pin
from stadtkern.kernel.people.access import public
from stadtkern.kernel.places.models import Area, Landmark
from stadtkern.kernel.sharing import one_page
from stadtkern.systems.projects import drafts, finding
from stadtkern.systems.projects import layers as shown
from stadtkern.systems.projects.finding import Entry, Wish
from stadtkern.systems.projects.models import Project

GEOJSON = "application/geo+json"


@public
@require_safe
def layers(request: HttpRequest) -> JsonResponse:
    """The layer, and whom the positions are owed to."""
    (declared,) = registry.system("projects").layers
    query = request.GET.urlencode()
    layer = {
        "slug": "projects",
        "title": _("City projects"),
        "theme": "",
        "url": reverse("projects:map-pins") + (f"?{query}" if query else ""),
        "minZoom": 0,
        "legend": [{"state": one.state, "title": str(one.title)} for one in declared.legend],
    }
    return JsonResponse({"layers": [layer], "credit": _credit(_asked(request))})


def _credit(found: list[Entry]) -> str:
    """The ground of the map, and the positions, each once."""
    ground = [*Area.objects.order_by().values_list("source", "licence").distinct(),
              *Landmark.objects.order_by().values_list("source", "licence").distinct()]  # fmt: skip
    positions = [(spot.source, spot.licence) for one in found for spot in one.content.drawn]
    named = (f"{source} ({licence})" if licence else source
             for source, licence in [*ground, *positions])  # fmt: skip
    return "; ".join(dict.fromkeys(named))


@public
@require_safe
@cache_control(no_cache=True)
@one_page()
def pins(request: HttpRequest) -> JsonResponse:
    """The places of the projects that the address asks for, or of `project`."""
    features = [_feature(pin) for pin in shown.pins_of(_asked(request))]
    return JsonResponse({"type": "FeatureCollection", "features": features}, content_type=GEOJSON)


def _asked(request: HttpRequest) -> list[Entry]:
    if token := request.GET.get("preview", ""):
        return [drafts.entry(one) for one in Project.objects.filter(token=token)]
    if slug := request.GET.get("project", ""):
        return [one for one in finding.public() if one.slug == slug]
    return finding.find(Wish.of(request.GET.dict()))


def _feature(pin: Pin) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": str(pin.place),
        "geometry": {"type": "Point", "coordinates": [round(pin.lon, 6), round(pin.lat, 6)]},
        "properties": {
            "name": pin.name, "url": pin.url, "panel_url": reverse("place-panel", args=[pin.place]),
            "state": pin.state, "label": pin.label, "text": pin.text, "share": None, "at": None,
            "stale": False, "small": False, "datastreams": [],
        },
    }  # fmt: skip
