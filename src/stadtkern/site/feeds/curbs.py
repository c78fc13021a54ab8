"""`/api/curbs/`: zones of the kerb with their rules, as the Curb Data Specification asks for."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from stadtkern.kernel import clock, feeds, registry
from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.feeds.curbs import CurbZone
from stadtkern.site.feeds import selection
from stadtkern.site.feeds.door import answer, feed
from stadtkern.site.feeds.publication import Curbs
from stadtkern.site.feeds.writers import curbs as writer

KIND: Final = "application/vnd.cds+json;version=1.0"
NAMED: Final = "application/vnd.cds+json"
BOX: Final = ("min_lng", "min_lat", "max_lng", "max_lat")
ROUND: Final = ("lng", "lat", "radius")


@feed
def zones(request: HttpRequest) -> HttpResponseBase:
    """All zones, or those in a box or near a point, the nearest first."""
    _accepted(request)
    found = _asked(request)
    outlines = request.GET.get("include_geometry", "true") != "false"
    told = _told(request, found)
    return answer(request, found, told.changed, KIND, lambda: writer.document(
        told, {"zones": writer.zones(told, outlines=outlines)}))  # fmt: skip


@feed
def policies(request: HttpRequest) -> HttpResponseBase:
    """All rules, or those that are named."""
    _accepted(request)
    told = _told(request, _all())
    named = {one.strip() for one in request.GET.get("ids", "").split(",") if one.strip()}
    rows = [row for row in writer.policies(told) if not named or row["curb_policy_id"] in named]
    return answer(request, [told.zones, sorted(named)], told.changed, KIND,
                  lambda: writer.document(told, {"policies": rows}))  # fmt: skip


@feed
def one(request: HttpRequest, kind: str, uid: str) -> HttpResponseBase:
    """One zone or one rule by its name. Raises Refused (404)."""
    _accepted(request)
    told = _told(request, _all())
    rows = writer.zones(told) if kind == "zones" else writer.policies(told)
    key = "curb_zone_id" if kind == "zones" else "curb_policy_id"
    row = next((row for row in rows if row[key] == uid.lower()), None)
    if row is None:
        raise Refused("id", f"there is no such part of {kind}", status=404)
    return answer(request, [row], told.changed, KIND, lambda: writer.document(told, row))


@feed
def missing(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Areas and outlines of single spaces: the city has none, and the standard says 501."""
    raise Refused(kind, "not published by this city", status=501)


def _accepted(request: HttpRequest) -> None:
    """Another version is refused as the standard says; who asks for any JSON is given ours."""
    wanted = [one.replace(" ", "") for one in request.headers.get("Accept", "*/*").split(",")]
    if all(one.startswith(NAMED) and not one.startswith(KIND) for one in wanted):
        raise Refused("Accept", f"use {KIND}", status=406)


def _all() -> list[CurbZone]:
    return sorted(feeds.records("curbs"), key=lambda one: one.number)


def _told(request: HttpRequest, found: Sequence[CurbZone]) -> Curbs:
    city = registry.city()
    return Curbs(
        zones=found, generated=clock.now(), base=request.build_absolute_uri("/").rstrip("/"),
        city=city.city.name, publisher=city.title, time_zone=city.city.time_zone,
    )  # fmt: skip


def _asked(request: HttpRequest) -> list[CurbZone]:
    """Those that the address asks for. Raises Refused with the field that is wrong."""
    found = _all()
    if area := request.GET.get("area", ""):
        raise Refused("area", f"there is no area {_uuid(area)}", status=404)
    box, near = _numbers(request, BOX), _numbers(request, ROUND)
    if box and near:
        raise Refused("radius", "a box or a circle, not both")
    if box:
        return _in_box(found, box)
    return _near(found, near) if near else found


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise Refused("area", "a UUID") from None


def _numbers(request: HttpRequest, names: tuple[str, ...]) -> list[float]:
    """All of these numbers, or none."""
    given = {name: request.GET[name] for name in names if request.GET.get(name)}
    if not given:
        return []
    for name in names:
        if name not in given:
            raise Refused(name, f"{', '.join(names)} belong together")
    return [selection.number(given, name, *_range(name)) for name in names]


def _range(name: str) -> tuple[float, float]:
    if name == "radius":
        return 0, 1e8
    return (-90, 90) if "lat" in name else (-180, 180)


def _shape(one: CurbZone) -> Any:
    from shapely.geometry import shape  # noqa: PLC0415  only who asks by place needs it

    return shape(one.outline)


def _in_box(found: list[CurbZone], corners: list[float]) -> list[CurbZone]:
    from shapely.geometry import box  # noqa: PLC0415

    west, south, east, north = corners
    asked = box(west, south, east, north)
    return [one for one in found if _shape(one).intersects(asked)]


def _near(found: list[CurbZone], asked: list[float]) -> list[CurbZone]:
    """Within so many centimetres, as the standard counts them."""
    lon, lat, centimetres = asked
    far = {one.place: _metres(one, lon, lat) for one in found}
    near = [one for one in found if far[one.place] <= centimetres / 100]
    return sorted(near, key=lambda one: far[one.place])


def _metres(one: CurbZone, lon: float, lat: float) -> float:
    from shapely.geometry import Point  # noqa: PLC0415
    from shapely.ops import nearest_points  # noqa: PLC0415

    edge, _here = nearest_points(_shape(one), Point(lon, lat))
    return selection.distance(lon, lat, edge.x, edge.y)
