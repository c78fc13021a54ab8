"""What an edition of the register would change: nothing is written here."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shapely import prepare
from shapely.geometry import Point as Dot
from shapely.geometry import box, shape

from stadtkern.kernel import registry
from stadtkern.kernel.places.models import Area
from stadtkern.systems.charging.logic import reading, settings
from stadtkern.systems.charging.logic.reading import Station
from stadtkern.systems.charging.logic.register import likeness, table
from stadtkern.systems.charging.logic.register.likeness import Fit, Spot
from stadtkern.systems.charging.logic.register.rows import Row, day, row_of
from stadtkern.systems.charging.models import Evse, Location, RegisterRecord

# Two rows of one operator at one address are two columns of one location, so close by.
ONE_PLACE_METRES = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A field that the register has otherwise; `kept`: staff have set it, so it stays."""

    field: str
    ours: str
    theirs: str
    kept: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """Rows of one operator at one address, and what they would mean.

    `state`: new, matched, doubtful, outside, conflict. `location` is the best that fits.
    """

    rows: tuple[Row, ...]
    state: str
    location: Location | None = None
    fit: Fit | None = None
    changes: tuple[Change, ...] = ()

    @property
    def first(self) -> Row:
        """What stands for all of them."""
        return self.rows[0]

    @property
    def points(self) -> int:
        """Charging points of all rows."""
        return sum(row.points for row in self.rows)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A file compared with what is there. `gone` were in an edition before and are not in this."""

    digest: str
    layout: str
    header_line: int
    rows: int
    elsewhere: int
    sites: tuple[Site, ...]
    gone: tuple[Location, ...]
    day: date | None

    def of(self, *states: str) -> list[Site]:
        """Sites with one of these states."""
        return [one for one in self.sites if one.state in states]

    @property
    def counts(self) -> dict[str, int]:
        """How many sites have each state."""
        known = ("new", "matched", "doubtful", "outside", "conflict")
        return {state: len(self.of(state)) for state in known}


def plan(content: bytes) -> Plan:
    """Read a file and compare it. Raises `table.Unusable`."""
    found = table.read(content)
    read, ours, inside = 0, [], _city()
    for line, cells in found.rows:
        read += 1
        row = row_of(line, cells)
        if _concerns(row, inside):
            ours.append(row)
    stations = reading.stations()
    sites = [_site(rows, stations, inside) for rows in grouped(ours)]
    return Plan(
        digest=hashlib.sha256(content).hexdigest(), layout=found.layout, rows=read,
        header_line=found.header_line, elsewhere=read - len(ours), sites=tuple(_once(sites)),
        gone=tuple(_gone(sites)), day=_day(found.preamble),
    )  # fmt: skip


def _day(preamble: str) -> date | None:
    """The date of the edition where the file says one: the last of its preamble."""
    said = re.findall(r"\d{2}\.\d{2}\.\d{4}|\d{4}-\d{2}-\d{2}", preamble)
    return day(said[-1]) if said else None


@dataclass(frozen=True, slots=True)
class Outline:
    """The city on the ground; `exact` where it is its border and not only a box around it."""

    shape: Any
    exact: bool


def _city() -> Outline:
    area = Area.objects.filter(kind="city").exclude(geometry=None).first()
    found = shape(area.geometry or {}) if area else box(*registry.city().city.bounds)
    prepare(found)
    return Outline(found, area is not None)


def _lies_in(row: Row, city: Outline) -> bool:
    if row.lon is None or row.lat is None:
        return False
    return bool(city.shape.covers(Dot(row.lon, row.lat)))


def _is_of(row: Row) -> bool:
    """Whether it says that it belongs to the city, by town or district."""
    name = table.fold(registry.city().city.name)
    return table.fold(row.town).startswith(name) or name in table.fold(row.district)


def _concerns(row: Row, city: Outline) -> bool:
    return _is_of(row) or (city.exact and _lies_in(row, city))


def grouped(rows: Iterable[Row]) -> list[tuple[Row, ...]]:
    """Rows of one operator at one address together."""
    found: dict[tuple[str, str, str], list[list[Row]]] = {}
    for row in rows:
        groups = found.setdefault(
            (table.fold(row.operator), likeness.street(row.street), row.postcode), []
        )
        near = next((one for one in groups if _near(one[0], row)), None)
        if near is None:
            groups.append([row])
        else:
            near.append(row)
    return [tuple(one) for groups in found.values() for one in groups]


def _near(a: Row, b: Row) -> bool:
    far = likeness.metres(spot_of(a), spot_of(b))
    return far is None or far <= ONE_PLACE_METRES


def spot_of(row: Row, points: int | None = None) -> Spot:
    """A row as it is compared."""
    return Spot(lon=row.lon, lat=row.lat, address=row.street, operator=row.operator,
                points=row.points if points is None else points)  # fmt: skip


def spot_of_station(one: Station) -> Spot:
    """A location as it is compared."""
    place = one.place
    return Spot(lon=place.lon, lat=place.lat, address=place.street,
                operator=one.location.operator, points=one.all)  # fmt: skip


def _site(rows: tuple[Row, ...], stations: Sequence[Station], city: Outline) -> Site:
    if not _lies_in(rows[0], city) or not _is_of(rows[0]):
        return Site(rows=rows, state="outside")
    points = sum(row.points for row in rows)
    known = _by_id(rows, stations)
    if known is not None:
        perfect = Fit(score=1.0, parts={"id": 1.0}, metres=None)
        return _matched(rows, known, perfect, points)
    ranked = sorted(
        ((likeness.fit(spot_of(rows[0], points), spot_of_station(one),
                       settings().match_metres), one) for one in stations),
        key=lambda pair: pair[0].score, reverse=True,
    )  # fmt: skip
    if not ranked or ranked[0][0].score < likeness.DOUBT:
        return Site(rows=rows, state="new")
    best, station = ranked[0]
    rival = ranked[1][0].score if len(ranked) > 1 else 0.0
    if best.score < likeness.SURE or best.score - rival < likeness.CLOSE:
        return Site(rows=rows, state="doubtful", location=station.location, fit=best)
    return _matched(rows, station, best, points)


def _by_id(rows: Sequence[Row], stations: Sequence[Station]) -> Station | None:
    """By the official number of a point, or of the column in an edition before."""
    ids = {plug.evse_id for row in rows for plug in row.plugs if plug.evse_id}
    keys = {row.register_id for row in rows if row.register_id}
    pk = Evse.objects.filter(evse_id__in=ids).values_list("location", flat=True).first()
    if pk is None and keys:
        records = RegisterRecord.objects.filter(register_id__in=keys, location__isnull=False)
        pk = records.values_list("location", flat=True).first()
    return next((one for one in stations if one.location.pk == pk), None)


def _matched(rows: tuple[Row, ...], one: Station, fit: Fit, points: int) -> Site:
    changes = tuple(_changes(rows, one, points))
    state = "conflict" if any(change.kept for change in changes) else "matched"
    return Site(rows=rows, state=state, location=one.location, fit=fit, changes=changes)


def _changes(rows: Sequence[Row], one: Station, points: int) -> Iterable[Change]:
    place, ours, first = one.place, one.location, rows[0]
    pairs: Mapping[str, tuple[Any, Any]] = {
        "operator": (ours.operator, first.operator),
        "hours": (ours.opening_hours, first.hours),
        "commissioned": (ours.commissioned, first.commissioned),
        "postcode": (place.postcode, first.postcode),
    }
    for name, (here, there) in pairs.items():
        if there and str(there) != str(here or ""):
            yield Change(field=name, ours=str(here or ""), theirs=str(there),
                         kept=name in ours.kept)  # fmt: skip
    if points != one.all:
        # A point is never taken away by a file: that is for staff to see.
        yield Change(field="points", ours=str(one.all), theirs=str(points),
                     kept=points < one.all or "points" in ours.kept)  # fmt: skip


def _once(sites: Sequence[Site]) -> Iterable[Site]:
    """Two different sites that claim one location: none of them has it for sure."""
    claims: dict[int, int] = {}
    for one in sites:
        if one.location is not None:
            claims[one.location.pk] = claims.get(one.location.pk, 0) + 1
    for one in sites:
        if one.location is not None and claims[one.location.pk] > 1 and one.state != "outside":
            yield Site(rows=one.rows, state="doubtful", location=one.location, fit=one.fit)
        else:
            yield one


def _gone(sites: Iterable[Site]) -> Iterable[Location]:
    still = {one.location.pk for one in sites if one.location is not None}
    before = Location.objects.filter(records__isnull=False).exclude(pk__in=still)
    return before.select_related("place").distinct()
