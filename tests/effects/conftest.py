"""Series with a known history, and people who work with them."""

import csv
import gzip
import json
from datetime import UTC, date, datetime, time, timedelta

import pytest

from stadtkern.kernel.effects.models import Chosen, Intervention
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing
from stadtkern.site.demo_city import measures

COUNTERS = [
    "100031297", "100034978", "100034980", "100034981", "100034982", "100034983", "100035541",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _at_once(request, monkeypatch):
    """Without the child process, which takes seconds to load, but for tests that ask for it."""
    if "child_process" not in request.fixturenames:
        from stadtkern.kernel.effects import run
        from stadtkern.kernel.effects.methods.compute import analyse

        monkeypatch.setattr(
            run,
            "reckon",
            lambda given: json.loads(json.dumps(analyse(json.loads(json.dumps(given))))),
        )


@pytest.fixture
def child_process():
    """The calculation runs where it runs in the city: in a process of its own."""


@pytest.fixture(scope="session")
def counts():
    """Real daily counts of seven counters of Münster, by counter and day."""
    with gzip.open(measures.FILE, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        one: {date.fromisoformat(r["day"]): float(r[one]) for r in rows if r[one]}
        for one in COUNTERS
    }


@pytest.fixture
def observed(db):
    return ObservedProperty.objects.create(slug="bikes", name="Fahrräder je Tag")


@pytest.fixture
def stream(observed):
    """A function that makes a public datastream with a value for each day."""

    def make(name, values, lon=7.22, lat=51.54, unit="1", prop=None, public=True):
        place = Place.objects.create(name=name, geometry=point(lon, lat))
        thing = Thing.objects.create(name=name, place=place)
        sensor, _ = Sensor.objects.get_or_create(name="Zähler")
        made = Datastream.objects.create(
            thing=thing, sensor=sensor, observed_property=prop or observed, name=name,
            unit_symbol=unit, decimals=0, source="Stadt Münster", licence="dl-de/by-2-0",
            public=public,
        )  # fmt: skip
        rows = [
            store.Observation(
                datastream=made.pk, at=datetime.combine(day, time(11), UTC), value=value
            )
            for day, value in values.items()
        ]
        for start in range(0, len(rows), 5000):
            store.write(rows[start : start + 5000], announce=False)
        return made

    return make


@pytest.fixture
def planted(counts, stream, observed):
    """A measure at a real counter from a Monday on, with a known effect put into its values."""

    def make(effect=0.0, begins=date(2024, 3, 4), target="100034980", **fields):
        first, last = begins - timedelta(weeks=106), begins + timedelta(weeks=27)
        one = Intervention.objects.create(
            slug="neuer-radweg", title="Neuer Radweg", title_en="New cycle path", kind="cycling",
            begins=begins, observed_property=observed, subject="Radverkehr",
            subject_en="bicycle traffic", geometry=point(7.22, 51.54), **fields,
        )  # fmt: skip
        for i, counter in enumerate([target, *(c for c in COUNTERS if c != target)]):
            share = 1 + effect if counter == target else 1.0
            values = {
                day: value * (share if day >= begins else 1.0)
                for day, value in counts[counter].items()
                if first <= day <= last
            }
            made = stream(f"Zählstelle {counter}", values, lon=7.22 + 0.012 * i)
            role = Chosen.TARGET if counter == target else Chosen.CONTROL
            Chosen.objects.create(intervention=one, datastream=made, role=role)
        return one

    return make


@pytest.fixture
def people(db):
    roles.sync()
    made = {}
    for name in ("reader", "data", "operator"):
        made[name] = Account.objects.create(username=name, is_staff=True)
        made[name].roles.add(Role.objects.get(slug=name))
    return made


@pytest.fixture
def as_(client, people):
    """A browser in which this person is signed in."""

    def browser(name):
        client.force_login(people[name])
        return client

    return browser
