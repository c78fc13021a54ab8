"""What a question for items says: Part 1 (7.15), Part 2 (crs), Part 3 (filter), sorting."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from stadtkern.kernel.catalogue.columns import Field, geometry_of
from stadtkern.kernel.catalogue.doors import values
from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.catalogue.doors.cql import filters, places, times
from stadtkern.kernel.catalogue.doors.features import crs
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.read import Fragment, Query, Where

OWN: Final = (
    "f", "lang", "limit", "offset", "next", "bbox", "bbox-crs", "crs", "datetime", "filter",
    "filter-lang", "filter-crs", "sortby", "properties", "q",
)  # fmt: skip
USUAL, MOST, FARTHEST = 100, 10_000, 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Which features, and in which coordinate system they are wanted."""

    query: Query
    crs: str


def asked(version: Version, given: QueryDict) -> Asked:
    """Refused with status 400 where a parameter is unknown or wrong."""
    fields = {one.slug: one for one in version.columns}
    order = tuple(_order(given.get("sortby", ""), fields))
    query = Query(
        where=tuple(_equal(given, fields)),
        columns=tuple(_columns(given, fields)),
        order=order,
        words=given.get("q", "").replace("\x00", "").strip()[:200],
        extra=tuple(_conditions(version, given)),
        limit=values.whole(given.get("limit", str(USUAL)), "limit", low=1, high=MOST),
        offset=values.whole(given.get("offset", "0"), "offset", low=0, high=FARTHEST),
        after=_after(given.get("next", ""), order, fields),
    )
    return Asked(query=query, crs=crs.known(given.get("crs", crs.CRS84), "crs"))


def temporal(fields: tuple[Field, ...]) -> Field | None:
    """The column that `datetime` asks about: the first with times, else with dates."""
    for kind in ("datetime", "date"):
        for one in fields:
            if one.kind == kind:
                return one
    return None


def _after(text: str, order: tuple[str, ...], fields: dict[str, Field]) -> Any:
    if not text:
        return None
    if len(order) > 1:
        raise Refused("next", "take the link to the next page as it is")
    return values.untoken(text, fields.get(order[0].removeprefix("-")) if order else None)


def _equal(given: QueryDict, fields: dict[str, Field]) -> Iterator[Where]:
    """Part 1, 7.15.5: a property is a parameter."""
    for name, texts in given.lists():
        if name in OWN:
            continue
        if name not in fields or fields[name].kind == "geometry":
            raise Refused(name, "there is no such parameter or property")
        for text in texts:
            yield Where(column=name, value=values.typed(fields[name], text, name))


def _columns(given: QueryDict, fields: dict[str, Field]) -> Iterator[str]:
    """Those named, and always the geometry."""
    if "properties" not in given:
        return
    wanted = [part.strip() for part in given.get("properties", "").split(",") if part.strip()]
    for name in wanted:
        if name not in fields:
            raise Refused("properties", f"there is no property “{name[:60]}”")
    shape = geometry_of(tuple(fields.values()))
    yield from dict.fromkeys([*wanted, *([shape.slug] if shape else [])])


def _order(text: str, fields: dict[str, Field]) -> Iterator[str]:
    """`+name` or `name` upwards, `-name` downwards; a plus in an address is a blank."""
    for part in dict.fromkeys(one.strip(" +") for one in text.split(",") if one.strip(" +")):
        one = fields.get(part.removeprefix("-"))
        if one is None or one.kind == "geometry":
            raise Refused("sortby", f"“{part[:60]}” cannot be sorted by")
        yield part


def _conditions(version: Version, given: QueryDict) -> Iterator[Fragment]:
    fields = {one.slug: one for one in version.columns}
    system = crs.known(given.get("bbox-crs", crs.CRS84), "bbox-crs")
    if "bbox" in given:
        yield _box(version, given.get("bbox", ""), system)
    if "datetime" in given:
        yield from _period(given.get("datetime", ""), version, fields)
    language = given.get("filter-lang", "cql2-text")
    if language not in filters.LANGUAGES:
        raise Refused("filter-lang", f"choose one of {', '.join(filters.LANGUAGES)}")
    system = crs.known(given.get("filter-crs", crs.CRS84), "filter-crs")
    if "filter" in given:
        yield filters.read(given.get("filter", ""), language, version, crs.inward(system))


def _box(version: Version, text: str, system: str) -> Fragment:
    if not crs.is_degrees(system):
        return places.decided_in(version, crs.area(values.box(text), system))
    if system == crs.LATITUDE_FIRST:
        parts = text.split(",")
        half = len(parts) // 2
        for start in (0, half):
            parts[start : start + 2] = parts[start : start + 2][::-1]
        text = ",".join(parts)
    west, south, east, north = values.box(text)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and south >= -90 and north <= 90):
        raise Refused("bbox", "longitudes lie between -180 and 180, latitudes between -90 and 90")
    return places.touching(version, (west, south, east, north))


def _period(text: str, version: Version, fields: dict[str, Field]) -> Iterator[Fragment]:
    """RFC 3339, `start/end`, open with `..`; where rows have no time, all of them fit."""
    parts = text.split("/")
    ends = ["" if part == ".." else part for part in parts]
    moments = [_moment(one) for one in ends if one]
    if not text or len(parts) > 2 or not moments or (len(parts) == 1 and not ends[0]):
        raise Refused("datetime", "a time, or two with a slash between them; .. for an open end")
    if len(moments) == 2 and moments[0] > moments[1]:
        raise Refused("datetime", "it ends before it begins")
    one = temporal(version.columns)
    if one is None:
        return
    period = [end or ".." for end in (ends if len(ends) == 2 else ends * 2)]
    args = [{"property": one.slug}, {"interval": period}]
    yield times.temporal("t_intersects", args, fields)


def _moment(text: str) -> Any:
    try:
        return values.instant(text)
    except ValueError:
        raise Refused("datetime", f"“{text[:40]}” is no time like 2026-03-31T12:00:00Z") from None
