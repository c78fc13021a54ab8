"""What the stations say: current values with their age, counts of the day, and the air's class."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, registry
from stadtkern.kernel.contract import Problem
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sharing import once
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.store import INVALID
from stadtkern.kernel.things.visibility import PUBLIC_STREAM
from stadtkern.systems.environment import index
from stadtkern.systems.environment.means import Mean, fresh_means

HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Value:
    """The newest value of one datastream. `value` is the last one known, even where stale."""

    property: str
    title: str
    value: float | None
    unit: str
    decimals: int
    at: datetime | None
    stale: bool
    stale_after: timedelta | None
    datastream: int
    source: str
    source_now: str
    licence: str


@dataclass(frozen=True, kw_only=True)
class Station:
    """A place with what its things measure."""

    place: Place
    values: tuple[Value, ...]

    @property
    def at(self) -> datetime | None:
        """When it last sent anything."""
        return max((v.at for v in self.values if v.at), default=None)

    @property
    def stale(self) -> bool:
        """Whether nothing it says is fresh."""
        return all(value.stale for value in self.values)

    @property
    def datastreams(self) -> tuple[int, ...]:
        """All its datastreams, for live updates."""
        return tuple(value.datastream for value in self.values)

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Sources with their licences, each once."""
        return tuple(dict.fromkeys((v.source, v.licence) for v in self.values if v.source))

    def of(self, property: str) -> Value | None:
        """The value of one property; None where it is not measured here."""
        return next((value for value in self.values if value.property == property), None)


# Tuples, not models: a map asks for every station there is.
COLUMNS = (
    "thing__place", "pk", "observed_property__slug", "observed_property__name", "unit_symbol",
    "decimals", "stale_after", "source", "licence", "properties",
    "latest__at", "latest__value", "latest__quality",
)  # fmt: skip


@once
def stations(kind: str) -> list[Station]:
    """All stations of a kind (`weather`, `air`, `counter`), by name; also those without values."""
    places = list(Place.objects.of_kind(f"environment.{kind}").exclude(west=None))
    values: dict[int, list[Value]] = defaultdict(list)
    public = Datastream.objects.public()
    streams = public.filter(thing__place__in=[place.pk for place in places])
    rows = streams.exclude(observed_property__slug=None).order_by("pk").values_list(*COLUMNS)
    for place, *facts in rows:
        values[place].append(_value(*facts))
    return [Station(place=place, values=tuple(values[place.pk])) for place in places]


def _value(
    stream: int, slug: str, name: str, unit: str | None, decimals: int,
    stale_after: timedelta | None, source: str, licence: str, properties: Any,
    at: datetime | None, value: float | None, quality: int | None,
) -> Value:  # fmt: skip
    if quality == INVALID:
        at = value = None
    return Value(
        property=slug,
        title=_title(slug, name),
        value=value,
        unit=unit or "",
        decimals=decimals,
        at=at,
        stale=is_stale(at, stale_after),
        stale_after=stale_after,
        datastream=stream,
        source=_source(properties, source, "source"),
        source_now=_source(properties, source, "now", "source"),
        licence=licence,
    )


def _title(slug: str, name: str) -> str:
    """The declared title, which is translated; the stored name where nobody declares it."""
    declared = registry.observed().get(slug)
    return str(declared.title) if declared else name


def _source(properties: Any, source: str, *keys: str) -> str:
    """The first of these texts that is there in both languages; else the datastream's own."""
    facts = properties if isinstance(properties, dict) else {}
    for words in (facts.get(key) for key in keys):
        if isinstance(words, dict) and words.keys() >= {"de", "en"}:
            return str(index.Words(de=words["de"], en=words["en"]))
    return source


def is_stale(at: datetime | None, stale_after: timedelta | None) -> bool:
    """Missing is stale; otherwise older than its rule allows."""
    return at is None or (stale_after is not None and clock.age(at) > stale_after)


def mean_now(found: Iterable[Station], property: str) -> tuple[float, list[Value]] | None:
    """The mean over stations of their fresh values, and those values; None where none is fresh."""
    fresh = [v for s in found if (v := s.of(property)) and not v.stale and v.value is not None]
    if not fresh:
        return None
    return sum(v.value for v in fresh if v.value is not None) / len(fresh), fresh


@dataclass(frozen=True, kw_only=True)
class Air:
    """The air at one station. `rating` is None where nothing is fresh."""

    station: Station
    means: tuple[Mean, ...]
    rating: index.Rating | None

    @property
    def at(self) -> datetime | None:
        """Up to when the means count; where there are none, when the station last sent."""
        return max((mean.until for mean in self.means), default=self.station.at)

    @property
    def provisional(self) -> bool:
        """Whether an hour that decides is still running."""
        return any(mean.provisional for mean in self.means)


def air(scheme: index.Scheme) -> list[Air]:
    """All air stations with their class."""
    return list(_air(scheme.version))


@once
def _air(version: str) -> list[Air]:
    scheme = index.schemes()[version]
    means = fresh_means(scheme)
    return [_rated(scheme, station, means.get(station.place.pk, [])) for station in stations("air")]


def _rated(scheme: index.Scheme, station: Station, means: list[Mean]) -> Air:
    # Two devices for one pollutant at a station: the higher mean decides.
    worst = {mean.pollutant: mean for mean in sorted(means, key=lambda mean: mean.value)}
    rating = index.rate(scheme, {pollutant: mean.value for pollutant, mean in worst.items()})
    in_order = tuple(worst[pollutant] for pollutant in scheme.pollutants if pollutant in worst)
    return Air(station=station, means=in_order, rating=rating)


@dataclass(frozen=True, kw_only=True)
class Count:
    """What a counter counted since midnight in each direction, and in the last full hour."""

    station: Station
    today_in: int = 0
    today_out: int = 0
    last_hour: int = 0

    @property
    def today(self) -> int:
        """Both directions since midnight."""
        return self.today_in + self.today_out


SUMS = f"""
select t.place_id,
  coalesce(sum(h.sum) filter (where p.slug = 'count_in' and h.at >= %(midnight)s), 0),
  coalesce(sum(h.sum) filter (where p.slug = 'count_out' and h.at >= %(midnight)s), 0),
  coalesce(sum(h.sum) filter (where h.at = %(hour)s), 0)
from things_thing t
join things_datastream d on d.thing_id = t.id
join things_observedproperty p on p.id = d.observed_property_id
join things_hour h on h.datastream_id = d.id and h.at >= least(%(midnight)s, %(hour)s)
where t.kind = 'environment.counter' and p.slug in ('count_in', 'count_out') and {PUBLIC_STREAM}
group by t.place_id
"""  # noqa: S608  a constant of the kernel


@once
def counts() -> list[Count]:
    """All counters with their sums."""
    now = timezone.localtime(clock.now())
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    this_hour = clock.now().replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(SUMS, {"midnight": midnight, "hour": this_hour - HOUR})
        sums = {row[0]: [round(number) for number in row[1:]] for row in cursor.fetchall()}
    return [_count(station, sums.get(station.place.pk, [])) for station in stations("counter")]


def _count(station: Station, sums: list[int]) -> Count:
    if not sums:
        return Count(station=station)
    return Count(station=station, today_in=sums[0], today_out=sums[1], last_hour=sums[2])


def check_index() -> list[Problem]:
    """Whether the version that the city chose exists."""
    chosen = registry.settings_of("environment").air_index
    if not chosen or chosen in index.schemes():
        return []
    known = ", ".join(index.schemes())
    text = _("The air-quality index “%(chosen)s” is not known; known are: %(known)s.")
    said = text % {"chosen": chosen, "known": known}
    return [Problem(text=said, fix="systems.environment.air_index")]
