"""A device that leaves an area, or comes into one."""

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from django.utils.translation import gettext as _

from stadtkern.kernel.alerts.conditions import fold
from stadtkern.kernel.alerts.conditions.condition import MINUTE, Episode, Look, Looked, Span
from stadtkern.kernel.alerts.phrases import for_longer_than
from stadtkern.kernel.alerts.subjects import Measured

Point = tuple[float, float]
Ring = Annotated[tuple[Point, ...], msgspec.Meta(min_length=3, max_length=5000)]
CORNERS = 48
METRES_PER_DEGREE = 111_320

# A device tells where it is by a GeoJSON point, or by two numbers with one time.
STREAMS = """
tracks as materialized (
  select v.id as device, p.id as point, y.id as lat, x.id as lon
  from devices_device v
  join things_datastream p on p.thing_id = v.thing_id and not p.multi
  join things_observedproperty op on op.id = p.observed_property_id
  left join things_datastream y on y.id = p.id and op.slug ~ 'latitude$'
  left join things_datastream x on x.thing_id = v.thing_id and not x.multi
    and y.id is not null and x.observed_property_id in (
      select o.id from things_observedproperty o where o.slug = replace(op.slug, 'lat', 'long'))
  where v.id in (select id from subjects)
    and (op.slug ~ '(latitude|position|location)$' or op.slug is null)
)"""
PLACED = """
placed as (
  select t.device as subject, t.point, o.at, o.id,
    case when t.lat is not null then e.value else (o.other -> 'coordinates' ->> 0)::float8 end as x,
    case when t.lat is not null then o.value else (o.other -> 'coordinates' ->> 1)::float8 end as y
  from {tracks} t cross join lateral (
    select n.* from things_observation n where n.datastream_id = t.point and n.at >= {start}
      and n.at < {end} and n.quality < 3
      and (t.lat is not null or n.other ->> 'type' = 'Point')
  ) o left join things_observation e on e.datastream_id = t.lon and e.at = o.at
), judged as (
  select p.subject, p.at, p.id, p.x as value, p.y as also, interval '12 hours' as gap,
    case when exists (select from unnest(%(areas)s::text[]) as a (ring)
      where a.ring::polygon @> point(p.x, p.y)) = %(enters)s then 1 else -1 end as mark,
    null::float8 as excess
  from placed p where p.x is not null and p.y is not null
)"""
LOOK = """
with subjects as materialized ({subjects}), {streams}, fresh as materialized (
  {fresh}
), reached as materialized (
  select t.device, min(least(f.m, a.since)) - interval '1 day' as start
  from tracks t join fresh f on f.id = t.point
  left join alerts_alert a on a.rule_id = %(rule)s and a.device_id = t.device
    and a.state in ('pending', 'firing')
  group by 1
), {placed}
"""
REHEARSE = "with subjects as materialized ({subjects}), {streams}, {placed}"


class Geofence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Outside (`leaves`) or inside (`enters`) the area `name` for `minutes`.

    `rings` are its outer borders, (longitude, latitude) in degrees.
    """

    kind: ClassVar[str] = "geofence"
    about: ClassVar[tuple[str, ...]] = ("device",)
    every: ClassVar[timedelta] = MINUTE

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    rings: Annotated[tuple[Ring, ...], msgspec.Meta(min_length=1, max_length=100)]
    way: Literal["leaves", "enters"] = "leaves"
    minutes: Annotated[int, msgspec.Meta(ge=0, le=20_160)] = 0

    def words(self, what: Measured) -> str:
        """`Device outside the area “Old town” for longer than 10 minutes`."""
        texts = {
            "leaves": _("%(what)s outside the area “%(area)s”"),
            "enters": _("%(what)s inside the area “%(area)s”"),
        }
        said = texts[self.way] % {"what": what.name, "area": self.name}
        return for_longer_than(said, self.minutes)

    def look(self, look: Look) -> Looked:
        """By each new position."""
        tracks = "(select t.*, b.start from tracks t join reached b on b.device = t.device)"
        sql = LOOK.format(
            subjects=look.subjects.sql,
            streams=STREAMS,
            fresh=fold.NEWEST if look.done is None else fold.NEW,
            placed=PLACED.format(tracks=tracks, start="t.start", end="'infinity'"),
        )
        known = {"rule": look.rule, "done": look.done, **self._fields()}
        unchanged = fold.unchanged(look)
        found = fold.episodes(sql, {**look.subjects.parameters, **known}, place_found)
        return Looked(episodes=found, unchanged=unchanged)

    def rehearse(self, span: Span) -> list[Episode] | None:
        """The same over history."""
        sql = REHEARSE.format(
            subjects=span.subjects.sql,
            streams=STREAMS,
            placed=PLACED.format(tracks="tracks", start="%(start)s", end="%(end)s"),
        )
        known = {"start": span.start, "end": span.end, **self._fields()}
        found = fold.episodes(sql, {**span.subjects.parameters, **known}, place_found)
        return [one for one in found if one.fired]

    def _fields(self) -> dict[str, Any]:
        return {
            "areas": [_polygon(ring) for ring in self.rings],
            "enters": self.way == "enters",
            "lasting": timedelta(minutes=self.minutes),
        }


def _polygon(ring: Ring) -> str:
    return f"({','.join(f'({x},{y})' for x, y in ring)})"


def place_found(row: tuple[Any, ...]) -> dict[str, Any]:
    """Where a device was when it fired, and where it was last."""
    lon, lat, _peak, last_lon, last_lat, last_at = row
    at = last_at.isoformat()
    return {"lon": lon, "lat": lat, "last_lon": last_lon, "last_lat": last_lat, "last_at": at}


def rings_of(geometry: dict[str, Any]) -> tuple[tuple[Point, ...], ...]:
    """The outer borders of a GeoJSON polygon or multipolygon; none of other shapes."""
    parts = {"Polygon": [geometry.get("coordinates")], "MultiPolygon": geometry.get("coordinates")}
    found = parts.get(str(geometry.get("type"))) or []
    return tuple(tuple((float(p[0]), float(p[1])) for p in part[0]) for part in found if part)


def circle(lon: float, lat: float, metres: float) -> tuple[Point, ...]:
    """The border of a circle, as a polygon."""

    def corners() -> Iterator[Point]:
        for step in range(CORNERS):
            angle = 2 * math.pi * step / CORNERS
            wide = METRES_PER_DEGREE * math.cos(math.radians(lat))
            yield (
                round(lon + metres * math.cos(angle) / wide, 7),
                round(lat + metres * math.sin(angle) / METRES_PER_DEGREE, 7),
            )

    return tuple(corners())
