import pytest
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.systems.environment import index, logic

NEWER, OLDER = index.schemes()["uba-lqi-2"], index.schemes()["uba-lqi-1"]

# First and last whole number of each class, as the agency prints them.
NEWER_TABLE = {
    "pm10": ["0-9", "10-27", "28-54", "55-90", "91-"],
    "pm25": ["0-5", "6-15", "16-30", "31-50", "51-"],
    "o3": ["0-24", "25-72", "73-144", "145-240", "241-"],
    "no2": ["0-10", "11-30", "31-60", "61-100", "101-"],
    "so2": ["0-10", "11-30", "31-60", "61-100", "101-"],
}
OLDER_TABLE = {
    "pm10": ["0-20", "21-35", "36-50", "51-100", "101-"],
    "pm25": ["0-10", "11-20", "21-25", "26-50", "51-"],
    "o3": ["0-60", "61-120", "121-180", "181-240", "241-"],
    "no2": ["0-20", "21-40", "41-100", "101-200", "201-"],
}


@pytest.mark.parametrize(
    ("scheme", "table"), [(NEWER, NEWER_TABLE), (OLDER, OLDER_TABLE)], ids=["newer", "older"]
)
def test_every_whole_number_falls_into_the_printed_class(scheme, table):
    assert set(scheme.pollutants) == set(table)
    for pollutant, ranges in table.items():
        for level, text in enumerate(ranges):
            low, _, high = text.partition("-")
            for value in (int(low), int(high or 5000)):
                assert index.rate(scheme, {pollutant: value}).level == level, (pollutant, value)


@pytest.mark.parametrize(
    ("mean", "whole"),
    [(9.4, 9), (9.49, 9), (9.5, 10), (9.499999999999, 10), (10.0, 10), (0.0, 0), (27.5, 28),
     (8.5, 9), (0.4, 0), (54.4999, 54)],
)  # fmt: skip
def test_halves_are_rounded_up_before_a_mean_is_compared(mean, whole):
    assert index.whole(mean) == whole


@pytest.mark.parametrize(
    ("mean", "name"), [(9.4, "sehr gut"), (9.5, "gut"), (27.4, "gut"), (27.5, "mäßig")]
)
def test_rounding_decides_the_class_at_a_limit(mean, name):
    with override("de"):
        assert str(index.rate(NEWER, {"pm10": mean}).klass.name) == name


def test_the_worst_pollutant_decides():
    rating = index.rate(NEWER, {"pm10": 5, "pm25": 40, "no2": 31})
    assert (rating.level, rating.decided_by) == (3, "pm25")


def test_all_pollutants_make_it_complete_and_one_is_enough():
    assert index.rate(NEWER, dict.fromkeys(NEWER.pollutants, 1)).complete
    assert not index.rate(NEWER, {"so2": 1}).complete
    assert index.rate(OLDER, dict.fromkeys(OLDER.pollutants, 1)).complete


def test_without_a_pollutant_of_the_index_there_is_no_class():
    assert index.rate(NEWER, {}) is None
    assert index.rate(OLDER, {"so2": 1}) is None


def test_every_version_says_where_it_is_from_and_speaks_both_languages():
    for scheme in index.schemes().values():
        assert scheme.source_url.startswith("https://")
        assert scheme.valid_from or "nicht bestätigt" in scheme.note.de
        for klass in scheme.classes:
            for words in (klass.name, klass.advice):
                assert words.de
                assert words.en
                assert words.de != words.en


def test_the_newest_version_is_the_default_and_an_unknown_one_is_a_problem(monkeypatch):
    assert index.current() is NEWER
    assert logic.check_index() == []
    chosen = registry.settings_of("environment")
    monkeypatch.setattr(registry, "settings_of", lambda slug: type(chosen)(air_index="uba-lqi-1"))
    assert index.current() is OLDER
    assert logic.check_index() == []
    monkeypatch.setattr(registry, "settings_of", lambda slug: type(chosen)(air_index="aqi"))
    assert "aqi" in logic.check_index()[0].text
