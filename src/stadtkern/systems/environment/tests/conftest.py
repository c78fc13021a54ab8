"""Stations that say what a test wants, and a clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils.translation import override

from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Sensor

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _german():
    """A page that another test asked for in English leaves its language behind."""
    with override("de"):
        yield


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class StationMaker:
    """Makes a station of a kind; `hear` stores values of a property."""

    def __init__(self, kind: str, name: str) -> None:
        self.place = Place.objects.create(
            kind=f"environment.{kind}", name=name, name_en=f"{name} (en)", geometry=point(7.2, 51.5)
        )
        sensor, _ = Sensor.objects.get_or_create(name="Sensor of the tests")
        (self.thing,) = provision.things(
            f"environment.{kind}", [(self.place, name)], sensor=sensor, source="Test", licence="CC0"
        )
        self.streams = dict(self.thing.datastreams.values_list("observed_property__slug", "pk"))

    def hear(self, property: str, *values: tuple[datetime, float], quality: int = store.GOOD):
        store.write([
            store.Observation(
                datastream=self.streams[property], at=at, value=value, quality=quality
            )
            for at, value in values
        ])  # fmt: skip
        return self


@pytest.fixture
def station(db, clock):
    return lambda kind, name="Markt": StationMaker(kind, name)
