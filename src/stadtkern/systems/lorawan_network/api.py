"""Measured coverage and gateways for programs: GeoJSON at `/api/lorawan_network/`."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import re_path
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel.feeds import described
from stadtkern.kernel.people.access import public
from stadtkern.systems.lorawan_network import layers, logic, words

GEOJSON = "application/geo+json"


@public
@require_safe
@cache_control(public=True, max_age=300)
def coverage(request: HttpRequest) -> JsonResponse:
    """Hexagons with the best and the middle reception; `?lang=en` for English words."""
    with override(_language(request)):
        response = JsonResponse(words.collection(logic.measured()), content_type=GEOJSON)
    if "download" in request.GET:
        response["Content-Disposition"] = 'attachment; filename="lorawan-coverage.geojson"'
    return response


@public
@require_safe
@cache_control(public=True, max_age=60)
def gateways(request: HttpRequest) -> JsonResponse:
    """The city's own gateways with their state."""
    with override(_language(request)):
        features = [_feature(pin) for pin in layers.gateway_pins()]
    collection = {"type": "FeatureCollection", "features": features}
    return JsonResponse(collection, content_type=GEOJSON)


def _feature(pin: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": str(pin.place),
        "geometry": {"type": "Point", "coordinates": [round(pin.lon, 6), round(pin.lat, 6)]},
        "properties": {
            "name": pin.name,
            "state": pin.state,
            "text": pin.text,
            "last_heard": pin.at.isoformat() if pin.at else None,
        },
    }


def _language(request: HttpRequest) -> str:
    return "en" if request.GET.get("lang") == "en" else "de"


app_name = "lorawan_network-api"
OPENAPI = Path(__file__).with_name("openapi.json")
urlpatterns = [
    re_path(r"^openapi\.json$", described.openapi(OPENAPI, "lorawan_network"), name="openapi"),
    re_path(r"^coverage/?$", coverage, name="coverage"),
    re_path(r"^gateways/?$", gateways, name="gateways"),
]
