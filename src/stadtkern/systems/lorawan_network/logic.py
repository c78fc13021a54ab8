"""The network as the public may see it: own gateways, measured areas, numbers, fair use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import atan2, cos, degrees, hypot, radians

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Problem, State
from stadtkern.kernel.devices.coverage import airtime, areas, cells, load
from stadtkern.kernel.devices.coverage.areas import Area
from stadtkern.kernel.devices.models import Device, Gateway
from stadtkern.kernel.places.models import Landmark, Place
from stadtkern.kernel.things import visibility
from stadtkern.kernel.things.models import Thing
from stadtkern.kernel.things.visibility import PUBLIC
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.lorawan_network.settings import LorawanSettings

# 1 % of a day: what EU868's usual channels allow (ETSI EN 300 220-2, annex B).
LAWFUL_SECONDS = 864.0
# What a simple sensor sends: a few values of two bytes each.
USUAL_PAYLOAD = 12
KM_A_DEGREE = 111.32
WAYS = (
    gettext_lazy("north"), gettext_lazy("north-east"), gettext_lazy("east"),
    gettext_lazy("south-east"), gettext_lazy("south"), gettext_lazy("south-west"),
    gettext_lazy("west"), gettext_lazy("north-west"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One of the city's gateways at its public place."""

    place: Place
    state: State
    last_seen: datetime | None
    day: int


@dataclass(frozen=True, kw_only=True)
class Use:
    """What devices of one kind measure, and how many of them there are."""

    title: str | Promise
    count: int


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a device may send with one spreading factor: fairly, and by law."""

    name: str
    millis: float
    fair: int
    lawful: int


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A hexagon in the words of the list."""

    area: Area
    where: str


def settings() -> LorawanSettings:
    """What the city says."""
    found: LorawanSettings = registry.settings_of("lorawan_network")
    return found


def contact() -> str:
    """The address for questions; empty where the city names none."""
    return settings().contact or registry.city().city.contact


def gateways() -> list[Standing]:
    """The city's own gateways that stand at a public place, by name; one query."""
    seen = Q(thing__in=Thing.objects.filter(visibility.things(PUBLIC)))
    rows = Gateway.objects.filter(seen, own=True).exclude(thing__place=None)
    found = load.with_load(rows.select_related("thing__place")).order_by("thing__place__name")
    signs: dict[str, State] = {"reporting": "good", "silent": "bad"}
    return [
        Standing(
            place=one.thing.place,
            state=signs.get(one.state, "none"),
            last_seen=one.last_seen,
            day=one.day,
        )
        for one in found
    ]


def measured() -> list[Area]:
    """The public's hexagons; one query."""
    days = settings().days
    return areas.areas(load.since(days), load.today(), public=True, resolution=cells.COARSE)


def uses() -> list[Use]:
    """What the network carries of what the public may see, by kind of thing; one query."""
    kinds = registry.thing_kinds()
    shown = Device.objects.filter(thing__in=Thing.objects.filter(visibility.things(PUBLIC)))
    counted = shown.order_by().values_list("thing__kind").annotate(n=Count("id"))
    found = [
        Use(title=kinds[kind].title, count=count)
        for kind, count in counted
        if kind in kinds and registry.is_on(kind.partition(".")[0])
    ]
    return sorted(found, key=lambda use: -use.count)


def paces() -> list[Pace]:
    """What fair use means for each spreading factor."""
    fair = settings().fair_seconds
    seconds = {sf: airtime.of_uplink(USUAL_PAYLOAD, sf) for sf in range(7, 13)}
    return [
        Pace(
            name=f"SF{sf}",
            millis=one * 1000,
            fair=int(fair / one),
            lawful=int(LAWFUL_SECONDS / one),
        )
        for sf, one in seconds.items()
    ]


def spots(found: Iterable[Area]) -> list[Spot]:
    """Each hexagon with its way from the nearest station, the strongest first; one query."""
    known = list(Landmark.objects.filter(kind="station").values_list("name", "lon", "lat"))
    ordered = sorted(found, key=lambda area: (-area.rssi, area.cell))
    return [Spot(area=area, where=_where(*cells.centre(area.cell), known)) for area in ordered]


def _where(lon: float, lat: float, known: Sequence[tuple[str, float, float]]) -> str:
    ways = [(*_way(lon, lat, x, y), name) for name, x, y in known]
    if not ways:
        return f"{lat:.3f}, {lon:.3f}"
    far, turn, name = min(ways)
    if far < 0.4:
        return _("around %(station)s") % {"station": name}
    said = _("%(far)s km %(way)s of %(station)s")
    way = WAYS[round(turn / 45) % 8]
    return said % {"far": figure(far, 1), "way": way, "station": name}


def _way(lon: float, lat: float, x: float, y: float) -> tuple[float, float]:
    """Kilometres and degrees clockwise from north, from the station to the point."""
    east = (lon - x) * KM_A_DEGREE * cos(radians(lat))
    north = (lat - y) * KM_A_DEGREE
    return hypot(east, north), degrees(atan2(east, north)) % 360


def check_gateways() -> list[Problem]:
    """No gateway that is ours, ours without a place, and ours that are silent."""
    rows = list(load.with_load(Gateway.objects.select_related("thing__place").filter(own=True)))
    if not rows:
        said = _("No gateway is marked as the city's own, so the public map of coverage is empty.")
        return [Problem(text=said, fix=reverse("staff-gateways"))]
    return [*_homeless(rows), *_silent(rows)]


def _homeless(rows: Sequence[Gateway]) -> Iterable[Problem]:
    for one in rows:
        if one.thing is None or one.thing.place is None:
            said = _("The gateway %(name)s has no place.") % {"name": one}
            yield Problem(text=said, fix=reverse("staff-gateway-change", args=[one.pk]))


def _silent(rows: Sequence[Gateway]) -> Iterable[Problem]:
    for one in rows:
        if getattr(one, "state", "") == "silent":
            said = _("The gateway %(name)s is silent.") % {"name": one}
            yield Problem(text=said, fix=reverse("staff-gateway", args=[one.pk]))
