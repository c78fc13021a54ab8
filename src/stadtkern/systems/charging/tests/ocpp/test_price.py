"""What a session costs, against figures reckoned by hand and the rules of OCPI 2.2.1."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtkern.systems.charging.logic.cutting import Period
from stadtkern.systems.charging.logic.price import bill

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)


def element(kind, price, step=1, **restrictions):
    part = {"price_components": [{"type": kind, "price": price, "step_size": step}]}
    return {**part, "restrictions": restrictions} if restrictions else part


def spent(*stretches, begins=NOON):
    found = []
    for minutes, wh, parks in stretches:
        ends = begins + timedelta(minutes=minutes)
        found.append(Period(begins=begins, ends=ends, wh=wh, parks=parks))
        begins = ends
    return found


@pytest.mark.parametrize(
    ("elements", "stretches", "net", "gross"),
    [
        # 20 kWh at 0.25 and 21 minutes at 2.00 an hour, started blocks of 5 minutes: 5 + 25/60*2.
        ([element("ENERGY", 0.25), element("TIME", 2.0, 300)], [(21, 20_000, False)], 583, 694),
        # A flat fee once, whatever the number of periods.
        ([element("FLAT", 0.5)], [(10, 1000, False), (10, 1000, False)], 50, 60),
        # step_size 1000 Wh of energy rounds the sum, not each period: 4.2 becomes 5 kWh.
        ([element("ENERGY", 0.4, 1000)], [(10, 2100, False), (10, 2100, False)], 200, 238),
        # Charging time is not rounded where parking has a price: 21 min at 3, 41 -> 45 min at 6.
        ([element("TIME", 3.0, 900), element("PARKING_TIME", 6.0, 900)],
         [(21, 5000, False), (41, 0, True)], 555, 660),
        # The first element that fits counts: the first 5 kWh are cheaper.
        ([element("ENERGY", 0.3, max_kwh=5), element("ENERGY", 0.5)],
         [(10, 5000, False), (10, 5000, False)], 400, 476),
        ([element("ENERGY", 0.3)], [(0, 0, False)], 0, 0),
    ],
)  # fmt: skip
def test_a_bill_is_what_the_tariff_says(elements, stretches, net, gross):
    found = bill(elements, spent(*stretches), vat_per_mille=190, zone=BERLIN)
    assert (found.net_cents, found.gross_cents) == (net, gross)


def test_times_of_a_tariff_are_those_of_the_city():
    """From 22 to 6 by the city's clocks: 23:30 in Herne is 22:30 in UTC in winter."""
    night = [element("ENERGY", 0.1, start_time="22:00", end_time="06:00"), element("ENERGY", 1.0)]
    for utc, cents in ((datetime(2026, 11, 23, 20, 59, tzinfo=UTC), 100),
                       (datetime(2026, 11, 23, 21, 0, tzinfo=UTC), 10),
                       (datetime(2026, 7, 1, 20, 0, tzinfo=UTC), 10)):  # fmt: skip
        found = bill(night, spent((1, 1000, False), begins=utc), vat_per_mille=0, zone=BERLIN)
        assert found.net_cents == cents


def test_an_hour_that_comes_twice_is_two_hours_long():
    """The night of 25 October 2026: from 2:00 to 3:00 by the clock are two hours."""
    begins = datetime(2026, 10, 25, 0, tzinfo=UTC)
    found = bill([element("TIME", 6.0, 60)], spent((120, 9000, False), begins=begins),
                 vat_per_mille=0, zone=BERLIN)  # fmt: skip
    assert found.net_cents == 1200


def test_a_long_piece_is_cut_where_a_price_begins():
    """A point that told no meter values in six hours: the blocking fee begins all the same."""
    fee = [element("ENERGY", 0.5), element("TIME", 6.0, 60, min_duration=14_400)]
    found = bill(fee, spent((360, 20_000, False)), vat_per_mille=0, zone=BERLIN)
    assert found.net_cents == 1000 + 1200, "two of the six hours cost six euro each"
    # Only until 20 o'clock by the city's clocks: from 16:00 to 20:00 of a stay from 12:00 to 22:00.
    by_day = [
        element("ENERGY", 0.5),
        element("TIME", 6.0, 60, min_duration=14_400, start_time="08:00", end_time="20:00"),
    ]
    found = bill(by_day, spent((600, 20_000, False)), vat_per_mille=0, zone=BERLIN)
    assert found.net_cents == 1000 + 2400


@pytest.mark.parametrize(("restrictions", "cents"), [
    ({"min_power": 20.0}, 100), ({"min_power": 23.0}, 1000), ({"max_power": 22.0}, 1000),
    ({"max_power": 22.1}, 100), ({"min_current": 6.0}, 1000),
    ({"reservation": "RESERVATION"}, 1000),
    ({"day_of_week": ["MONDAY"]}, 100), ({"day_of_week": ["SUNDAY"]}, 1000),
    ({"start_date": "2026-11-24"}, 1000), ({"end_date": "2026-11-24"}, 100),
])  # fmt: skip
def test_restrictions_hold_or_the_next_element_does(restrictions, cents):
    """22 kWh in an hour on a Monday. What cannot be known, such as current, never applies."""
    cheap, dear = round(1 / 22, 6), round(10 / 22, 6)
    elements = [element("ENERGY", cheap, **restrictions), element("ENERGY", dear)]
    found = bill(elements, spent((60, 22_000, False)), vat_per_mille=0, zone=BERLIN)
    assert found.net_cents == cents


CLOCK = st.sampled_from(["00:00", "02:30", "03:00", "06:15", "08:00", "20:00", "23:59"])
LIMITS = st.fixed_dictionaries({}, optional={
    "start_time": CLOCK, "end_time": CLOCK, "min_duration": st.sampled_from([60, 3600, 14_400]),
    "max_duration": st.sampled_from([1800, 7200]),
    "day_of_week": st.sampled_from([["SATURDAY"], ["SUNDAY", "MONDAY"]]),
})  # fmt: skip
# Around both nights in which the clocks change, and an ordinary one.
BEGINS = st.sampled_from([
    datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 3, 28, 22, tzinfo=UTC),
    datetime(2026, 11, 23, 4, tzinfo=UTC),
])  # fmt: skip
PART = st.tuples(st.sampled_from(["ENERGY", "TIME"]), st.sampled_from([0.25, 0.6, 3.0]), LIMITS)


def minute_by_minute(elements, periods, zone):
    """The slow way: each minute has one price for its energy and one for its time."""
    euro, first = 0.0, periods[0].begins
    for one in periods:
        minutes = round((one.ends - one.begins).total_seconds() / 60)
        for nth in range(minutes):
            at = one.begins + timedelta(minutes=nth)
            for kind, amount in (("ENERGY", one.wh / minutes / 1000), ("TIME", 1 / 60)):
                euro += amount * rate(elements, kind, at.astimezone(zone), at - first)
    return euro


def rate(elements, kind, local, since):
    for one in elements:
        limits, part = one.get("restrictions", {}), one["price_components"][0]
        begins, ends = limits.get("start_time", "00:00"), limits.get("end_time", "24:00")
        said = local.strftime("%H:%M")
        ends = "24:00" if ends == "00:00" else ends
        inside = begins <= said < ends if begins <= ends else said >= begins or said < ends
        days = limits.get("day_of_week", [local.strftime("%A").upper()])
        lasts = since.total_seconds()
        if (
            part["type"] == kind
            and inside
            and local.strftime("%A").upper() in days
            and limits.get("min_duration", 0) <= lasts < limits.get("max_duration", 1e9)
        ):
            return part["price"]
    return 0.0


@settings(max_examples=60, deadline=timedelta(seconds=30))
@given(
    st.lists(PART, min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(1, 400), st.integers(0, 300)), min_size=1, max_size=4), BEGINS,
    st.integers(0, 59),
)  # fmt: skip
def test_every_bill_is_what_reckoning_minute_by_minute_finds(tariff, stretches, begins, late):
    """With clocks that change, prices that begin and end, and long pieces without a meter value."""
    elements = [element(kind, price, **limits) for kind, price, limits in tariff]
    for one in elements:
        limits = one.get("restrictions", {})
        if limits.get("start_time") == limits.get("end_time") != "00:00":
            limits.pop("end_time", None)
    pieces = spent(*[(minutes, watt * minutes, False) for minutes, watt in stretches],
                   begins=begins + timedelta(minutes=late))  # fmt: skip
    found = bill(elements, pieces, vat_per_mille=0, zone=BERLIN)
    slow = minute_by_minute(elements, pieces, BERLIN) * 100
    assert found.net_cents == pytest.approx(slow, abs=0.51)
