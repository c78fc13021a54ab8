"""What the map loads: its layers, their pins as GeoJSON, and the ground below."""

import hashlib
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel.contract import Pin
from stadtkern.kernel.people.access import public
from stadtkern.site import basemap
from stadtkern.site.dashboard import themes
from stadtkern.site.dashboard.pins import pins
from stadtkern.site.dashboard.themes import Layer

GEOJSON = "application/geo+json"


@public
@require_safe
def layers(request: HttpRequest) -> JsonResponse:
    """The layers of the systems that are on, of one `system` or some `layers`, and the credit.

    Who asks for some of them sees them all from the start.
    """
    system, named = request.GET.get("system", ""), request.GET.get("layers", "")
    found = [layer for layer in themes.layers() if system in ("", layer.system.slug)]
    found = [layer for layer in found if not named or layer.key in named.split(",")]
    some = bool(system or named)
    shown = [{**_info(one), "shown": some or one.layer.shown} for one in found]
    return JsonResponse({"layers": shown, "credit": _credit()})


def _credit() -> str:
    return "; ".join(f"{credit.source} ({credit.licence})" for credit in basemap.credits())


def _info(one: Layer) -> dict[str, Any]:
    return {
        "slug": one.key,
        "title": str(one.layer.title),
        "theme": one.layer.theme,
        "url": reverse("map-layer", args=[one.key]),
        "minZoom": one.layer.min_zoom,
        "legend": [{"state": key.state, "title": str(key.title)} for key in one.layer.legend],
    }


@public
@require_safe
@cache_control(no_cache=True)
def layer(request: HttpRequest, key: str) -> HttpResponse:
    """The pins of one layer."""
    found = themes.layer(key)
    if found is None:
        raise Http404
    collection = {"type": "FeatureCollection", "features": [_feature(pin) for pin in pins(found)]}
    return JsonResponse(collection, content_type=GEOJSON)


def _feature(pin: Pin) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": str(pin.place),
        "geometry": {"type": "Point", "coordinates": [round(pin.lon, 6), round(pin.lat, 6)]},
        "properties": {
            "name": pin.name,
            "url": pin.url or reverse("place", args=[pin.place]),
            "panel_url": reverse("place-panel", args=[pin.place]),
            "state": pin.state,
            "label": pin.label,
            "text": pin.text,
            "share": pin.share,
            "at": pin.at.isoformat() if pin.at else None,
            "stale": pin.stale,
            "small": pin.small,
            "datastreams": pin.datastreams,
        },
    }


@public
@require_safe
@cache_control(public=True, max_age=3600)
def ground(request: HttpRequest) -> HttpResponse:
    """City, neighbours, stops and stations; 304 where the browser has them already."""
    body = json.dumps(basemap.features(), ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    known = request.headers.get("If-None-Match", "")
    response = (
        HttpResponse(status=304) if etag in known else HttpResponse(body, content_type=GEOJSON)
    )
    response["ETag"] = etag
    return response
