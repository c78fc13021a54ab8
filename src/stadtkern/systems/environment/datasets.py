"""The rows of the environment's open data: stations with their newest values, and counters."""

from collections.abc import Iterator, Sequence
from typing import Any

from stadtkern.systems.environment import index, logic
from stadtkern.systems.environment.logic import Air, Count, Station, Value

Row = dict[str, Any]
WEATHER = ("air_temperature", "relative_humidity", "rain_rate", "wind_speed")
AIR = ("pm10", "pm25", "no2", "o3", "so2")


def weather_rows() -> Iterator[Row]:
    """Weather stations with their newest values."""
    for one in logic.stations("weather"):
        yield {**_place(one), **_values(one, WEATHER), "measured_at": one.at, **_origin(one)}


def air_rows() -> Iterator[Row]:
    """Air stations with their newest values and the class of their air."""
    airs: Sequence[Air] = logic.air(index.current())
    for one in airs:
        rating = str(one.rating.klass.name) if one.rating else None
        yield {
            **_place(one.station), **_values(one.station, AIR), "air_class": rating,
            "measured_at": one.station.at, **_origin(one.station),
        }  # fmt: skip


def counter_rows() -> Iterator[Row]:
    """Counting points with what they counted since midnight and in the last full hour."""
    for one in logic.counts():
        yield {**_place(one.station), **_counted(one), **_origin(one.station)}


def _counted(one: Count) -> Row:
    silent = one.station.at is None
    return {
        "today_in": None if silent else one.today_in,
        "today_out": None if silent else one.today_out,
        "last_hour": None if silent else one.last_hour,
        "counted_at": one.station.at,
    }


def _place(one: Station) -> Row:
    return {"id": str(one.place.public_id), "name": one.place.name, "geometry": one.place.geometry}


def _values(one: Station, properties: Sequence[str]) -> Row:
    """What is fresh; an old value would look like one of today."""
    return {name: _fresh(one.of(name)) for name in properties}


def _fresh(value: Value | None) -> float | None:
    return None if value is None or value.stale else value.value


def _origin(one: Station) -> Row:
    sources = [one.place.source, *(value.source_now for value in one.values)]
    return {
        "source": "; ".join(dict.fromkeys(s for s in sources if s)),
        "invented": one.place.invented,
    }
