"""A site's limit: never above it, never between 0 and 6 A, nobody waits for ever."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from ocpp.v16 import call

from stadtkern.systems.charging.logic.limits import plan
from stadtkern.systems.charging.logic.limits.shares import Draw, shares, step
from stadtkern.systems.charging.models import Connector, Location, Outlet
from stadtkern.systems.charging.tests.ocpp.conftest import OTHER_CARD, until
from stadtkern.systems.charging.tests.ocpp.test_sessions_16 import ago, start, stop

CAR = st.tuples(st.sampled_from([230, 460, 690, 400]), st.integers(0, 63), st.booleans())


def draws(cars, waited=None):
    return [
        Draw(key=n, w_per_a=w, most_a=most, charges=charges, waited=(waited or {}).get(n, 0.0))
        for n, (w, most, charges) in enumerate(cars)
    ]


@settings(max_examples=60, deadline=timedelta(seconds=30))
@given(st.lists(CAR, max_size=12), st.integers(0, 100_000))
def test_shares_keep_the_limit_and_the_least_current(cars, limit):
    found = draws(cars)
    amps = shares(limit, found)
    assert sum(amps[one.key] * one.w_per_a for one in found) <= limit
    assert all(amps[one.key] == 0 or 6 <= amps[one.key] <= one.most_a for one in found)
    # Nothing that a car could still take is left lying about.
    left = limit - sum(amps[one.key] * one.w_per_a for one in found)
    for one in found:
        if one.charges and amps[one.key]:
            assert amps[one.key] == one.most_a or one.w_per_a > left


@settings(max_examples=40, deadline=timedelta(seconds=30))
@given(st.lists(CAR, min_size=2, max_size=8), st.integers(6 * 690, 30_000))
def test_nobody_waits_for_ever(cars, limit):
    """Turn after turn those who waited come first: each gets power within as many turns."""
    cars = [(w, max(most, 6), True) for w, most, _charges in cars]
    waited = dict.fromkeys(range(len(cars)), 0.0)
    had = set()
    for _turn in cars:
        amps = shares(limit, draws(cars, waited))
        waited = {n: 0.0 if amps[n] else waited[n] + 1 for n in waited}
        had |= {n for n in amps if amps[n]}
    assert had == set(waited)


@settings(max_examples=60, deadline=timedelta(seconds=30))
@given(st.lists(CAR, min_size=1, max_size=6), st.integers(0, 40_000), st.data())
def test_while_points_agree_one_after_the_other_the_limit_holds(cars, limit, data):
    """Whatever the order of the answers: what is agreed and what is under way stay below."""
    held, asked = dict.fromkeys(range(len(cars)), 0), {}
    for _round in range(8):
        cars = [(w, most, data.draw(st.booleans())) for w, most, _charges in cars]
        found = draws(cars)
        asked |= step(limit, found, held, asked, shares(limit, found))
        worst = {n: max(held[n], asked.get(n, 0)) for n in held}
        assert sum(worst[one.key] * one.w_per_a for one in found) <= limit
        for number in [n for n in asked if data.draw(st.booleans())]:
            amps = asked.pop(number)
            if data.draw(st.booleans()):
                held[number] = amps


def test_two_cars_share_what_the_grid_gives(place, station):
    """11 kW are 15 A on three phases: 9 A for one and 6 A kept for the next, 8 and 7 A for two."""
    Location.objects.update(site_limit_w=11_000)

    def held():
        return list(Outlet.objects.order_by("number").values_list("held_a", flat=True))

    plan.make(place.location.pk)
    until(lambda: held() == [6, 6])
    first = start(station, ago(minutes=5)).transaction_id
    until(lambda: held()[0] == 9)
    start(station, ago(minutes=4), number=2, card=OTHER_CARD)
    until(lambda: sorted(held()) == [7, 8])
    stop(station, first, 2000)
    until(lambda: held() == [6, 9])
    limits = [given for name, given in station.heard if name == "SetChargingProfile"]
    assert all(
        one["cs_charging_profiles"]["charging_profile_purpose"] == "TxDefaultProfile"
        for one in limits
    )
    assert station.ask(call.Heartbeat()).current_time


def test_a_point_that_restarted_is_told_its_limit_anew(place, station):
    """Until it has agreed again nobody knows what it draws: the others get no more meanwhile."""
    Location.objects.update(site_limit_w=11_000)
    plan.make(place.location.pk)
    until(lambda: set(Outlet.objects.values_list("held_a", flat=True)) == {6})
    before = len(station.heard)
    station.ask(call.BootNotification(charge_point_model="M", charge_point_vendor="V"))
    until(lambda: [name for name, _g in station.heard[before:]] == ["SetChargingProfile"] * 2)
    until(lambda: set(Outlet.objects.values_list("held_a", flat=True)) == {6})


def test_a_fast_charger_is_limited_in_watts(place, station):
    Connector.objects.update(power_type="DC", max_voltage=400, max_amperage=125, max_watt=50_000)
    Location.objects.update(site_limit_w=30_000)
    plan.make(place.location.pk)
    until(lambda: [name for name, _g in station.heard] == ["SetChargingProfile"] * 2)
    schedules = [one["cs_charging_profiles"]["charging_schedule"] for _n, one in station.heard]
    limits = [one["charging_schedule_period"][0]["limit"] for one in schedules]
    assert {one["charging_rate_unit"] for one in schedules} == {"W"}
    assert limits == [2400, 2400]
    assert sum(limits) <= 30_000
