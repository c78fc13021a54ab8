import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.systems.environment import index, pages

from .conftest import NOW

pytestmark = pytest.mark.django_db


def words(response) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def city(station):
    station("air").hear("pm10", (NOW, 60.0)).hear("pm25", (NOW, 5.0))
    station("weather").hear("air_temperature", (NOW, 11.36)).hear("relative_humidity", (NOW, 78.0))
    station("counter").hear("count_in", (NOW, 12.0)).hear("count_out", (NOW, 30.0))


@pytest.mark.parametrize(
    ("address", "said"),
    [("/umwelt/", ["schlecht", "Entscheidend für die Klasse: PM10.", "Unvollständig", "11,4",
                   "42 Personen heute", "Der Index erklärt", "nicht bestätigt", "Test (CC0)"]),
     ("/en/environment/", ["poor", "PM10 decides the class.", "Incomplete", "11.4",
                           "42 people today", "The index explained", "not confirmed"])],
)  # fmt: skip
def test_the_page_speaks_both_languages(client, city, address, said):
    text = words(client.get(address))
    for one in said:
        assert one in text


def test_what_is_stale_is_not_shown_as_current(client, city, clock):
    clock.shift(timedelta(hours=3))
    text = words(client.get("/en/environment/"))
    assert "The station sends nothing at the moment" in text
    assert "decides the class" not in text
    assert "people today" not in text
    page = client.get("/en/environment/").content.decode()
    assert 'class="env-value stale"' in page
    assert 'class="env-value"' not in page


def test_a_city_without_stations_says_so(client, db):
    text = words(client.get("/umwelt/"))
    assert "Es gibt noch keine Luftmessstation." in text
    assert "Es gibt noch keine Wetterstation." in text


def test_the_table_of_bands_is_the_one_the_index_uses():
    bands = pages.bands(index.schemes()["uba-lqi-2"])
    columns = list(zip(*(band.ranges for band in bands), strict=True))
    assert columns[0] == ("0–9", "10–27", "28–54", "55–90", "über 90")
    assert columns[3] == ("0–24", "25–72", "73–144", "145–240", "über 240")


def test_the_page_asks_the_database_no_more_for_many_stations(client, station):
    def asked() -> int:
        client.get("/umwelt/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/umwelt/")
        return len(queries)

    def add(count: int, word: str) -> None:
        for i in range(count):
            station("air", f"{word} {i}").hear("pm10", (NOW, 5.0))
            station("weather", f"{word} {i}").hear("air_temperature", (NOW, 5.0))
            station("counter", f"{word} {i}").hear("count_in", (NOW, 5.0))

    add(1, "first")
    few = asked()
    add(8, "more")
    assert asked() == few
