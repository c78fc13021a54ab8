"""The order of car parks follows one stated number, reckoned here by hand."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtkern.kernel.feeds.parking import Count, Facility, Price
from stadtkern.systems.parking.logic.guidance import cost, ground, handover, ranking
from stadtkern.systems.parking.logic.guidance.ranking import Known, Wish
from stadtkern.systems.parking.tests.conftest import NOW

# A thousandth of a degree of latitude is 111.2 m: 1.81 minutes on foot with the detour.
STEP_M, STEP_MINUTES = 111.195, 1.8069
WISH = Wish(lon=7.2, lat=51.5, arrives=NOW, stay=120)


class Told:
    """A forecast that says the same at any time."""

    def __init__(self, chance):
        self.value = chance

    def chance(self, at, needed=1):
        return self.value


def park(name="P", steps=1.0, free=10, capacity=100, **more):
    return Facility(
        uid=name, system="parking", place=uuid4(), name=name, purpose="CAR", kind="CAR_PARK",
        lon=7.2, lat=51.5 + steps / 1000, static_at=datetime(2026, 1, 1, tzinfo=UTC),
        counts=(Count(audience="all", capacity=capacity, free=free),
                *more.pop("kept", ())), **{"has_fee": False, **more},
    )  # fmt: skip


def names(wish, *found):
    return [one.facility.name for one in ranking.ranked(wish, found)]


def only(wish, known):
    return ranking.ranked(wish, [known])[0]


@pytest.fixture(autouse=True)
def _now(clock):
    """It is half past nine in the morning, UTC."""


def test_a_straight_line_is_lengthened_and_walked_at_a_stated_speed():
    assert ground.metres(7.2, 51.5, 7.2, 51.501) == pytest.approx(STEP_M, abs=0.01)
    assert ground.walk_minutes(STEP_M) == pytest.approx(STEP_MINUTES, abs=0.001)


def test_the_score_is_walking_and_money_and_the_chance_to_find_it_full():
    one = only(WISH, Known(facility=park(steps=4, has_fee=True,
               prices=(Price(title="h", cents=50, minutes=60),)), outlook=Told(0.75)))  # fmt: skip
    assert one.score == pytest.approx(4 * STEP_MINUTES + 6 * 1.0 + 20 * 0.25, abs=0.01)


def test_a_sure_space_farther_off_comes_before_a_near_one_that_is_mostly_full():
    near, far = park("near", 1), park("far", 6)
    # 1.8 + 20 · 0.7 = 15.8 against 10.8 + 20 · 0.02 = 11.2
    order = names(
        WISH, Known(facility=near, outlook=Told(0.3)), Known(facility=far, outlook=Told(0.98))
    )
    assert order == ["far", "near"]


def test_two_euros_weigh_as_much_as_twelve_minutes_on_foot():
    dear = park("dear", 1, has_fee=True, prices=(Price(title="stay", cents=200),))
    for steps, order in ((7, ["free", "dear"]), (8, ["dear", "free"])):
        both = [Known(facility=one) for one in (dear, park("free", steps))]
        assert names(WISH, *both) == order


@pytest.mark.parametrize(
    ("wish", "facility", "why"),
    [
        ({"height": 210}, {"max_height_cm": 200}, "height"),
        ({"stay": 300}, {"max_stay_minutes": 240}, "stay"),
        ({"audience": "disabled"}, {}, "audience"),
        ({"most_cents": 100}, {"has_fee": True, "prices": (Price(title="d", cents=500),)}, "price"),
        ({"most_walk": 5}, {"steps": 9}, "far"),
        ({}, {"opening_hours": "Mo-Fr 12:00-18:00"}, "closed"),
        ({}, {"opening": "closed"}, "closed"),
    ],
)  # fmt: skip
def test_what_does_not_fit_comes_last_with_its_reason(wish, facility, why):
    asked = Wish(**{"lon": 7.2, "lat": 51.5, "arrives": NOW, "stay": 120, **wish})
    good = park("good", 2, kept=(Count(audience="disabled", capacity=2, free=1),))
    found = ranking.ranked(asked, [Known(facility=park("bad", **facility)), Known(facility=good)])
    assert [(one.facility.name, one.unfit) for one in found] == [("good", ()), ("bad", (why,))]


def test_the_hours_on_arrival_count_not_those_now():
    later = Wish(lon=7.2, lat=51.5, arrives=NOW + timedelta(hours=3), stay=360)
    one = only(later, Known(facility=park(opening_hours="Mo-Fr 12:00-18:00")))
    assert one.unfit == ()
    assert one.closes == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def test_a_closing_by_staff_counts_until_its_end():
    until = NOW + timedelta(hours=1)
    assert only(WISH, Known(facility=park(), closed_until=until)).unfit == ("closed",)
    after = Wish(lon=7.2, lat=51.5, arrives=until)
    assert only(after, Known(facility=park(), closed_until=until)).unfit == ()


def test_kept_spaces_have_a_number_but_no_chance_made_of_all_spaces():
    wish = Wish(lon=7.2, lat=51.5, arrives=NOW, audience="disabled")
    kept = (Count(audience="disabled", capacity=4, free=3),)
    one = only(wish, Known(facility=park(kept=kept), outlook=Told(0.98)))
    assert (one.free, one.chance) == (3, None)


def test_a_full_car_park_without_a_forecast_counts_as_full_only_soon():
    full = Known(facility=park(free=0))
    assert only(WISH, full).score == pytest.approx(STEP_MINUTES + 20, abs=0.01)
    later = Wish(lon=7.2, lat=51.5, arrives=NOW + timedelta(hours=2))
    assert only(later, full).score == pytest.approx(STEP_MINUTES + 10, abs=0.01)


PRICES = (Price(title="hour", cents=150, minutes=60), Price(title="day", cents=600, minutes=1440))


@pytest.mark.parametrize(
    ("minutes", "cents"), [(1, 150), (60, 150), (61, 300), (241, 600), (1440, 600), (1500, 750)]
)
def test_a_stay_costs_the_cheapest_way_to_cover_it(minutes, cents):
    assert cost.of_stay(PRICES, True, minutes) == cents


def test_a_price_that_nobody_told_is_not_nought():
    assert cost.of_stay((), None, 60) is None
    assert cost.of_stay((), True, 60) is None
    assert cost.of_stay((), False, 60) == 0


@given(st.lists(st.tuples(st.integers(1, 600), st.integers(0, 900)), min_size=1, max_size=3),
       st.integers(1, 900))  # fmt: skip
def test_the_cheapest_cover_is_that_of_a_slow_search(lines, minutes):
    prices = [Price(title="p", cents=cents, minutes=span) for span, cents in lines]
    least = [0] + [10**9] * minutes
    for m in range(1, minutes + 1):
        least[m] = min(least[max(m - span, 0)] + cents for span, cents in lines)
    assert cost.of_stay(prices, True, minutes) == least[minutes]


def test_the_way_is_handed_to_the_phone_by_plain_links():
    urls = [one.url for one in handover.links(7.21783, 51.543652, "P+R Herne & Co")]
    assert urls[0] == "geo:51.543652,7.217830?q=51.543652%2C7.217830%28P%2BR+Herne+%26+Co%29"
    assert [url.split("/")[2] for url in urls[1:]] == [
        "maps.apple.com", "www.google.com", "www.openstreetmap.org",
    ]  # fmt: skip
    assert all("51.543652%2C7.217830" in url for url in urls[1:])
