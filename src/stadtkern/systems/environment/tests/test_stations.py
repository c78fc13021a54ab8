from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from stadtkern.kernel.things import store
from stadtkern.systems.environment import index, layers, logic

from .conftest import HOUR, NOW

NEWER, OLDER = index.schemes()["uba-lqi-2"], index.schemes()["uba-lqi-1"]
THIS_HOUR = NOW.replace(minute=0)
MINUTE = timedelta(minutes=1)


def means(scheme):
    return {mean.pollutant: mean for air in logic.air(scheme) for mean in air.means}


def test_the_mean_of_the_last_complete_hour_counts(station):
    station("air").hear(
        "pm10", (THIS_HOUR - HOUR, 8.0), (THIS_HOUR - 30 * MINUTE, 12.0), (NOW, 90.0)
    )
    mean = means(NEWER)["pm10"]
    assert (mean.value, mean.until, mean.provisional) == (10.0, THIS_HOUR, False)


def test_before_an_hour_is_complete_the_running_one_counts_and_says_so(station):
    station("air").hear("pm10", (NOW - 10 * MINUTE, 20.0), (NOW, 30.0))
    (air,) = logic.air(NEWER)
    assert (air.means[0].value, air.at, air.provisional) == (25.0, NOW, True)
    with override("en"):
        assert "provisional" in layers.air_text(air)


def test_a_station_without_all_pollutants_is_marked_incomplete(station):
    made = station("air").hear("pm10", (NOW, 20.0))
    with override("en"):
        (pin,) = layers.air_pins()
        assert "incomplete" in pin.text
        for pollutant in NEWER.pollutants:
            made.hear(pollutant, (NOW - MINUTE, 1.0))
        (pin,) = layers.air_pins()
        assert "incomplete" not in pin.text


def test_the_moving_mean_is_the_mean_of_the_last_24_hourly_means(station):
    made = station("air")
    # Two values in one hour weigh as much as three in another.
    for back in range(1, 26):
        at = THIS_HOUR - back * HOUR
        made.hear("pm25", (at, back - 1.0), (at + MINUTE, back + 1.0))
        if back % 2:
            made.hear("pm25", (at + 2 * MINUTE, float(back)))
    made.hear("pm25", (NOW, 4000.0))
    mean = means(OLDER)["pm25"]
    assert mean.value == pytest.approx(sum(range(1, 25)) / 24)
    assert mean.until == THIS_HOUR


@pytest.mark.parametrize(("hours", "known"), [(17, False), (18, True)])
def test_a_moving_mean_needs_18_of_24_hours(station, hours, known):
    made = station("air")
    made.hear("pm10", *((THIS_HOUR - back * HOUR, 5.0) for back in range(1, hours + 1)))
    assert ("pm10" in means(OLDER)) is known
    assert logic.air(OLDER)[0].rating is None or known


def test_invalid_values_are_in_no_mean(station):
    made = station("air").hear("pm10", (NOW, 20.0))
    made.hear("pm10", (NOW - MINUTE, 1999.9), quality=store.INVALID)
    assert means(NEWER)["pm10"].value == 20.0


def test_a_stale_station_has_no_class_and_no_fresh_value(station, clock):
    station("air").hear("pm10", (NOW, 20.0))
    station("weather").hear("air_temperature", (NOW, 11.4))
    station("counter").hear("count_in", (NOW, 3.0))
    pins = [layers.air_pins, layers.weather_pins, layers.counter_pins]
    tiles = [layers.air_tile, layers.temperature_tile, layers.counter_tile]
    clock.shift(2 * HOUR)
    assert all(pin.state != "none" and not pin.stale for one in pins for pin in one())
    clock.shift(timedelta(seconds=1))
    for one in pins:
        (pin,) = one()
        assert (pin.state, pin.stale, pin.label, pin.at) == ("none", True, "–", NOW)
    for tile in tiles:
        assert tile().stale


def test_a_station_that_never_sent_is_shown_without_a_number(station):
    station("weather")
    (pin,) = layers.weather_pins()
    assert (pin.state, pin.label, pin.at) == ("none", "–", None)
    assert layers.temperature_tile() is None


def test_numbers_are_written_as_the_reader_writes_them(station):
    station("weather").hear("air_temperature", (NOW, 11.36)).hear("relative_humidity", (NOW, 78.0))
    with override("de"):
        assert next(layers.weather_pins()).label == "11,4 °C"
    with override("en"):
        assert next(layers.weather_pins()).label == "11.4 °C"


def test_the_temperature_tile_is_the_mean_of_the_stations_that_send(station, clock):
    station("weather", "A").hear("air_temperature", (NOW, 30.0))
    clock.shift(3 * HOUR)
    for name, value in (("B", 10.0), ("C", 11.0)):
        station("weather", name).hear("air_temperature", (NOW + 3 * HOUR, value))
    with override("en"):
        tile = layers.temperature_tile()
    assert (tile.value, tile.unit, tile.detail) == ("10.5", "°C", "mean of 2 stations")
    assert not tile.stale


def test_the_air_tile_shows_the_worst_station(station):
    station("air", "A").hear("pm10", (NOW, 5.0))
    station("air", "B").hear("pm10", (NOW, 60.0))
    station("air", "C")
    with override("en"):
        tile = layers.air_tile()
    assert (tile.value, tile.detail) == ("poor", "worst of 2 stations")


def test_a_counter_adds_up_since_local_midnight(station):
    midnight = NOW.replace(hour=0, minute=0) - HOUR  # 00:00 in Berlin, in winter
    made = station("counter")
    made.hear(
        "count_in",
        (midnight - MINUTE, 100.0),
        (midnight, 1.0),
        (THIS_HOUR - MINUTE, 20.0),
        (NOW, 5.0),
    )
    made.hear("count_out", (THIS_HOUR - HOUR, 7.0))
    (count,) = logic.counts()
    assert (count.today_in, count.today_out, count.today, count.last_hour) == (26, 7, 33, 27)


def test_many_stations_ask_the_database_no_more_than_few(station):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            for pins in (layers.air_pins, layers.weather_pins, layers.counter_pins):
                list(pins())
        return len(queries)

    def add(count, word):
        for i in range(count):
            station("air", f"{word} {i}").hear("pm10", (NOW, 5.0))
            station("weather", f"{word} {i}").hear("air_temperature", (NOW, 5.0))
            station("counter", f"{word} {i}").hear("count_in", (NOW, 5.0))

    add(1, "first")
    few = asked()
    add(8, "more")
    assert asked() == few
