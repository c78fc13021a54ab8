"""Prices hold to the second and the cent, whatever night, holiday or step they run through."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays as published_holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtkern.kernel.places.holidays import holidays
from stadtkern.systems.parking_tickets.logic import tariffs
from stadtkern.systems.parking_tickets.logic.tariffs import BadRules, Calendar
from stadtkern.systems.parking_tickets.tests.oracle import cost, utc

ZONE = ZoneInfo("Europe/Berlin")
OFF = frozenset(published_holidays.country_holidays("DE", "NW", years=(2026, 2027)))
THERE = Calendar(zone=ZONE, holiday=lambda day: day in holidays(day.year, "NW"))
HOUR = {"cents": 150, "per_minutes": 60}
DAY_AND_NIGHT = {"name": "always", "days": ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"],
                 "begins": "00:00", "ends": "24:00", "steps": [HOUR]}  # fmt: skip
SHOPS = {"name": "day", "days": ["Mo", "Tu", "We", "Th", "Fr", "Sa"], "begins": "09:00",
         "ends": "18:00", "steps": [HOUR]}  # fmt: skip


def cents(rules: dict[str, Any], begins: str, until: str, **more: Any) -> int:
    told = tariffs.price(tariffs.read(rules), utc(begins, ZONE), utc(until, ZONE), THERE, **more)
    assert (sum(line.milli for line in told.lines) + 500) // 1000 == told.cents
    return told.cents


@pytest.mark.parametrize(
    ("begins", "until", "hours"),
    [
        ("2026-03-29T01:30", "2026-03-29T03:30", 1),
        ("2026-10-25T01:30", "2026-10-25T03:30", 3),
        ("2026-07-01T23:00", "2026-07-02T01:00", 2),
    ],
)
def test_the_night_the_clock_changes_is_billed_by_the_time_that_really_passes(
    begins: str, until: str, hours: int
) -> None:
    assert cents({"windows": [DAY_AND_NIGHT]}, begins, until) == hours * 150


@pytest.mark.parametrize(
    ("day", "paid"),
    [
        ("2026-06-03", 300), ("2026-06-04", 0), ("2026-10-03", 0), ("2026-11-01", 0),
        ("2026-11-28", 300), ("2026-11-29", 0), ("2026-12-24", 300), ("2026-12-25", 0),
    ],
)  # fmt: skip
def test_sundays_and_holidays_of_the_state_are_free(day: str, paid: int) -> None:
    assert cents({"windows": [SHOPS]}, f"{day}T10:00", f"{day}T12:00") == paid


def test_only_time_within_charging_hours_costs() -> None:
    assert cents({"windows": [SHOPS]}, "2026-11-27T17:30", "2026-11-28T09:20") == 75 + 50


def test_cents_are_rounded_once_at_the_end_and_half_up() -> None:
    tenth = {"name": "x", "days": ["Mo"], "begins": "00:00", "ends": "24:00",
             "steps": [{"cents": 1, "per_minutes": 2}]}  # fmt: skip
    rules = {"windows": [tenth]}
    assert cents(rules, "2026-11-23T10:00", "2026-11-23T10:01") == 1
    assert cents(rules, "2026-11-23T10:00", "2026-11-23T10:03") == 2
    assert cents(rules, "2026-11-23T10:00", "2026-11-23T10:02") == 1


@pytest.mark.parametrize(("how", "paid"), [("exact", 4), ("begun", 5), ("ended", 3)])
def test_the_last_minute_counts_as_the_tariff_says(how: str, paid: int) -> None:
    """At 1.50 euros an hour 90 seconds are 3.75 cents, one minute 2.5, two minutes 5."""
    rules = {"windows": [SHOPS], "minute": how}
    assert cents(rules, "2026-11-23T10:00:07", "2026-11-23T10:01:37") == paid


def test_a_minute_begun_never_reaches_into_a_window_that_was_not_entered() -> None:
    rules = {"windows": [SHOPS], "least_cents": 20}
    assert cents(rules, "2026-11-23T08:59:30", "2026-11-23T09:00:00") == 0


def test_steps_are_won_once_and_count_on_when_somebody_buys_again() -> None:
    steps = [{"minutes": 30, "cents": 0}, {"minutes": 60, "cents": 100}, {"cents": 200}]
    rules = {"windows": [{**SHOPS, "steps": steps}]}
    whole = cents(rules, "2026-11-23T10:00", "2026-11-23T12:00")
    first = cents(rules, "2026-11-23T10:00", "2026-11-23T10:45")
    second = cents(rules, "2026-11-23T10:45", "2026-11-23T12:00", before=45 * 60)
    assert (whole, first, second) == (200, 25, 175)


def test_electric_cars_are_free_to_the_last_day_of_the_law() -> None:
    rules = {"windows": [DAY_AND_NIGHT], "vehicles": {"electric": {"per_mille": 0,
             "until": "2026-12-31"}}}  # fmt: skip
    span = ("2026-12-31T23:00", "2027-01-01T01:00")
    assert cents(rules, *span, vehicle="electric") == 150
    assert cents(rules, *span) == 300


def test_highest_and_least_prices_hold() -> None:
    rules = {"windows": [{**SHOPS, "most_cents": 500}], "most_day_cents": 400, "least_cents": 20}
    assert cents(rules, "2026-11-23T09:00", "2026-11-23T18:00") == 400
    assert cents(rules, "2026-11-23T09:00", "2026-11-24T18:00") == 800
    assert cents(rules, "2026-11-23T09:00", "2026-11-23T09:01") == 20


def test_the_longest_stay_counts_charging_hours_and_what_was_used_before() -> None:
    rules = tariffs.read({"windows": [SHOPS], "longest_minutes": 120})
    at = utc("2026-11-23T17:00", ZONE)
    assert tariffs.latest(rules, at, THERE) == utc("2026-11-24T10:00", ZONE)
    assert tariffs.latest(rules, at, THERE, before=3600) == utc("2026-11-24T09:00", ZONE)
    noon = utc("2026-11-23T12:00", ZONE)
    assert tariffs.latest(rules, noon, THERE, before=7200) == noon


def test_a_tariff_that_ends_with_its_hours_lasts_until_they_begin_again() -> None:
    rules = tariffs.read({"windows": [SHOPS], "after_hours": "end"})
    at = utc("2026-11-28T17:00", ZONE)
    assert tariffs.latest(rules, at, THERE) == utc("2026-11-30T09:00", ZONE)
    assert tariffs.hours_end(rules, at, THERE) == utc("2026-11-28T18:00", ZONE)
    assert tariffs.opens(rules, utc("2026-11-29T12:00", ZONE), THERE) == utc(
        "2026-11-30T09:00", ZONE
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"minute": "often"}, "minute"),
        ({"pfennigs": 3}, "rules"),
        ({"windows": [{**SHOPS, "begins": "9:00"}]}, "windows[0].begins"),
        ({"windows": [{**SHOPS, "steps": []}]}, "windows[0].steps"),
        ({"windows": [{**SHOPS, "steps": [{"cents": 5, "minutes": 10}]}]}, "windows[0]"),
        ({"windows": [SHOPS, SHOPS]}, "windows"),
        ({"free_minutes": 90, "longest_minutes": 60}, "free_minutes"),
    ],
)
def test_rules_that_cannot_work_name_what_is_wrong(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadRules) as told:
        tariffs.read({"windows": [SHOPS], **change})
    assert told.value.field.startswith(field.split("[")[0])


clocks = st.integers(0, 95).map(lambda n: f"{n // 4:02d}:{n % 4 * 15:02d}")
steps = st.lists(
    st.builds(
        lambda minutes, cents, per: {"minutes": minutes, "cents": cents, "per_minutes": per},
        st.integers(1, 90), st.integers(0, 300), st.sampled_from([1, 7, 20, 60]),
    ),
    min_size=1, max_size=3,
).map(lambda found: [*found[:-1], {**found[-1], "minutes": None}])  # fmt: skip
some = st.none() | st.integers(1, 900)


@st.composite
def rules_of(draw: st.DrawFn) -> dict[str, Any]:
    windows = []
    for number in range(draw(st.integers(1, 3))):
        begins, ends = draw(clocks), draw(clocks | st.just("24:00"))
        if begins == ends:
            ends = "24:00"
        windows.append({
            "name": f"w{number}", "begins": begins, "ends": ends, "steps": draw(steps),
            "days": sorted(draw(st.sets(st.sampled_from(tariffs.DAYS), min_size=3))),
            "most_cents": draw(some),
        })  # fmt: skip
    return {
        "windows": windows, "minute": draw(st.sampled_from(["exact", "begun", "ended"])),
        "free_minutes": draw(st.sampled_from([0, 15, 40])),
        "least_cents": draw(st.sampled_from([0, 10, 50])),
        "most_day_cents": draw(st.none() | st.integers(50, 2000)),
        "follow_through": draw(st.booleans()),
        "vehicles": {"electric": {"per_mille": draw(st.sampled_from([0, 500])),
                                  "until": draw(st.sampled_from([None, "2026-12-31"]))}},
    }  # fmt: skip


# Evenings before the clock changes, before Corpus Christi, Christmas and New Year, and a plain one.
EVENINGS = [date(2026, 3, 28), date(2026, 10, 24), date(2026, 6, 3), date(2026, 12, 24),
            date(2026, 12, 31), date(2026, 11, 23)]  # fmt: skip
evenings = st.sampled_from(EVENINGS).map(
    lambda day: (
        datetime.combine(day, datetime.min.time(), ZONE).astimezone(UTC) + timedelta(hours=18)
    )
)
vehicles = st.sampled_from(["car", "electric"])


def both(
    rules: dict[str, Any], at: datetime, seconds: int, tick: int, vehicle: str, used: int
) -> tuple[int, int]:
    until = at + timedelta(seconds=seconds)
    told = tariffs.price(tariffs.read(rules), at, until, THERE, vehicle=vehicle, before=used)
    assert (sum(line.milli for line in told.lines) + 500) // 1000 == told.cents
    slow = cost(rules, at, until, ZONE, OFF, vehicle=vehicle, before=used, tick=tick)
    return told.cents, slow


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rules_of(), evenings, st.integers(0, 900), st.integers(0, 2200), vehicles,
       st.sampled_from([0, 10, 100]))  # fmt: skip
def test_every_price_is_what_walking_minute_by_minute_gives(
    rules: dict[str, Any], evening: datetime, after: int, length: int, vehicle: str, used: int
) -> None:
    fast, slow = both(rules, evening + timedelta(minutes=after), length * 60, 60, vehicle,
                      used * 60)  # fmt: skip
    assert fast == slow


@settings(max_examples=40, deadline=None, derandomize=True)
@given(rules_of(), evenings, st.integers(0, 50000), st.integers(0, 2400), vehicles,
       st.integers(0, 3000))  # fmt: skip
def test_every_price_is_what_walking_second_by_second_gives(
    rules: dict[str, Any], evening: datetime, after: int, length: int, vehicle: str, used: int
) -> None:
    fast, slow = both(rules, evening + timedelta(seconds=after), length, 1, vehicle, used)
    assert fast == slow


@settings(max_examples=40, deadline=None, derandomize=True)
@given(rules_of(), evenings, st.integers(1, 600), st.integers(1, 900))
def test_coins_last_as_long_as_they_pay_for_and_not_a_minute_longer(
    rules: dict[str, Any], evening: datetime, after: int, coins: int
) -> None:
    rules = {**rules, "longest_minutes": 240}
    read, at = tariffs.read(rules), evening + timedelta(minutes=after)
    until, last = tariffs.until_for(read, at, coins, THERE), tariffs.latest(read, at, THERE)
    minute = timedelta(minutes=1)
    assert until == at or tariffs.price(read, at, until, THERE).cents <= coins
    if until + minute <= last:
        assert tariffs.price(read, at, until + minute, THERE).cents > coins


@settings(max_examples=30, deadline=None, derandomize=True)
@given(rules_of(), evenings, st.lists(st.integers(0, 40000), min_size=5, max_size=5))
def test_more_time_never_costs_less(
    rules: dict[str, Any], evening: datetime, lengths: list[int]
) -> None:
    read = tariffs.read(rules)
    prices = [tariffs.price(read, evening, evening + timedelta(seconds=one), THERE).cents
              for one in sorted(lengths)]  # fmt: skip
    assert prices == sorted(prices)
