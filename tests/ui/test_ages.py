"""The age of a number is said in words, and a stale number is never called fresh."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import translation

from stadtkern.kernel.ui import ages

NOW = datetime(2024, 11, 24, 9, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("age", "german", "english"),
    [
        (timedelta(seconds=40), "vor 40 s", "40 s ago"),
        (timedelta(seconds=59), "vor 59 s", "59 s ago"),
        (timedelta(minutes=3, seconds=59), "vor 3 min", "3 min ago"),
        (timedelta(hours=2), "vor 2 h", "2 h ago"),
        (timedelta(days=1, hours=1), "vor 1 Tag", "1 day ago"),
        (timedelta(days=3), "vor 3 Tagen", "3 days ago"),
        (timedelta(days=30), "25.10.2024", "25 Oct 2024"),
        (-timedelta(seconds=5), "vor 0 s", "0 s ago"),
    ],
)
def test_a_fresh_number_says_how_long_ago(age, german, english):
    assert ages.words(NOW - age) == german
    with translation.override("en"):
        assert ages.words(NOW - age) == english


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(hours=2), "Stand 08:20"),
        (timedelta(hours=20), "Stand gestern, 14:20"),
        (timedelta(days=3), "Stand 21.11.2024"),
    ],
)
def test_a_stale_number_says_from_when_it_is(age, words):
    assert ages.words(NOW - age, stale=True) == words


def test_a_number_that_never_came_says_so():
    assert ages.words(None) == "noch keine Daten"
