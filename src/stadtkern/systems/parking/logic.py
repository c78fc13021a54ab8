"""Counts the free bays of each site, and says what the count means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, registry
from stadtkern.kernel.contract import Problem, State
from stadtkern.kernel.events import ObservationsStored
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sharing import once
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Datastream, Latest, Sensor
from stadtkern.systems.parking.bays import BAY, COUNT, OCCUPIED, SITE, Bay, bays
from stadtkern.systems.parking.settings import ParkingSettings

FREE = "free_bays"
AGAIN_AFTER = timedelta(minutes=5)
SILENT_SHARE = 0.1
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Bays of one site by state; free + taken + unknown is the capacity."""

    free: int
    taken: int
    unknown: int

    @property
    def known(self) -> int:
        """Bays whose state is known."""
        return self.free + self.taken

    @property
    def capacity(self) -> int:
        """All bays."""
        return self.known + self.unknown


def tally(found: Iterable[Bay]) -> Tally:
    """Count bays by state."""
    states = [bay.state for bay in found]
    return Tally(
        free=states.count("free"), taken=states.count("taken"), unknown=states.count("unknown")
    )


def settings() -> ParkingSettings:
    """The city's own settings."""
    chosen = registry.settings_of("parking")
    assert isinstance(chosen, ParkingSettings)
    return chosen


def enough(count: Tally) -> bool:
    """Whether enough bays are known for their number to say something."""
    return count.known > 0 and count.known >= settings().known_from * count.capacity


def state_of(count: Tally) -> State:
    """Many free, few free, full; none where too few bays are known."""
    if not enough(count):
        return "none"
    share = count.free / count.known
    if count.free == 0 or share < settings().full_below:
        return "bad"
    return "tight" if share < settings().tight_below else "good"


def recount(event: ObservationsStored) -> None:
    """Count anew the sites whose bay sensors sent something; in any order, and repeatedly."""
    sites = Place.objects.of_kind(SITE).filter(
        children__kind=BAY,
        children__things__datastreams__in=event.datastreams,
        children__things__datastreams__observed_property__slug=OCCUPIED,
    )
    for site in sorted(set(sites.values_list("pk", flat=True))):
        recount_site(site)


def recount_site(site: int) -> bool:
    """Store the count of free bays if it changed or the last is old; whether it did.

    It counts the state of all bays as they are now, so late and repeated events do no harm. The
    lock on the site lets one count follow another; the second sees what the first one wrote.
    """
    with transaction.atomic():
        # no_key: others may go on adding bays and things here meanwhile.
        place = Place.objects.select_for_update(no_key=True).filter(pk=site, kind=SITE).first()
        if place is None:
            return False
        count = tally(bays([site]))
        if not enough(count):
            return False
        stream = count_stream(place)
        last = Latest.objects.filter(datastream=stream).first()
        if last is not None and not _is_news(count, last):
            return False
        _store(stream, count, _instant(last))
    return True


def _is_news(count: Tally, last: Latest) -> bool:
    return last.value != count.free or clock.age(last.at) >= AGAIN_AFTER


def _instant(last: Latest | None) -> datetime:
    """Now, but after the last count: clocks of two workers differ, and this count is the newer."""
    return clock.now() if last is None else max(clock.now(), last.at + TICK)


def _store(stream: Datastream, count: Tally, at: datetime) -> None:
    extra = {"resultQuality": {"known": count.known, "unknown": count.unknown}}
    row = store.Observation(datastream=stream.pk, at=at, value=float(count.free), extra=extra)
    store.write([row], kinds=(COUNT,))


def count_stream(site: Place) -> Datastream:
    """The datastream that keeps the site's count; made where it is missing."""
    streams = Datastream.objects.filter(thing__place=site, thing__kind=COUNT)
    stream = streams.filter(observed_property__slug=FREE).order_by("pk").first()
    if stream is not None:
        return stream
    with override("de"):
        thing, source = _("Occupancy count"), _("Counted from the bay sensors")
    sensor = Sensor.objects.filter(name=source).first() or Sensor.objects.create(name=source)
    provision.things(
        COUNT, [(site, f"{thing}, {site.name}")], sensor=sensor, source=source, one_per_instant=True
    )
    return streams.get(observed_property__slug=FREE)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site as people see it. `free` is None where too few bays are known or the count is old."""

    place: Place
    bays: Sequence[Bay]
    count: Tally
    state: State
    free: int | None
    at: datetime | None
    datastream: int | None
    source: str
    source_now: str
    licence: str

    @property
    def stale(self) -> bool:
        """Whether there is no current number."""
        return self.free is None

    @property
    def share(self) -> float | None:
        """Free bays of all bays."""
        return None if self.free is None else self.free / self.count.capacity


def sites(chosen: Sequence[Place] | None = None) -> list[Site]:
    """These sites, or all by name, with their bays; at most four queries for any number."""
    return list(_all_sites() if chosen is None else _sites(chosen))


@once
def _all_sites() -> list[Site]:
    return _sites(None)


def _sites(chosen: Sequence[Place] | None) -> list[Site]:
    everything = Place.objects.of_kind(SITE).exclude(west=None)
    places = list(everything if chosen is None else chosen)
    streams = {stream.thing.place_id: stream for stream in _counts(places)}
    by_site: dict[int, list[Bay]] = {place.pk: [] for place in places}
    # All sites want all bays: the same question that the map asks.
    for bay in bays(None if chosen is None else by_site):
        if bay.site in by_site:
            by_site[bay.site].append(bay)
    return [_site(place, by_site[place.pk], streams.get(place.pk)) for place in places]


def _counts(places: Sequence[Place]) -> Iterable[Datastream]:
    streams = Datastream.objects.public().filter(
        thing__place__in=places, thing__kind=COUNT, observed_property__slug=FREE
    )
    return streams.select_related("thing", "latest").order_by("-pk")


def _site(place: Place, found: Sequence[Bay], stream: Datastream | None) -> Site:
    count = tally(found)
    latest: Latest | None = getattr(stream, "latest", None)
    at = latest.at if latest is not None else None
    current = at is not None and clock.age(at) <= stale_after() and enough(count)
    return Site(
        place=place,
        bays=found,
        count=count,
        state=state_of(count) if current else "none",
        free=count.free if current else None,
        at=at,
        datastream=stream.pk if stream else None,
        source=_source(stream, "source") if stream else "",
        source_now=_source(stream, "now") if stream else "",
        licence=stream.licence if stream else "",
    )


def stale_after() -> timedelta:
    """After how long the city no longer trusts a count."""
    return timedelta(minutes=settings().stale_after_minutes)


def _source(stream: Datastream, key: str) -> str:
    """The text in the reader's language; the datastream's own where there is none."""
    words = stream.properties.get(key) if isinstance(stream.properties, dict) else None
    if not isinstance(words, dict):
        return stream.source
    return str(words.get(get_language() or "", stream.source))


def check_sites() -> list[Problem]:
    """Sites without bays, and sites where more than a tenth of the sensors is silent."""
    return [problem for site in sites() for problem in _problems(site)]


def _problems(site: Site) -> Iterable[Problem]:
    name, count = site.place.title, site.count
    if not count.capacity:
        said = _("%(site)s has no parking bays: add places of the kind “Parking bay” to it.")
        yield Problem(text=said % {"site": name}, fix=reverse("admin:places_place_changelist"))
    elif count.unknown > SILENT_SHARE * count.capacity:
        said = _("%(site)s: %(unknown)d of %(all)d bay sensors are silent.")
        address = f"{reverse('parking-staff:bays')}?site={site.place.public_id}&state=unknown"
        figures = {"site": name, "unknown": count.unknown, "all": count.capacity}
        yield Problem(text=said % figures, fix=address)
