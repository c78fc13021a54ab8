"""What everybody can read: places with free boxes, in the shapes that other programs expect."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.systems.bike_boxes.api.door import Wrong, answer, door
from stadtkern.systems.bike_boxes.logic import availability, opening, settings
from stadtkern.systems.bike_boxes.logic.availability import Free
from stadtkern.systems.bike_boxes.models import Product, Size


@door("GET", open_to_all=True)
def facilities(request: HttpRequest) -> HttpResponse:
    """Places, sizes, prices, and how many boxes are free until tonight."""
    found = availability.now_free()
    return _cached(answer({
        "at": clock.now(),
        "facilities": [_facility(request, one) for one in found],
        "sizes": [_size(size) for size in Size.objects.all()],
        "products": [_product(one) for one in Product.objects.filter(active=True)],
    }))  # fmt: skip


def _facility(request: HttpRequest, one: Free) -> dict[str, Any]:
    place = one.facility.place
    return {
        "slug": one.facility.slug, "unit": one.facility.unit, "name": place.name,
        "lat": place.lat, "lon": place.lon, "boxes": one.all, "out_of_service": one.out,
        "free": one.free, "invented": place.invented, "source": place.source,
        "page": request.build_absolute_uri(_page(one)),
    }  # fmt: skip


def _page(one: Free) -> str:
    with override("de"):
        return reverse("bike_boxes:place", args=[one.facility.slug])


def _size(size: Size) -> dict[str, Any]:
    return {"slug": size.slug, "name": size.name, "inside_cm": [size.length, size.width,
            size.height], "door_cm": [size.door_width, size.door_height]}  # fmt: skip


def _product(one: Product) -> dict[str, Any]:
    return {"slug": one.slug, "name": one.name, "kind": one.kind, "cents": one.cents,
            "currency": "EUR"}  # fmt: skip


@door("GET", open_to_all=True)
def geojson(request: HttpRequest) -> HttpResponse:
    """The places as points, with the tags that route planners know from other box providers."""
    features = [
        {"type": "Feature", "id": one.facility.unit,
         "geometry": {"type": "Point", "coordinates": [one.facility.place.lon,
                                                       one.facility.place.lat]},
         "properties": {
             "code": one.facility.unit, "label": one.facility.place.name,
             "name": one.facility.place.name, "invented": one.facility.place.invented,
             "parking": {"available": one.free, "online": one.all - one.out, "total": one.all},
             "tags": ["FREE" if one.free else "FULL", "BIKE", "PRIVATE", "BOOKABLE"],
             "url": request.build_absolute_uri(_page(one)),
         }}
        for one in availability.now_free()
    ]  # fmt: skip
    told = {"type": "FeatureCollection", "features": features}
    return _cached(answer(told), "application/geo+json")


class Asked(msgspec.Struct, frozen=True):
    """What a client of the Kienzler shape posts; `ids` narrows the list."""

    ids: list[str] = []


@door("GET", "POST", open_to_all=True)
def kienzler(request: HttpRequest) -> HttpResponse:
    """`[{id, name, lat, long, bookable, sum_boxes}]`, as bikeandridebox.de answers."""
    ids: Sequence[str] = ()
    if request.method == "POST":
        try:
            ids = msgspec.json.decode(request.body or b"{}", type=Asked, strict=False).ids
        except msgspec.MsgspecError as error:
            raise Wrong("body", str(error)) from None
    rows = [
        {"id": one.facility.unit, "name": one.facility.place.name, "lat": one.facility.place.lat,
         "long": one.facility.place.lon, "bookable": one.free, "sum_boxes": one.all}
        for one in availability.now_free()
        if not ids or one.facility.unit in ids
    ]  # fmt: skip
    return _cached(answer(rows))


@door("GET", open_to_all=True)
def parkapi(request: HttpRequest) -> HttpResponse:
    """ParkAPI v3: one site for each place, static and live values together."""
    items = [site(request, one, number) for number, one in enumerate(_sites(), start=1)]
    return _cached(answer({"items": items, "total_count": len(items)}))


def _sites() -> list[Free]:
    return sorted(availability.now_free(), key=lambda one: one.facility.unit)


def site(request: HttpRequest, one: Free, number: int) -> dict[str, Any]:
    """A `ParkingSite` of purpose BIKE and type LOCKERS; a silent place has no live values."""
    place, now = one.facility.place, clock.now()
    cheapest = Product.objects.filter(active=True).order_by("cents").first()
    told: dict[str, Any] = {
        "id": number, "uid": one.facility.unit, "name": place.name, "purpose": "BIKE",
        "type": "LOCKERS", "lat": place.lat, "lon": place.lon, "capacity": one.all,
        "public_url": request.build_absolute_uri(_page(one)),
        "has_fee": True, "opening_hours": "24/7", "is_covered": True,
        "fee_description": f"ab {cheapest.cents / 100:.2f} EUR ({cheapest.name})".replace(".", ",")
        if cheapest else None,
        "park_and_ride_type": ["YES"], "has_realtime_data": True,
        "static_data_updated_at": _utc(max(place.created, one.facility.created)),
        "realtime_data_updated_at": _utc(now),
        "realtime_opening_status": "OPEN" if one.facility.active else "CLOSED",
        "realtime_capacity": one.all - one.out, "realtime_free_capacity": one.free,
    }  # fmt: skip
    operator = settings().operator
    return {**told, "operator_name": operator} if operator else told


@door("GET", open_to_all=True)
def parkapi_v1(request: HttpRequest) -> HttpResponse:
    """ParkAPI v1, the file that OpenTripPlanner reads for bicycles."""
    now = clock.now()
    lots = [
        {"id": one.facility.unit, "name": one.facility.place.name,
         "coords": {"lat": one.facility.place.lat, "lng": one.facility.place.lon},
         "lot_type": "Fahrradboxen", "state": "open" if one.facility.active else "closed",
         "forecast": False, "total": one.all, "free": one.free, "opening_hours": "24/7",
         "url": request.build_absolute_uri(_page(one)), "address": one.facility.place.name,
         "notes": {"de": _note(one)}}
        for one in _sites()
    ]  # fmt: skip
    told = {"last_updated": _naive(now), "last_downloaded": _naive(now), "lots": lots}
    return _cached(answer(told))


def _note(one: Free) -> str:
    if opening.is_offline(one.facility):
        return "Das Terminal ist gerade nicht verbunden."
    return "Buchbar im Voraus und vor Ort."


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _naive(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()


def _cached(response: HttpResponse, kind: str = "application/json") -> HttpResponse:
    """A minute old is fresh enough for a route planner."""
    response["Content-Type"] = kind
    response["Cache-Control"] = "public, max-age=30"
    return response
