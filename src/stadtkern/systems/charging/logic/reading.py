"""Locations as everybody reads them: what is free, what is silent, what the plugs give."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from stadtkern.kernel import clock
from stadtkern.kernel.contract import State
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sharing import once
from stadtkern.systems.charging.logic import settings
from stadtkern.systems.charging.models import Connector, Evse, Location
from stadtkern.systems.charging.models.charge_point import Outlet

FAST_W = 22_001  # more than 22 kW is fast (Regulation (EU) 2023/1804, Article 2)
GONE = ("PLANNED", "REMOVED")
BROKEN = ("INOPERATIVE", "OUTOFORDER")
DC = "DC"


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One EVSE now. `status` is UNKNOWN where its charge point fell silent; `live`: it is told."""

    evse: Evse
    status: str
    live: bool
    silent_since: datetime | None
    connectors: Sequence[Connector]

    @property
    def silent(self) -> bool:
        """Whether its charge point has not been heard for too long."""
        return self.silent_since is not None

    @property
    def max_watt(self) -> int:
        """Of its strongest connector."""
        return max((one.max_watt for one in self.connectors), default=0)

    @property
    def fast(self) -> bool:
        """More than 22 kW."""
        return self.max_watt >= FAST_W

    @property
    def state(self) -> State:
        """As colour and shape."""
        if self.status == "AVAILABLE":
            return "good"
        if self.status in ("CHARGING", "RESERVED", "BLOCKED"):
            return "tight"
        return "bad" if self.status in BROKEN else "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Station:
    """A location now. `free` counts what is known to be free."""

    location: Location
    points: Sequence[Point]

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.location.place

    @property
    def live(self) -> bool:
        """Whether any of its points tells its status."""
        return any(one.live for one in self.points)

    @property
    def all(self) -> int:
        """All its points that stand there."""
        return len(self.points)

    @property
    def free(self) -> int:
        """Points that are free now."""
        return sum(one.status == "AVAILABLE" for one in self.points)

    @property
    def known(self) -> int:
        """Points whose status is known now."""
        return sum(one.status != "UNKNOWN" for one in self.points)

    @property
    def unknown(self) -> int:
        """Points whose status is not known now."""
        return self.all - self.known

    @property
    def max_watt(self) -> int:
        """Of its strongest connector."""
        return max((one.max_watt for one in self.points), default=0)

    @property
    def at(self) -> datetime | None:
        """When any point was heard last."""
        return max((one.evse.told for one in self.points if one.evse.told), default=None)

    @property
    def connectors(self) -> list[Connector]:
        """Of all its points."""
        return [plug for one in self.points for plug in one.connectors]

    @property
    def state(self) -> State:
        """Free, all in use, out of order, not known."""
        if not self.known:
            return "none"
        if self.free:
            return "good"
        busy = any(one.state == "tight" for one in self.points)
        return "tight" if busy else "bad"


def stations(rows: "QuerySet[Location] | None" = None) -> list[Station]:
    """Locations with their points; three queries for any number of them."""
    beats = Outlet.objects.filter(evse=OuterRef("pk")).order_by("pk")
    evses = (
        Evse.objects.exclude(status__in=GONE)
        .annotate(heard=Subquery(beats.values("point__heard")[:1]),
                  beat=Subquery(beats.values("point__heartbeat_s")[:1]))
        .order_by("location_id", "number")
    )  # fmt: skip
    plugs = Connector.objects.select_related("tariff").order_by("evse_id", "number")
    listed = (Location.objects.all() if rows is None else rows).select_related("place")
    listed = listed.prefetch_related(
        Prefetch("evses", evses, to_attr="standing"),
        Prefetch("standing__connectors", plugs, to_attr="plugs"),
    )
    now, patience = clock.now(), settings().silent_beats
    return [
        Station(location=one, points=[_point(evse, now, patience) for evse in one.standing])
        for one in listed.order_by("place__name", "pk")
    ]


def public() -> "QuerySet[Location]":
    """What everybody may charge at."""
    return Location.objects.filter(public=True)


@once
def public_stations() -> list[Station]:
    """Those that everybody may charge at and that have points; asked once for a page."""
    return [one for one in stations(public()) if one.points]


def silent_since(
    heard: datetime | None, beat: int | None, now: datetime, patience: int
) -> datetime | None:
    """Since when a charge point with this heartbeat (seconds) is silent for too long."""
    if heard is None or beat is None:
        return None
    until = heard + timedelta(seconds=max(beat, 10) * patience)
    return until if now > until else None


def _point(evse: "Evse", now: datetime, patience: int) -> Point:
    heard: datetime | None = evse.heard  # type: ignore[attr-defined]  # annotated above
    beat: int | None = evse.beat  # type: ignore[attr-defined]
    quiet = silent_since(heard, beat, now, patience)
    live = evse.told is not None and quiet is None
    return Point(
        evse=evse, status=evse.status if live or evse.status in BROKEN else "UNKNOWN",
        live=live, silent_since=quiet,
        connectors=evse.plugs,  # type: ignore[attr-defined]
    )  # fmt: skip


def one(uid: str) -> Station | None:
    """A public location by its id."""
    return next(iter(stations(public().filter(uid=uid))), None)


def tariffs_of(found: Iterable[Station]) -> list[int]:
    """The tariffs that these use."""
    return sorted({plug.tariff_id for one in found for plug in one.connectors if plug.tariff_id})
