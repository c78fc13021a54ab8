"""`/api/parking/near`: car parks for a destination, for navigation systems and apps; open to all.

Asked by GET, or by POST for those who want no position in an address. Nothing of it is stored.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from msgspec import Meta

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.systems.parking.logic.guidance import ground, ranking
from stadtkern.systems.parking.logic.guidance.near import near as ranked_near
from stadtkern.systems.parking.logic.guidance.ranking import Option, Wish

MOST_BYTES = 4096
FURTHEST, LATE = timedelta(days=30), timedelta(minutes=15)
ALLOWED = ("GET", "HEAD", "POST", "OPTIONS")


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a program asks. Degrees in WGS 84, minutes, centimetres; `arrives` with its zone."""

    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    arrives: datetime | None = None
    stay: Annotated[int, Meta(ge=1, le=10_080)] = 120
    audience: Literal["", "disabled", "electric", "family"] = ""
    height: Annotated[int, Meta(ge=50, le=500)] | None = None
    most_cents: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    most_walk: Annotated[int, Meta(ge=1, le=120)] = 30
    limit: Annotated[int, Meta(ge=1, le=50)] = 10


class Wrong(Exception):
    """A request that cannot be answered: the field and the reason."""

    def __init__(self, field: str, reason: str, status: int = 400) -> None:
        super().__init__(reason)
        self.field, self.reason, self.status = field, reason, status


@public
@csrf_exempt
@one_page()
def near(request: HttpRequest) -> HttpResponse:
    """Ranked car parks, those that do not fit last with the reasons."""
    if request.method == "OPTIONS":
        return _open(HttpResponse(status=204))
    try:
        if request.method not in ALLOWED:
            raise Wrong("method", "use GET or POST", 405)
        asked = _asked(request)
        told = _told(request, asked, ranked_near(_wish(asked)))
    except Wrong as wrong:
        return _open(_refused(wrong))
    return _open(_json(told))


def _asked(request: HttpRequest) -> Asked:
    try:
        if request.method == "POST":
            if len(request.body) > MOST_BYTES:
                raise Wrong("body", f"send at most {MOST_BYTES} bytes", 413)
            return msgspec.json.decode(request.body, type=Asked)
        return msgspec.convert(request.GET.dict(), Asked, strict=False)
    except msgspec.ValidationError as error:
        text, _at, where = str(error).partition(" - at `$")
        raise Wrong(where.rstrip("`").lstrip(".") or "request", text) from None
    except msgspec.DecodeError as error:
        raise Wrong("body", f"this is not JSON: {error}") from None


def _wish(asked: Asked) -> Wish:
    return Wish(
        lon=asked.lon, lat=asked.lat, arrives=_arrives(asked.arrives), stay=asked.stay,
        audience=asked.audience, height=asked.height, most_cents=asked.most_cents,
        most_walk=asked.most_walk,
    )  # fmt: skip


def _arrives(at: datetime | None) -> datetime:
    now = clock.now()
    if at is None:
        return now
    if at.tzinfo is None:
        raise Wrong("arrives", "give the zone: 2026-11-23T17:30:00+01:00")
    if at < now - LATE:
        raise Wrong("arrives", "this time is over")
    if at > now + FURTHEST:
        raise Wrong("arrives", "at most 30 days from now")
    return max(at, now)


def _told(request: HttpRequest, asked: Asked, found: list[Option]) -> dict[str, Any]:
    return {
        "at": clock.now(),
        "rules": {
            "walk_detour_factor": ground.DETOUR, "walk_metres_per_minute": ground.WALK,
            "minutes_per_euro": ranking.EURO, "minutes_lost_if_full": ranking.MISS,
        },
        "car_parks": [_one(request, one) for one in found[: asked.limit]],
    }  # fmt: skip


def _one(request: HttpRequest, one: Option) -> dict[str, Any]:
    facility = one.facility
    return {
        "uid": facility.uid, "name": facility.name, "lat": facility.lat, "lon": facility.lon,
        "metres": round(one.metres), "walk_minutes": round(one.walk, 1), "cents": one.cents,
        "currency": "EUR", "capacity": one.count.capacity if one.count else 0, "free": one.free,
        "counted_at": facility.at, "confidence": facility.confidence,
        "chance": None if one.chance is None else round(one.chance, 2), "open": one.open,
        "closes": one.closes, "max_height_cm": facility.max_height_cm,
        "score": round(one.score, 1), "unfit": one.unfit,
        "page": request.build_absolute_uri(facility.page) if facility.page else None,
        "source": facility.source, "licence": facility.licence, "invented": facility.invented,
    }  # fmt: skip


def _refused(wrong: Wrong) -> HttpResponse:
    errors = [{"field": wrong.field, "reason": wrong.reason}]
    response = _json({"status": wrong.status, "errors": errors}, wrong.status)
    if wrong.status == 405:
        response["Allow"] = ", ".join(ALLOWED)
    return response


def _json(told: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(told), content_type="application/json", status=status)


def _open(response: HttpResponse) -> HttpResponse:
    """For every site's scripts; a position is nothing that caches on the way may keep."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Content-Type"
    response["Cache-Control"] = "private, no-store"
    return response
