"""Staff look at doubtful values, set up checks, try them, and mark what they know."""

from datetime import timedelta

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Check, Datastream, Mark, Sensor
from stadtkern.kernel.things.quality.run import check_again

QUALITY = "/staff/quality/"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def stream(people, place):
    sensor = Sensor.objects.create(name="Muster")
    thing = provision.things("environment.weather", [(place, "Wetter Süd")], sensor=sensor)[0]
    return Datastream.objects.get(thing=thing, observed_property__slug="air_temperature")


@pytest.fixture
def hot(stream):
    """Ten plain values and one beyond the plausible range, a minute apart, up to now."""
    start = clock.now() - 11 * MINUTE
    store.write([
        store.Observation(datastream=stream.pk, at=start + n * MINUTE, value=value)
        for n, value in enumerate([20.0] * 5 + [444.0] + [21.0] * 5)
    ])  # fmt: skip
    check_again([stream.pk], start, clock.now())
    return stream


def grades(stream):
    rows = store.fetch(
        "select array_agg(quality order by at) from things_observation where datastream_id = %s",
        [stream.pk],
    )
    return list(rows[0])


def test_doubts_are_counted_by_property_and_by_datastream(as_, hot):
    text = as_("data").get(QUALITY).content.decode()
    assert "Lufttemperatur" in text
    assert "Bereich: 1" in text
    assert f"{QUALITY}datastreams/{hot.pk}/" in text


def test_a_city_without_values_says_so(as_, people):
    text = as_("data").get(QUALITY).content.decode()
    assert "wurde nichts gemessen" in text
    assert "noch keine weitere Prüfung" in text


def test_a_datastream_shows_what_is_in_doubt_and_why(as_, hot):
    text = as_("data").get(f"{QUALITY}datastreams/{hot.pk}/").content.decode()
    assert "444" in text
    assert "444 is above" in text
    assert "<svg" in text


def test_a_check_is_made_tried_without_a_trace_and_saved(as_, hot):
    browser = as_("data")
    form = {"kind": "spike", "observed_property": hot.observed_property_id}
    to = browser.post(f"{QUALITY}checks/new/", form)["Location"]
    check = Check.objects.get()
    assert (check.on, check.settings["suspect"]) == (False, 10)
    numbers = {"suspect": "15,5", "within": "3600", "on": "on"}
    tried = browser.post(to, numbers | {"try": "1"}).content.decode()
    assert "1 von 11 Werten" in tried
    check.refresh_from_db()
    assert check.on is False
    assert browser.post(to, numbers)["Location"] == QUALITY
    check.refresh_from_db()
    assert (check.on, check.settings) == (True, {"suspect": 15.5, "within": 3600})
    assert list(Entry.objects.order_by("id").values_list("verb", flat=True)) == [
        "quality.create",
        "quality.change",
    ]


def test_one_check_of_a_kind_and_numbers_that_make_sense(as_, hot):
    browser = as_("data")
    form = {"kind": "range", "observed_property": hot.observed_property_id}
    to = browser.post(f"{QUALITY}checks/new/", form)["Location"]
    assert browser.post(f"{QUALITY}checks/new/", form).status_code == 422
    assert browser.post(f"{QUALITY}checks/new/", {"kind": "range"}).status_code == 422
    assert browser.post(to, {"low": "30", "high": "20"}).status_code == 422
    assert browser.post(to, {}).status_code == 422
    assert browser.post(to, {"low": "viel"}).status_code == 422
    assert Check.objects.get().settings == {}


def test_a_time_is_marked_and_taken_back(as_, hot):
    browser = as_("data")
    mark = f"{QUALITY}datastreams/{hot.pk}/mark/"
    day = {"start": "2020-01-01T00:00", "end": "2099-01-01T00:00", "flag": "3"}
    assert browser.post(mark, day).status_code == 422
    assert browser.post(mark, day | {"reason": "Umbau"})["Location"].endswith(f"/{hot.pk}/")
    assert set(grades(hot)) == {3}
    page = browser.get(f"{QUALITY}datastreams/{hot.pk}/").content.decode()
    assert "Umbau" in page
    browser.post(f"{QUALITY}marks/{Mark.objects.get().pk}/remove/")
    assert grades(hot) == [0] * 5 + [2] + [0] * 5
    assert Entry.objects.filter(verb__in=["quality.mark", "quality.unmark"]).count() == 2


def test_the_present_checks_run_over_what_is_stored_already(as_, hot):
    Datastream.objects.filter(pk=hot.pk).update(high=1000)
    times = {"again-start": "2020-01-01T00:00", "again-end": "2099-01-01T00:00"}
    as_("data").post(f"{QUALITY}datastreams/{hot.pk}/again/", times)
    assert set(grades(hot)) == {0}


def test_a_time_that_ends_before_it_begins_changes_nothing(as_, hot):
    times = {"again-start": "2030-01-01T00:00", "again-end": "2020-01-01T00:00"}
    answer = as_("data").post(f"{QUALITY}datastreams/{hot.pk}/again/", times)
    assert answer.status_code == 422
    assert 2 in grades(hot)


def test_a_check_is_removed(as_, hot):
    check = Check.objects.create(kind="repeat", observed_property=hot.observed_property)
    as_("data").post(f"{QUALITY}checks/{check.pk}/remove/")
    assert not Check.objects.exists()


def test_the_overview_asks_the_same_number_of_times_for_any_city(as_, hot, place, count_queries):
    browser = as_("data")
    few = count_queries(lambda: browser.get(QUALITY))
    for kind in ("spike", "flat", "late", "repeat"):
        Check.objects.create(kind=kind, observed_property=hot.observed_property)
        Check.objects.create(kind=kind, datastream=hot)
    assert count_queries(lambda: browser.get(QUALITY)) == few
