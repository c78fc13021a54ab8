"""Measurements behind a dataset: hourly means of all places, gaps filled beside the original."""

from datetime import UTC, datetime, timedelta
from math import sin

import pytest
import time_machine
from django.urls import reverse

from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.models import Dataset, Resource, Version
from stadtkern.kernel.catalogue.tables.read import Query, read
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Sensor
from stadtkern.systems.data_improvement import applying, deciding, examining
from stadtkern.systems.data_improvement.models import Examination, Proposal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 20, 9, 30, tzinfo=UTC)
HOURS = 24 * 14
SILENT = {(0, hour) for hour in range(100, 105)}


def value_at(station, hour):
    return round(12 + 6 * sin(hour / 24 * 6.283) + station + (hour * 7 % 5) / 10, 2)


@pytest.fixture
def weather():
    """Three stations of a fortnight; one is silent for five hours."""
    sensor = Sensor.objects.create(name="Sensor of the tests")
    with time_machine.travel(NOW, tick=False):
        for number in range(3):
            place = Place.objects.create(
                kind="environment.weather", name=f"Station {number}", geometry=point(7.2, 51.5)
            )
            (thing,) = provision.things(
                "environment.weather",
                [(place, place.name)],
                sensor=sensor,
                source="Test",
                licence="CC0",
            )
            stream = thing.datastreams.get(observed_property__slug="air_temperature")
            store.write([
                store.Observation(datastream=stream.pk, at=at, quality=store.GOOD,
                                  value=value_at(number, hour))
                for hour in range(HOURS) if (number, hour) not in SILENT
                if (at := NOW - timedelta(hours=HOURS - hour))
            ])  # fmt: skip
        yield Dataset.objects.create(
            slug="wetter", title="Wetter", things=["environment.weather"], state=Dataset.PUBLISHED,
            publisher=publishers.city(),
        )  # fmt: skip


def test_a_gap_of_a_station_is_filled_in_a_table_of_its_own(signed_in, weather):
    client = signed_in("curator")
    page = client.get(reverse("data_improvement-staff:new")).content.decode()
    assert "Lufttemperatur (3)" in page
    said = {"dataset": weather.pk, "observed": "air_temperature", "days": 14}
    answer = client.post(reverse("data_improvement-staff:new"), said)
    assert answer.status_code == 302, answer.content.decode()
    one = Examination.objects.get()
    examining.run(one.pk)
    one.refresh_from_db()
    (gap,) = one.proposals.filter(kind="gap")
    assert gap.size == 5
    shown = client.get(reverse("data_improvement-staff:proposal", args=[one.pk, gap.number]))
    assert "<svg" in shown.content.decode()
    assert "An bekannten Werten ausprobiert" in shown.content.decode()
    deciding.decide("test", one, Proposal.objects.filter(pk=gap.pk), Proposal.ACCEPTED)
    made = applying.apply("test", one)
    resource = Resource.objects.get(slug="air-temperature-verbessert")
    found = read(Version.objects.get(resource=resource, current=True), Query(limit=500))
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    filled = [row for row in rows if row[f"{gap.column}_hinweis"]]
    assert len(filled) == 5
    assert all(row[gap.column] is None for row in filled)
    assert all(abs(row[f"{gap.column}_ergaenzt"] - 12) < 9 for row in filled)
    others = [row for row in rows if not row[f"{gap.column}_hinweis"]]
    assert all(row[gap.column] == row[f"{gap.column}_ergaenzt"] for row in others)
    assert made.changed == {"gap": 5}
    assert client.get(f"/bessere-daten/{made.pk}/").status_code == 200
