"""What the map of the fleet loads: the devices of a list as pins, coloured by their state."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.devices.models import Device
from stadtkern.kernel.people.access import staff
from stadtkern.site import basemap
from stadtkern.site.staff.device_state import SIGNS, TITLES, with_state
from stadtkern.site.staff.fleet.filters import FleetFilters
from stadtkern.site.staff.fleet.listing import in_state

MOST = 5000
# Above so many, pins are small and have no names.
MANY = 60
GEOJSON = "application/geo+json"
# Every shape once, with the states it stands for.
LEGEND = (
    ("bad", ("silent", "trouble")),
    ("tight", ("low", "late")),
    ("none", ("never", "resting")),
    ("good", ("reporting",)),
)


@staff("devices.see")
@require_safe
def layers(request: HttpRequest) -> JsonResponse:
    """One layer: the devices of the list that the query names."""
    query = request.GET.copy()
    for name in ("view", "page", "sort", "lang"):
        query.pop(name, None)
    credit = "; ".join(f"{one.source} ({one.licence})" for one in basemap.credits())
    layer = {
        "slug": "fleet",
        "title": _("Devices"),
        "theme": "",
        "url": f"{reverse('staff-devices-pins')}?{urlencode(list(query.lists()), doseq=True)}",
        "minZoom": 0,
        "legend": [
            {"state": sign, "title": ", ".join(str(TITLES[state]) for state in states)}
            for sign, states in LEGEND
        ],
    }
    return _private(JsonResponse({"layers": [layer], "credit": credit}))


@staff("devices.see")
@require_safe
def pins(request: HttpRequest) -> JsonResponse:
    """The devices that stand somewhere, at most MOST; one query beside the filters' own."""
    filters = FleetFilters(request)
    rows = with_state(Device.objects.filter(thing__place__west__isnull=False))
    rows = filters.apply(rows)
    if state := filters.given("state"):
        rows = rows.filter(in_state(state))
    if number := request.GET.get("device", ""):
        rows = (
            rows.filter(pk=int(number)) if number.isdecimal() and len(number) < 18 else rows.none()
        )
    found = list(
        rows.annotate(
            lon=(F("thing__place__west") + F("thing__place__east")) / 2,
            lat=(F("thing__place__south") + F("thing__place__north")) / 2,
        )
        .order_by("id")
        .values("id", "name", "state", "last_seen", "lon", "lat")[:MOST]
    )
    titles = {state: str(title) for state, title in TITLES.items()}
    address = reverse("staff-device", args=[0])
    features = [
        _feature(
            row,
            small=len(found) > MANY,
            text=titles[row["state"]],
            address=address.replace("/0/", f"/{row['id']}/"),
        )
        for row in found
    ]
    return _private(
        JsonResponse({"type": "FeatureCollection", "features": features}, content_type=GEOJSON)
    )


def _feature(row: dict[str, Any], *, small: bool, text: str, address: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": str(row["id"]),
        "geometry": {"type": "Point", "coordinates": [round(row["lon"], 6), round(row["lat"], 6)]},
        "properties": {
            "name": row["name"],
            "url": address,
            "panel_url": address,
            "state": SIGNS[row["state"]],
            "label": "",
            "text": text,
            "share": None,
            "at": row["last_seen"].isoformat() if row["last_seen"] else None,
            "stale": row["state"] in ("silent", "never"),
            "small": small,
            "datastreams": [],
        },
    }


def _private(response: JsonResponse) -> JsonResponse:
    response["Cache-Control"] = "private, no-store"
    return response
