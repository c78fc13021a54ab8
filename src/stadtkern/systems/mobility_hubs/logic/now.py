"""What is at a station and free there now, each part with the age of its number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from stadtkern.kernel import clock, feeds
from stadtkern.kernel.contract import State
from stadtkern.kernel.feeds import pages
from stadtkern.kernel.feeds.charging import ChargingLocation
from stadtkern.kernel.feeds.parking import Facility
from stadtkern.kernel.feeds.sharing import SharedFleet, Station
from stadtkern.kernel.sharing import once
from stadtkern.systems.mobility_hubs import logic
from stadtkern.systems.mobility_hubs.logic.near import metres
from stadtkern.systems.mobility_hubs.models import Hub, Member, Stop

Kind = Literal["car", "bike", "charging", "sharing"]
KINDS: Final[tuple[Kind, ...]] = ("car", "bike", "charging", "sharing")
FEW: Final = 0.15
# How near a vehicle stands that belongs to no station to be named as standing there.
STROLL: Final = 150


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One part of a station. `free` is None where there is no current number.

    `all` is how many there are, where that is known; `page` is a path of this site or empty.
    """

    kind: Kind
    standard: str
    uid: str
    name: str
    free: int | None
    all: int | None
    at: datetime | None
    metres: int
    page: str = ""
    detail: str = ""
    invented: bool = False
    source: str = ""

    @property
    def state(self) -> State:
        """Many free, few free, none; unknown without a current number."""
        if self.free is None:
            return "none"
        if not self.free:
            return "bad"
        return "tight" if self.all and self.free / self.all < FEW else "good"


@dataclass(frozen=True, kw_only=True, slots=True)
class Joint:
    """A mobility station as it is now: its parts by kind, then by distance, and its stops.

    `out` is what staff took out of it.
    """

    hub: Hub
    elements: tuple[Element, ...]
    stops: tuple[Stop, ...]
    out: tuple[Element | Stop, ...] = ()

    @property
    def current(self) -> int:
        """How many parts have a current number."""
        return sum(one.free is not None for one in self.elements)

    @property
    def freshness(self) -> State:
        """The worst of its parts: good where all are current, none where nothing is."""
        if not self.elements or not self.current:
            return "none"
        return "good" if self.current == len(self.elements) else "tight"

    @property
    def oldest(self) -> datetime | None:
        """The oldest of the numbers shown."""
        return min((e.at for e in self.elements if e.free is not None and e.at), default=None)

    def free(self, kind: Kind) -> int | None:
        """Free of one kind; unknown where no part of it is known, never counted as none."""
        known = [one.free for one in self.elements if one.kind == kind and one.free is not None]
        return sum(known) if known else None

    def all(self, kind: Kind) -> int | None:
        """How many there are of a kind, of those parts whose number is current."""
        mine = [e for e in self.elements if e.kind == kind and e.free is not None]
        known = [one.all for one in mine if one.all is not None]
        return sum(known) if known and len(known) == len(mine) else None


def stations() -> list[Joint]:
    """All stations that are shown, by name. A fixed number of queries for any number of them."""
    return list(_stations())


@once
def _stations() -> list[Joint]:
    shown = Hub.objects.filter(active=True, place__west__isnull=False)
    if not (hubs := list(shown.select_related("place"))):
        return []
    said: dict[int, dict[tuple[str, str], bool]] = {}
    for one in Member.objects.filter(hub__active=True):
        said.setdefault(one.hub_id, {})[one.standard, one.uid] = one.shown
    offers = list(_offers())
    stops = list(Stop.objects.select_related("source"))
    return [_station(hub, offers, stops, said.get(hub.pk, {})) for hub in hubs]


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """Something that may belong to a station, wherever it is."""

    element: Element
    lon: float
    lat: float
    reach: int | None = None


def _station(
    hub: Hub, offers: Sequence[Offer], stops: Sequence[Stop],
    said: Mapping[tuple[str, str], bool],
) -> Joint:  # fmt: skip
    here = (hub.place.lon or 0, hub.place.lat or 0)
    found: list[Element] = []
    out: list[Element | Stop] = []
    for one in offers:
        away = metres(*here, one.lon, one.lat)
        near = away <= (one.reach if one.reach is not None else hub.radius_m)
        key = (one.element.standard, one.element.uid)
        if near or key in said:
            mine = found if said.get(key, near) else out
            mine.append(replace(one.element, metres=round(away)))
    there: list[Stop] = []
    for stop in stops:
        near = metres(*here, stop.lon, stop.lat) <= hub.radius_m
        if near or stop.key in said:
            (there if said.get(stop.key, near) else out).append(stop)
    found.sort(key=lambda e: (KINDS.index(e.kind), e.metres, e.name))
    return Joint(hub=hub, elements=tuple(_together(found)), stops=tuple(there), out=tuple(out))


def _together(found: Iterable[Element]) -> Iterable[Element]:
    """Vehicles that stand free are one line for each who runs them, not one for each."""
    loose: dict[str, list[Element]] = {}
    for one in found:
        if one.uid.startswith(LOOSE):
            loose.setdefault(one.name, []).append(one)
        else:
            yield one
    for name, each in loose.items():
        times = [one.at for one in each if one.at]
        yield Element(
            kind="sharing", standard="sharing", uid=each[0].uid, name=name, free=len(each),
            all=None, at=min(times, default=None), metres=min(one.metres for one in each),
            invented=each[0].invented, source=each[0].source, detail="loose",
        )  # fmt: skip


LOOSE: Final = "loose:"


def _offers() -> Iterable[Offer]:
    for one in feeds.records("parking"):
        yield from _parking(one)
    for one in feeds.records("charging"):
        yield _charging(one)
    for one in feeds.records("sharing"):
        yield from _sharing(one)


def _parking(one: Facility) -> Iterable[Offer]:
    if one.purpose not in ("CAR", "BIKE"):
        return
    element = Element(
        kind="car" if one.purpose == "CAR" else "bike", standard="parking", uid=one.uid,
        name=one.name, free=one.free, all=one.all.capacity, at=one.at, metres=0,
        page=pages.here(one.page), invented=one.invented, source=one.source,
    )  # fmt: skip
    yield Offer(element=element, lon=one.lon, lat=one.lat)


def _charging(one: ChargingLocation) -> Offer:
    live = [evse for evse in one.evses if evse.live]
    times = [evse.status_at for evse in live if evse.status_at]
    element = Element(
        kind="charging", standard="charging", uid=one.uid, name=one.name,
        free=sum(evse.status == "AVAILABLE" for evse in live) if live else None,
        all=len(live) if live else len(one.evses), at=clock.now() if live and times else None,
        metres=0, page=pages.here(one.page), invented=one.invented, source=one.source,
    )  # fmt: skip
    return Offer(element=element, lon=one.lon, lat=one.lat)


def _sharing(one: SharedFleet) -> Iterable[Offer]:
    for station in one.stations:
        yield Offer(element=_dock(one, station), lon=station.lon, lat=station.lat)
    for each in one.vehicles:
        fresh = clock.age(each.at) <= logic.stale_after()
        if each.lon is None or each.lat is None or each.reserved or each.disabled or not fresh:
            continue
        element = Element(
            kind="sharing", standard="sharing", uid=f"{LOOSE}{one.id}:{each.id}", name=one.name,
            free=1, all=None, at=each.at, metres=0, invented=one.invented, source=one.source,
        )  # fmt: skip
        yield Offer(element=element, lon=each.lon, lat=each.lat, reach=STROLL)


def _dock(fleet: SharedFleet, one: Station) -> Element:
    fresh = clock.age(one.at) <= logic.stale_after()
    free = one.vehicles if one.renting else 0
    return Element(
        kind="sharing", standard="sharing", uid=f"{fleet.id}:{one.id}",
        name=f"{fleet.name}: {one.name}", free=free if fresh else None, all=one.capacity,
        at=one.at, metres=0, invented=fleet.invented, source=fleet.source,
    )  # fmt: skip


def describe(station: Joint) -> dict[Kind, dict[str, Any]]:
    """Free and all by kind, for what is there."""
    there = {one.kind for one in station.elements}
    return {kind: {"free": station.free(kind), "all": station.all(kind)}
            for kind in KINDS if kind in there}  # fmt: skip
