"""Counts the free spaces of a site, from its bays or its lanes, and stores what is new."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.events import ObservationsStored
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Datastream, Latest, Sensor
from stadtkern.systems.parking.bays import BAY, COUNT, OCCUPIED, SITE, bays
from stadtkern.systems.parking.logic import lanes
from stadtkern.systems.parking.logic.facts import facts_of
from stadtkern.systems.parking.logic.marking import mark
from stadtkern.systems.parking.logic.states import named, trend_of
from stadtkern.systems.parking.logic.tallies import Tally, enough, settings, tally, whole
from stadtkern.systems.parking.models import Lane, Site

FREE = "free_bays"
AGAIN_AFTER = timedelta(minutes=5)
TICK = timedelta(microseconds=1)
TREND_OVER, TREND_REACH = timedelta(minutes=20), timedelta(minutes=60)
EARLIER = """
select value from things_observation where datastream_id = %s and at <= %s and at > %s
  and value is not null and quality < 3 order by at desc, id desc limit 1
"""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A count that may be published; `raw` is what was counted before it was clipped."""

    count: Tally
    raw: int
    extra: dict[str, Any] = field(default_factory=dict)


def recount(event: ObservationsStored) -> None:
    """Count anew the sites whose sensors sent something; in any order, and repeatedly."""
    sites = Place.objects.of_kind(SITE).filter(
        children__kind=BAY,
        children__things__datastreams__in=event.datastreams,
        children__things__datastreams__observed_property__slug=OCCUPIED,
    )
    by_lanes = Lane.objects.filter(thing__datastreams__in=event.datastreams)
    found = set(sites.values_list("pk", flat=True)) | set(
        by_lanes.values_list("site__place", flat=True)
    )
    for site in sorted(found):
        recount_site(site)


def recount_site(site: int) -> bool:
    """Store the count of free spaces if it changed or the last is old; whether it did.

    It counts the state of everything as it is now, so late and repeated events do no harm. The
    lock on the site lets one count follow another; the second sees what the first one wrote.
    """
    with transaction.atomic():
        place = locked(site)
        if place is None:
            return False
        facts = facts_of([place])[place.pk]
        counted = _counted(place, facts)
        if counted is None:
            return False
        stream = count_stream(place)
        last = Latest.objects.filter(datastream=stream).first()
        at = _instant(last)
        is_news = last is None or _is_news(counted, last)
        trend = _trend(counted.count, stream, at) if is_news else facts.trend
        _remember(facts, counted.count, trend)
        if not is_news:
            return False
        _store(stream, counted, at)
    return True


def locked(site: int) -> Place | None:
    """The place of a car park, held until the transaction ends."""
    # no_key: others may go on adding bays and things here meanwhile.
    return Place.objects.select_for_update(no_key=True).filter(pk=site, kind=SITE).first()


def _counted(place: Place, facts: Site) -> Counted | None:
    counters = {"bays": _from_bays, "lanes": _from_lanes}
    counter = counters.get(facts.counting)
    return counter(place, facts) if counter else None


def _from_bays(place: Place, _facts: Site) -> Counted | None:
    count = tally(bays([place.pk]))
    if not enough(count):
        return None
    quality = {"known": count.known, "unknown": count.unknown}
    return Counted(count=count, raw=count.free, extra={"resultQuality": quality})


def _from_lanes(place: Place, facts: Site) -> Counted | None:
    """None while a lane is silent: what passes there is counted by nobody."""
    now = clock.now()
    found = lanes.inside(facts, now)
    if found is None or found.passed.heard is None:
        return None
    if now - found.passed.heard > timedelta(minutes=settings().stale_after_minutes):
        return None
    raw = facts.capacity - found.occupied
    mark(place, "below_zero", on=raw < 0, evidence={"inside": found.occupied})
    mark(place, "above_capacity", on=found.occupied < 0, evidence={"inside": found.occupied})
    mark(place, "jump", on=found.passed.jump > 0, evidence={"step": found.passed.jump})
    count = whole(facts.capacity, raw)
    return Counted(count=count, raw=raw, extra={
        "resultQuality": {"known": count.known, "unknown": 0, "raw": raw}
    })  # fmt: skip


def _remember(facts: Site, count: Tally, trend: str) -> None:
    """Keep what the site is called now, and whether it fills."""
    state = named(facts.state, count.free, count.known, facts) if count.known else ""
    if (state, trend) != (facts.state, facts.trend):
        Site.objects.filter(pk=facts.pk).update(state=state, trend=trend)


def _trend(count: Tally, stream: Datastream, at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, [stream.pk, at - TREND_OVER, at - TREND_REACH])
        row = cursor.fetchone()
    return trend_of(count.free, row[0] if row else None, count.capacity)


def _is_news(counted: Counted, last: Latest) -> bool:
    return last.value != counted.count.free or clock.age(last.at) >= AGAIN_AFTER


def _instant(last: Latest | None) -> datetime:
    """Now, but after the last count: clocks of two workers differ, and this count is the newer."""
    return clock.now() if last is None else max(clock.now(), last.at + TICK)


def _store(stream: Datastream, counted: Counted, at: datetime) -> None:
    row = store.Observation(
        datastream=stream.pk, at=at, value=float(counted.count.free), extra=counted.extra
    )
    store.write([row], kinds=(COUNT,))


def count_stream(site: Place) -> Datastream:
    """The datastream that keeps the site's count; made where it is missing."""
    streams = Datastream.objects.filter(thing__place=site, thing__kind=COUNT)
    stream = streams.filter(observed_property__slug=FREE).order_by("pk").first()
    if stream is not None:
        return stream
    with override("de"):
        thing, source = _("Occupancy count"), _source(site)
    sensor = Sensor.objects.filter(name=source).first() or Sensor.objects.create(name=source)
    provision.things(
        COUNT, [(site, f"{thing}, {site.name}")], sensor=sensor, source=source, one_per_instant=True
    )
    return streams.get(observed_property__slug=FREE)


def _source(site: Place) -> str:
    words = {
        "lanes": _("Counted at the entries and exits"),
        "reported": _("Told by the operator"),
    }
    return words.get(facts_of([site])[site.pk].counting, _("Counted from the bay sensors"))
