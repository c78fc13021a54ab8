"""A small car park to count, and a clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils.translation import override

from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Datastream, Sensor
from stadtkern.systems.parking.bays import BAY, SENSOR, SITE

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


class CarPark:
    """A site with bays, each with a sensor; `hear` stores what a sensor says."""

    def __init__(self, count: int, name: str = "P+R Nord") -> None:
        self.place = Place.objects.create(
            kind=SITE, name=name, name_en=f"{name} (en)", geometry=point(7.2, 51.5)
        )
        self.bays = [self._bay(i) for i in range(count)]
        sensor, _ = Sensor.objects.get_or_create(name="Bay sensor of the tests")
        things = provision.things(SENSOR, [(b, f"S {b.name}") for b in self.bays], sensor=sensor)
        streams = Datastream.objects.filter(thing__in=things)
        by_place = dict(streams.values_list("thing__place", "pk"))
        self.streams = [by_place[bay.pk] for bay in self.bays]

    def _bay(self, i: int) -> Place:
        return Place.objects.create(
            kind=BAY, name=f"Platz A {i + 1}", name_en=f"Bay A {i + 1}", parent=self.place,
            geometry=point(7.2 + i / 10_000, 51.5), properties={"row": "A", "number": i + 1},
        )  # fmt: skip

    def hear(self, bay: int, taken: bool, at: datetime = NOW) -> int:
        store.write([store.Observation(datastream=self.streams[bay], at=at, value=float(taken))])
        return self.streams[bay]

    def hear_all(self, taken: int, at: datetime = NOW) -> None:
        """The first `taken` bays are occupied, the others free."""
        for i in range(len(self.bays)):
            self.hear(i, i < taken, at)

    def counts(self) -> list[tuple[datetime, float, dict]]:
        """Every stored count of this site, oldest first."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "select o.at, o.value, o.extra from things_observation o join things_datastream d"
                " on d.id = o.datastream_id join things_thing t on t.id = d.thing_id"
                " where t.place_id = %s and t.kind = 'parking.count' order by o.at, o.id",
                [self.place.pk],
            )
            import json

            return [(at, value, json.loads(extra)) for at, value, extra in cursor.fetchall()]


@pytest.fixture(autouse=True)
def _german():
    """A page that another test asked for in English leaves its language behind."""
    with override("de"):
        yield


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def car_park(db, clock):
    return lambda count=10, name="P+R Nord": CarPark(count, name)


@pytest.fixture
def later(clock):
    def move(**span):
        clock.shift(timedelta(**span))

    return move
