"""The public page of the environment: stations by kind, their values, and the index explained."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from stadtkern.kernel.contract import State
from stadtkern.kernel.people.access import public
from stadtkern.kernel.things import series
from stadtkern.systems.environment import index, layers, logic, nature
from stadtkern.systems.environment.index import Averaging, Class, Scheme
from stadtkern.systems.environment.logic import Air, Count, Station, Value
from stadtkern.systems.environment.means import Mean


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A mean with its words; whole numbers, as the index compares them."""

    name: str
    mean: Mean
    averaging: str
    decimals: int = 0

    @classmethod
    def of(cls, mean: Mean) -> Self:
        """The mean in the reader's language."""
        name, over = layers.short(mean.pollutant), averaging(mean.averaging)
        return cls(name=name, mean=mean, averaging=over)


@dataclass(frozen=True, kw_only=True)
class AirCard:
    """An air station as the page shows it."""

    air: Air
    state: State
    title: str
    advice: str
    decided_by: str
    values: Sequence[Shown]


@dataclass(frozen=True, kw_only=True)
class WeatherCard:
    """A weather station with the trend of its first value."""

    station: Station
    first: Value | None
    others: Sequence[Value]
    trend: Sequence[float | None]


@dataclass(frozen=True, kw_only=True)
class CountCard:
    """A counter with its trend."""

    count: Count
    trend: Sequence[float | None]


@dataclass(frozen=True, kw_only=True)
class Band:
    """One class of the index with the range of each pollutant."""

    klass: Class
    ranges: Sequence[str]


@public
def home(request: HttpRequest) -> HttpResponse:
    """Air, weather, counts, waters and trees, now."""
    scheme = index.current()
    airs, weather, counts = logic.air(scheme), logic.stations("weather"), logic.counts()
    waters, trees = logic.stations("water"), logic.stations("tree")
    stations = [a.station for a in airs] + weather + [c.station for c in counts] + waters + trees
    drawn = [first.datastream for one in weather + waters + trees if (first := _first(one))]
    drawn += [stream for count in counts for stream in count.station.datastreams[:1]]
    trends = series.trends(drawn)
    return render(request, "environment/home.html", {
        "airs": [_air_card(one) for one in airs],
        "weather": [_weather_card(one, trends) for one in weather],
        "counts": [_count_card(one, trends) for one in counts],
        "nature": [_weather_card(one, trends) for one in waters + trees],
        "scheme": scheme,
        "bands": bands(scheme),
        "pollutants": [_pollutant(scheme, slug) for slug in scheme.pollutants],
        "pins": [
            *layers.pins_of_air(airs),
            *layers.pins_of_weather(weather),
            *layers.pins_of_counts(counts),
            *nature.pins_of("water", waters),
            *nature.pins_of("tree", trees),
        ],
        "sources": _sources(stations),
        "datastreams": [s for station in stations for s in station.datastreams],
        "invented": any(station.place.invented for station in stations),
    })  # fmt: skip


def _air_card(air: Air) -> AirCard:
    rating = air.rating
    return AirCard(
        air=air,
        state=rating.klass.state if rating else "none",
        title=str(rating.klass.name) if rating else _("no current data"),
        advice=str(rating.klass.advice) if rating else "",
        decided_by=layers.short(rating.decided_by) if rating else "",
        values=[Shown.of(mean) for mean in air.means],
    )


def _weather_card(station: Station, trends: dict[int, series.Values]) -> WeatherCard:
    first = _first(station)
    others = [value for value in station.values if value is not first]
    trend = trends.get(first.datastream, ()) if first else ()
    return WeatherCard(station=station, first=first, others=others, trend=trend)


def _first(station: Station) -> Value | None:
    """What a weather card begins with."""
    return station.of("air_temperature") or next(iter(station.values), None)


def _count_card(count: Count, trends: dict[int, series.Values]) -> CountCard:
    streams = count.station.datastreams
    return CountCard(count=count, trend=trends.get(streams[0], ()) if streams else ())


def bands(scheme: Scheme) -> list[Band]:
    """The classes from best to worst with the whole µg/m³ that belong to them."""
    return [
        Band(klass=klass, ranges=[_range(limits.upper, i) for limits in scheme.pollutants.values()])
        for i, klass in enumerate(scheme.classes)
    ]


def _range(upper: Sequence[int], level: int) -> str:
    if level == len(upper):
        return _("over %(limit)d") % {"limit": upper[-1]}
    low = upper[level - 1] + 1 if level else 0
    return f"{low}–{upper[level]}"


def _pollutant(scheme: Scheme, slug: str) -> dict[str, str]:
    return {
        "name": layers.short(slug), "averaging": averaging(scheme.pollutants[slug].averaging)
    }  # fmt: skip


def averaging(kind: Averaging) -> str:
    """Over what time a pollutant is averaged, in words."""
    return {"hour": _("mean of an hour"), "moving_24h": _("mean of the last 24 hours")}[kind]


def _sources(stations: Iterable[Station]) -> list[tuple[str, str]]:
    return list(dict.fromkeys(source for station in stations for source in station.sources))


app_name = "environment"
urlpatterns = [path("", home, name="home")]
