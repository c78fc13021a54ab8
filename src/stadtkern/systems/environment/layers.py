"""What the map and the tiles show of the environment."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import clock
from stadtkern.kernel.contract import Past, Pin, Reading, State
from stadtkern.kernel.things import series
from stadtkern.kernel.ui.numbers import MISSING, figure
from stadtkern.systems.environment import index, logic
from stadtkern.systems.environment.logic import Air, Count, Station, Value


def weather_pins() -> Iterator[Pin]:
    """Weather stations with their temperature."""
    return pins_of_weather(logic.stations("weather"))


def pins_of_weather(stations: Sequence[Station]) -> Iterator[Pin]:
    """Pins of stations already at hand."""
    for station in stations:
        value = station.of("air_temperature")
        fresh = value is not None and not value.stale
        yield _pin(
            station,
            state="info" if fresh else "none",
            label=_amount(value) if fresh else MISSING,
            text=" · ".join(_spoken(station)) or _("no current data"),
            at=station.at,
            stale=not fresh,
        )


def air_pins() -> Iterator[Pin]:
    """Air stations with the class of their air."""
    return pins_of_air(logic.air(index.current()))


def pins_of_air(airs: Sequence[Air]) -> Iterator[Pin]:
    """Pins of air stations already at hand."""
    for air in airs:
        yield _pin(
            air.station,
            state=air.rating.klass.state if air.rating else "none",
            label=str(air.rating.klass.name) if air.rating else MISSING,
            text=air_text(air),
            at=air.at,
            stale=air.rating is None,
        )


def air_then(pin: Pin, past: Past) -> Pin:
    """An air station with the class that its air had then, by the same limits."""
    scheme = index.current()
    station = next((s for s in logic.stations("air") if s.place.public_id == pin.place), None)
    means: dict[str, float] = {}
    for value in station.values if station else ():
        limits = scheme.pollutants.get(value.property)
        known = past.hour if limits and limits.averaging == "hour" else past.day
        if limits and value.datastream in known:
            means[value.property] = max(known[value.datastream], means.get(value.property, 0))
    rating = index.rate(scheme, means)
    if station is None or rating is None:
        return replace(pin, state="none", label=MISSING, text=_("no current data"))
    text = air_text(Air(station=station, means=(), rating=rating))
    return replace(pin, state=rating.klass.state, label=str(rating.klass.name), text=text,
                   stale=False, at=past.at)  # fmt: skip


def counter_pins() -> Iterator[Pin]:
    """Counters with today's sum."""
    return pins_of_counts(logic.counts())


def pins_of_counts(counts: Sequence[Count]) -> Iterator[Pin]:
    """Pins of counters already at hand."""
    for count in counts:
        stale = count.station.stale
        yield _pin(
            count.station,
            state="none" if stale else "info",
            label=MISSING if stale else figure(count.today),
            text=_("no current data") if stale else count_text(count),
            at=count.station.at,
            stale=stale,
        )


def air_text(air: Air) -> str:
    """The class with what decides it and what it lacks, in words."""
    if air.rating is None:
        return _("no current data")
    figures = {"class": air.rating.klass.name, "pollutant": short(air.rating.decided_by)}
    said = _("Air quality %(class)s, decided by %(pollutant)s") % figures
    lacks = [] if air.rating.complete else [_("incomplete")]
    if air.provisional:
        lacks.append(_("provisional"))
    return f"{said} ({', '.join(lacks)})" if lacks else said


def count_text(count: Count) -> str:
    """Both directions of today, and the last full hour."""
    said = _("today %(in)s towards the centre, %(out)s out of it, %(hour)s in the last full hour")
    figures = {"in": count.today_in, "out": count.today_out, "hour": count.last_hour}
    return said % {name: figure(number) for name, number in figures.items()}


def short(pollutant: str) -> str:
    """What people call a pollutant."""
    names = {"pm10": "PM10", "pm25": _("PM2.5"), "no2": "NO₂", "o3": _("ozone"), "so2": "SO₂"}
    return names.get(pollutant, pollutant)


def air_tile() -> Reading | None:
    """The worst class among the stations: who asks for the air wants to know about the worst."""
    airs = logic.air(index.current())
    if not airs:
        return None
    rated = [air for air in airs if air.rating]
    worst = max(rated, key=lambda air: air.rating.level if air.rating else -1, default=airs[0])
    said = ngettext("%(count)d station rated", "worst of %(count)d stations", len(rated))
    return Reading(
        value=str(worst.rating.klass.name) if worst.rating else MISSING,
        unit="",
        source=_sources([worst.station]),
        at=worst.at,
        stale=not rated,
        detail=said % {"count": len(rated)} if rated else "",
        url=reverse("environment:home"),
        trend=_trend(worst),
        datastreams=tuple(s for air in airs for s in air.station.datastreams),
    )


def _trend(air: Air) -> tuple[float | None, ...]:
    deciding = air.rating.decided_by if air.rating else ""
    value = air.station.of(deciding) or next(iter(air.station.values), None)
    return series.trend(value.datastream) if value else ()


def temperature_tile() -> Reading | None:
    """The mean of the stations that send; where none does, the last value, marked stale."""
    found = logic.stations("weather")
    values = [v for s in found if (v := s.of("air_temperature")) and v.at]
    if not values:
        return None
    newest = max(values, key=lambda v: v.at or clock.now())
    now = logic.mean_now(found, "air_temperature")
    fresh = now[1] if now else []
    said = ngettext("%(count)d station measures", "mean of %(count)d stations", len(fresh))
    return Reading(
        value=figure(now[0] if now else newest.value, newest.decimals),
        unit=newest.unit,
        source=_sources(found),
        at=newest.at,
        stale=now is None,
        detail=said % {"count": len(fresh)} if fresh else "",
        url=_address(found),
        trend=mean_trend([v.datastream for v in values]),
        datastreams=tuple(v.datastream for v in values),
    )


def mean_trend(streams: Sequence[int]) -> tuple[float | None, ...]:
    """The mean of several trends, step by step, of those that are known."""
    steps = zip(*series.trends(streams).values(), strict=True)
    known = ([value for value in step if value is not None] for step in steps)
    return tuple(sum(values) / len(values) if values else None for values in known)


def counter_tile() -> Reading | None:
    """Everybody counted today at the counters that send."""
    found = logic.counts()
    fresh = [count for count in found if not count.station.stale]
    if not found:
        return None
    said = ngettext(
        "today, %(count)d counting point", "today, %(count)d counting points", len(fresh)
    )
    return Reading(
        value=figure(sum(count.today for count in fresh)) if fresh else MISSING,
        unit="",
        source=_sources([count.station for count in found]),
        at=max((c.station.at for c in fresh or found if c.station.at), default=None),
        stale=not fresh,
        detail=said % {"count": len(fresh)} if fresh else "",
        url=_address([count.station for count in found]),
        trend=series.trend(found[0].station.datastreams[0]) if found[0].station.values else (),
        datastreams=tuple(s for count in found for s in count.station.datastreams),
    )


def _address(found: Sequence[Station]) -> str:
    """The one station's page, or the page of all."""
    if len(found) == 1:
        return reverse("place", args=[found[0].place.public_id])
    return reverse("environment:home")


def _sources(found: Sequence[Station]) -> str:
    said = dict.fromkeys(v.source_now for s in found for v in s.values if v.source_now)
    return "; ".join(said)


def _amount(value: Value | None) -> str:
    if value is None or value.value is None:
        return MISSING
    return f"{figure(value.value, value.decimals)} {value.unit}".strip()


def _spoken(station: Station) -> list[str]:
    return [f"{v.title} {_amount(v)}" for v in station.values if not v.stale]


def _pin(
    station: Station, *, state: State, label: str, text: str, at: datetime | None, stale: bool
) -> Pin:
    place = station.place
    return Pin(
        place=place.public_id, name=place.title, lon=place.lon or 0, lat=place.lat or 0,
        state=state, label=label, text=text, at=at, stale=stale, datastreams=station.datastreams,
    )  # fmt: skip
