"""Things and observations for the tests of the site."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing
from stadtkern.kernel.things.store import Observation, write

MakePlace = Callable[..., Place]
MakeStream = Callable[..., Datastream]
Observe = Callable[..., None]


def _place(
    name: str = "Teststelle", lon: float = 7.22, lat: float = 51.54, **fields: object
) -> Place:
    """A place on the map."""
    return Place.objects.create(name=name, geometry=point(lon, lat), **fields)


def _stream(at: Place | None = None, prop: str = "air_temperature", **fields: object) -> Datastream:
    """A datastream of a thing at this place."""
    observed, _ = ObservedProperty.objects.get_or_create(
        slug=prop, defaults={"name": prop, "definition": f"urn:test:{prop}"}
    )
    sensor, _ = Sensor.objects.get_or_create(name="Testsensor")
    thing = Thing.objects.create(place=at, name=f"Ding {Thing.objects.count()}")
    given = {
        "name": f"{prop} {thing.name}",
        "unit_symbol": "°C",
        "decimals": 1,
        "stale_after": timedelta(hours=2),
        "source": "Testamt",
        "licence": "dl-de/by-2-0",
    }
    return Datastream.objects.create(
        thing=thing, sensor=sensor, observed_property=observed, **{**given, **fields}
    )


def _observe(one: Datastream, *pairs: tuple[datetime, float | None], quality: int = 0) -> None:
    """Store these instants and values."""
    write([Observation(datastream=one.pk, at=at, value=v, quality=quality) for at, v in pairs])


@pytest.fixture
def station() -> tuple[Place, Datastream]:
    """A place with a fresh temperature and an hour of history."""
    where = _place("Wetterstation Süd")
    one = _stream(where)
    now = clock.now()
    _observe(one, *((now - timedelta(minutes=m), 11.4 + m / 10) for m in range(60, -1, -10)))
    return where, one


@pytest.fixture(name="place")
def place_maker() -> MakePlace:
    """A function that makes a place."""
    return _place


@pytest.fixture(name="stream")
def stream_maker() -> MakeStream:
    """A function that makes a datastream."""
    return _stream


@pytest.fixture(name="observe")
def observer() -> Observe:
    """A function that stores observations of a datastream."""
    return _observe
