"""Places that measure, for the tests of the explorer, the boards and the map."""

from datetime import timedelta

import pytest

from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing


@pytest.fixture
def stream(db):
    """A function that makes a datastream at a place of this name."""

    def make(name="Teststelle", prop="air_temperature", **fields):
        place, _ = Place.objects.get_or_create(name=name, defaults={"geometry": point(7.22, 51.54)})
        observed, _ = ObservedProperty.objects.get_or_create(
            slug=prop, defaults={"name": prop, "definition": f"https://example.org/{prop}"}
        )
        sensor, _ = Sensor.objects.get_or_create(
            name="Muster T1", defaults={"description": "misst alle zehn Minuten"}
        )
        thing = Thing.objects.create(place=place, name=f"Ding {Thing.objects.count()}")
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

    return make


@pytest.fixture
def observe(db):
    """A function that stores instants and values, or instants, values and flags."""

    def write(one, rows):
        store.write(
            [
                store.Observation(
                    datastream=one.pk, at=row[0], value=row[1], quality=row[2] if row[2:] else 0
                )
                for row in rows
            ]
        )

    return write
