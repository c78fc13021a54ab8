"""Each device's own rhythm says when it is silent, and since when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Device, DeviceDay, Outcome
from stadtkern.kernel.devices.watch.learn import learn

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def silent_after(device, quiet):
    """Whether a device that was quiet for so long is silent now."""
    Device.objects.filter(pk=device.pk).update(last_seen=clock.now() - quiet)
    return Device.objects.silent().filter(pk=device.pk).exists()


def days(device, gaps, **more):
    """One day of history for each of these longest gaps (a timedelta), the last one today."""
    today = timezone.localdate()
    DeviceDay.objects.bulk_create(
        DeviceDay(
            device=device,
            day=today - timedelta(days=len(gaps) - 1 - n),
            gap=gap.total_seconds(),
            **{"uplinks": 10} | more,
        )
        for n, gap in enumerate(gaps)
    )


def test_until_more_is_known_the_profile_counts(device):
    assert not silent_after(device, 2.9 * HOUR)
    assert silent_after(device, 3.1 * HOUR)


def test_a_device_that_sends_more_often_than_its_profile_says_is_missed_sooner(device, hear):
    now = hear.all([hear(n) for n in range(12)])
    assert now.every == timedelta(minutes=10)
    DeviceDay.objects.all().delete()
    days(device, [timedelta(minutes=20)] * 10)
    learn()
    assert not silent_after(device, timedelta(minutes=29))
    assert silent_after(device, timedelta(minutes=31))


def test_lost_frames_do_not_slow_the_rhythm(device, hear):
    now = hear.all([hear(n) for n in (0, 1, 3, 4, 8, 9, 11, 12, 15)])
    assert now.every == timedelta(minutes=10)


def test_one_long_pause_does_not_move_the_rhythm(device, hear):
    pause = [hear(10 + n, 3000 + 10 * n) for n in range(4)]
    now = hear.all([*(hear(n) for n in range(10)), *pause])
    assert now.every == timedelta(minutes=10)


@pytest.mark.parametrize("heartbeat", [36 * HOUR, 72 * HOUR])
def test_a_heartbeat_of_days_is_no_silence(device, hear, heartbeat):
    step = heartbeat // timedelta(minutes=1)
    for n in range(12):
        hear.all([hear(n, n * step)])
    learn()
    assert Device.objects.get().every == heartbeat
    assert not silent_after(device, 2.9 * heartbeat)
    assert silent_after(device, 3.1 * heartbeat)


def test_a_device_that_sends_on_events_may_be_quiet_over_night(device, hear):
    """Thirty messages a day, half an hour apart, and ten hours of night."""
    Device.objects.update(every=timedelta(minutes=30))
    days(device, [10 * HOUR] * 14)
    learn()
    assert not silent_after(device, 14 * HOUR)
    assert silent_after(device, 16 * HOUR)


def test_weekends_are_learned_and_a_single_outage_is_not(device):
    Device.objects.update(every=timedelta(minutes=30))
    week = [10 * HOUR] * 5 + [34 * HOUR] + [10 * HOUR]
    days(device, [*week, *week])
    learn()
    assert not silent_after(device, 50 * HOUR)
    DeviceDay.objects.all().delete()
    days(device, [10 * HOUR] * 7 + [9 * DAY] + [10 * HOUR] * 6)
    learn()
    assert silent_after(device, 16 * HOUR)


def test_a_young_device_has_what_its_profile_says_as_well(device):
    Device.objects.update(every=timedelta(minutes=10))
    days(device, [timedelta(minutes=10)] * 3)
    learn()
    assert not silent_after(device, 2.9 * HOUR)


def test_silent_says_since_when(device):
    seen = clock.now() - DAY
    Device.objects.update(last_seen=seen)
    assert Device.objects.silent().get().silent_from == seen + 3 * HOUR


def test_a_device_that_rests_is_never_silent(device):
    Device.objects.update(resting=True)
    assert not silent_after(device, 100 * DAY)


def test_a_new_device_is_given_its_time_before_it_is_silent(device):
    assert not Device.objects.silent().exists()
    Device.objects.update(created=clock.now() - 4 * HOUR)
    assert Device.objects.silent().exists()


def test_losses_of_the_week_are_learned(device):
    days(device, [HOUR] * 10, uplinks=90, lost=10)
    learn()
    assert Device.objects.get().loss == pytest.approx(0.1)


def test_learning_twice_changes_nothing_more(device):
    days(device, [HOUR] * 10)
    assert learn() == "1 devices changed"
    assert learn() == "0 devices changed"


def test_late_messages_keep_what_newer_ones_said(device, hear):
    hear.all([hear(9, rssi=-80.0, battery=50.0)])
    now = hear.all([hear(8, rssi=-120.0, battery=90.0, outcome=Outcome.FAILED)])
    assert (now.rssi, now.battery, now.problem) == (-80.0, 50.0, "")


def test_a_status_event_tells_the_battery_and_leaves_the_rest(device, hear):
    hear.all([hear(1, outcome=Outcome.FAILED)])
    now = hear.all([hear(None, 20, event="status", battery=77.0)])
    assert (now.battery, now.problem, now.f_cnt) == (77.0, "codec threw", 1)
    assert now.battery_at > now.last_uplink
    assert DeviceDay.objects.get().battery == 77.0


@pytest.mark.parametrize("event", ["txack", "queued", "failed", "log", "location"])
def test_what_only_the_network_says_is_no_sign_of_life(device, hear, event):
    now = hear.all([hear(None, 5, event=event)])
    assert now.last_seen is None


def test_a_day_keeps_what_pages_show(device, hear):
    hear.all([hear(1, 0, rssi=-100.0), hear(2, 10, rssi=-110.0, spreading_factor=12)])
    hear.all([hear(3, 20, rssi=-90.0, outcome=Outcome.FAILED)])
    day = DeviceDay.objects.get()
    assert (day.uplinks, day.failed, day.rssi, day.rssi_min) == (3, 1, -100.0, -110.0)
    assert day.spreading == {7: 2, 12: 1}
    assert day.gap == 600


def test_days_are_those_of_the_city(device, hear):
    """Herne is an hour ahead of UTC in March: 22:30 there is the same day, 23:30 the next."""
    hear.all([hear(1, 10 * 60 + 30), hear(2, 11 * 60 + 30)])
    assert [f"{day.day:%d.%m.}" for day in DeviceDay.objects.order_by("day")] == [
        "01.03.",
        "02.03.",
    ]


def test_a_clock_that_is_ahead_is_noticed_and_late_delivery_is_not(device, hear):
    now = hear.all([hear(1, late=7200.0), hear(2, late=0.5)])
    assert now.clock_offset == 0.5
    now = hear.all([hear(3, late=-300.0)])
    assert now.clock_offset == -300.0
    tomorrow = hear(4, 24 * 60, late=1.0)
    assert hear.all([tomorrow]).clock_offset == 1.0


@pytest.mark.parametrize("nonsense", [255.0, -1.0, float("nan")])
def test_a_charge_that_is_no_percentage_is_left_out(device, hear, nonsense):
    hear.all([hear(1, battery=40.0)])
    assert hear.all([hear(2, battery=nonsense)]).battery == 40.0
