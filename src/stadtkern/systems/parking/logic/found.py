"""Car parks as people see them: what is free now, whether it is open, how sure that is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import get_language

from stadtkern.kernel import clock
from stadtkern.kernel.contract import State
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sharing import once
from stadtkern.kernel.things.models import Datastream, Latest
from stadtkern.systems.parking import models
from stadtkern.systems.parking.bays import COUNT, SITE, Bay, bays
from stadtkern.systems.parking.logic import confidence, hours
from stadtkern.systems.parking.logic.counting import FREE
from stadtkern.systems.parking.logic.facts import facts_of
from stadtkern.systems.parking.logic.states import Trend, state_of
from stadtkern.systems.parking.logic.tallies import (
    Tally,
    by_audience,
    enough,
    settings,
    tally,
    whole,
)

# A battery that runs low says nothing about what the sensor sends today.
HARMLESS = ("battery",)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site as people see it.

    `free` is None where too few spaces are known or the count is old, and 0 where it is closed.
    `open` is None where nobody knows its hours. `count` is what was counted, whether old or closed;
    `faults` are the open ones of the site, its lanes and its bays.
    """

    place: Place
    facts: models.Site
    bays: Sequence[Bay]
    count: Tally
    by_audience: Mapping[str, Tally]
    state: State
    free: int | None
    at: datetime | None
    open: bool | None
    trust: confidence.Confidence | None
    faults: Sequence[models.Fault]
    trend: Trend
    datastream: int | None
    source: str
    source_now: str
    licence: str

    @property
    def capacity(self) -> int:
        """Spaces that can be used: bays out of service are none."""
        return self.count.capacity

    @property
    def unknown(self) -> int:
        """Spaces whose state nobody knows."""
        return self.count.unknown

    @property
    def confidence(self) -> float | None:
        """From 0 to 1; None where there is no number."""
        return self.trust.value if self.trust else None

    @property
    def stale(self) -> bool:
        """Whether there is no current number."""
        return self.free is None

    @property
    def closed(self) -> bool:
        """Whether it is known to be closed now."""
        return self.open is False

    @property
    def closed_by_staff(self) -> bool:
        """Whether staff closed it for a time."""
        return is_shut(self.facts)

    def free_of(self, audience: str) -> int | None:
        """Free spaces kept for somebody, by the same rules as `free`; empty asks for all."""
        if not audience or self.free is None or self.closed:
            return self.free
        part = self.by_audience.get(audience)
        return part.free if part is not None and enough(part) else None

    @property
    def share(self) -> float | None:
        """Free spaces of all."""
        return None if self.free is None or not self.capacity else self.free / self.capacity


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What was read about all sites at once, by the key of the place."""

    facts: Mapping[int, models.Site]
    bays: Mapping[int, Sequence[Bay]]
    streams: Mapping[int | None, Datastream]
    faults: Mapping[int, Sequence[models.Fault]]
    counted: Mapping[int, datetime]


def sites(chosen: Sequence[Place] | None = None) -> list[Site]:
    """These sites, or all by name, with their bays; as many queries for one as for a thousand."""
    return list(_all_sites() if chosen is None else _sites(chosen))


@once
def _all_sites() -> list[Site]:
    return _sites(None)


def _sites(chosen: Sequence[Place] | None) -> list[Site]:
    everything = Place.objects.of_kind(SITE).exclude(west=None)
    places = list(everything if chosen is None else chosen)
    by_site: dict[int, list[Bay]] = {place.pk: [] for place in places}
    # All sites want all bays: the same question that the map asks.
    for bay in bays(None if chosen is None else by_site):
        if bay.site in by_site:
            by_site[bay.site].append(bay)
    known = _Known(
        facts=facts_of(places), bays=by_site, faults=_faults(places), counted=_counted(places),
        streams={stream.thing.place_id: stream for stream in _counts(places)},
    )  # fmt: skip
    return [_site(place, known) for place in places]


def _counts(places: Sequence[Place]) -> Iterable[Datastream]:
    streams = Datastream.objects.public().filter(
        thing__place__in=places, thing__kind=COUNT, observed_property__slug=FREE
    )
    return streams.select_related("thing", "latest").order_by("-pk")


def _faults(places: Sequence[Place]) -> dict[int, list[models.Fault]]:
    """Open faults that nobody explained, by site: its own and those of what lies in it."""
    wanted = {place.pk for place in places}
    found: dict[int, list[models.Fault]] = {}
    rows = models.Fault.objects.filter(until=None, checked_at=None).select_related("place")
    for fault in rows.order_by("place__name", "pk"):
        site = fault.place_id if fault.place_id in wanted else fault.place.parent_id
        if site in wanted:
            found.setdefault(site, []).append(fault)
    return found


def _counted(places: Sequence[Place]) -> dict[int, datetime]:
    """When somebody last counted a site by hand."""
    rows = models.Calibration.objects.filter(site__place__in=places, source="manual")
    found = rows.order_by().values("site__place").annotate(last=Max("at"))
    return {row["site__place"]: row["last"] for row in found}


def _site(place: Place, known: _Known) -> Site:
    facts, found = known.facts[place.pk], known.bays[place.pk]
    stream = known.streams.get(place.pk)
    latest: Latest | None = getattr(stream, "latest", None)
    at = latest.at if latest is not None else None
    count = _count(facts, found, latest)
    current = at is not None and clock.age(at) <= stale_after() and enough(count)
    opened = is_open(facts)
    closed = opened is False
    return Site(
        place=place,
        facts=facts,
        bays=found,
        count=count,
        by_audience=by_audience(found),
        state="bad" if closed else state_of(count, facts, facts.state) if current else "none",
        free=0 if closed else count.free if current else None,
        at=at,
        open=opened,
        trust=_trust(place, count, at, known) if current and at else None,
        faults=known.faults.get(place.pk, ()),
        trend=facts.trend if current and not closed else "",  # type: ignore[arg-type]
        datastream=stream.pk if stream else None,
        source=_source(stream, "source") if stream else "",
        source_now=_source(stream, "now") if stream else "",
        licence=stream.licence if stream else "",
    )


def _count(facts: models.Site, found: Sequence[Bay], latest: Latest | None) -> Tally:
    if facts.counting == "bays":
        return tally(found)
    told = latest.value if latest is not None and facts.counting != "none" else None
    return whole(facts.capacity, told)


def _trust(place: Place, count: Tally, at: datetime, known: _Known) -> confidence.Confidence:
    own = [one for one in known.faults.get(place.pk, ()) if one.place_id == place.pk]
    broken = any(one.kind not in HARMLESS for one in own)
    factors = {
        "known": count.known / count.capacity,
        "age": confidence.of_age(at, stale_after()),
        "faults": confidence.FAULT_SHARE if broken else 1.0,
    }
    if known.facts[place.pk].counting == "lanes":
        factors["calibration"] = confidence.of_calibration(known.counted.get(place.pk))
    return confidence.Confidence(factors=factors)


def is_shut(facts: models.Site) -> bool:
    """Whether staff closed it, for now."""
    return facts.closed_until is not None and facts.closed_until > clock.now()


def is_open(facts: models.Site) -> bool | None:
    """Whether one can drive in now: by what staff said, then by its hours."""
    return False if is_shut(facts) else hours.is_open(facts.opening_hours, clock.now())


def stale_after() -> timedelta:
    """After how long the city no longer trusts a count."""
    return timedelta(minutes=settings().stale_after_minutes)


def _source(stream: Datastream, key: str) -> str:
    """The text in the reader's language; the datastream's own where there is none."""
    words = stream.properties.get(key) if isinstance(stream.properties, dict) else None
    if not isinstance(words, dict):
        return stream.source
    return str(words.get(get_language() or "", stream.source))
