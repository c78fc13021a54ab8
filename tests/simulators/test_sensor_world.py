"""The simulated city looks like a day and a season, and goes on after a restart."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from simulators.sensors.air import Spot
from simulators.sensors.bays import Bays
from simulators.sensors.counting import passed_by
from simulators.sensors.fleet import Device, load
from simulators.sensors.formats import Frame
from simulators.sensors.lanes import Lanes
from simulators.sensors.live import Clock, World
from simulators.sensors.outdoors import Outdoors

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 11, 24, tzinfo=BERLIN)


def after(hours: float, day: datetime = TUESDAY) -> datetime:
    return day + timedelta(hours=hours)


def share_after_a_day_until(hours: float, day: datetime = TUESDAY) -> float:
    bays = Bays(165, day, "seed")
    for second in range(0, int(hours * 3600), 10):
        bays.pass_time(10, after(second / 3600, day))
    return sum(bays.taken) / 165


@pytest.mark.parametrize(
    ("hours", "low", "high"),
    [(4, 0, 0.1), (8, 0.6, 0.85), (12, 0.9, 1), (17, 0.4, 0.6), (20, 0, 0.15)],
)
def test_commuters_fill_and_leave_the_site(hours: float, low: float, high: float) -> None:
    assert low <= share_after_a_day_until(hours) <= high


def test_a_car_park_in_the_city_fills_by_noon_and_its_counters_miss_few() -> None:
    lanes = Lanes(after(3), "seed")
    began = lanes.inside
    taken = {}
    for second in range(0, 20 * 3600, 5):
        lanes.pass_time(5, after(3 + second / 3600))
        assert 0 <= lanes.inside <= 220
        taken[3 + second / 3600] = lanes.inside
    assert taken[12.0] > 130 > 60 > taken[22.0]
    drift = began + lanes.entered - lanes.left - lanes.inside
    assert lanes.entered > 600
    assert abs(drift) <= 0.01 * (lanes.entered + lanes.left)


def test_weekends_are_calmer() -> None:
    assert share_after_a_day_until(12, TUESDAY + timedelta(days=4)) < 0.35


def test_someone_comes_or_goes_every_few_seconds_at_any_hour() -> None:
    for hours in (3, 12, 18):
        bays = Bays(165, after(hours), "seed")
        changes = [bays.pass_time(1, after(hours)) for _ in range(600)]
        assert 50 <= sum(map(len, changes)) <= 140


def test_a_change_is_always_a_change() -> None:
    bays = Bays(165, after(7), "seed")
    for second in range(1200):
        before = list(bays.taken)
        changed = bays.pass_time(1, after(7 + second / 3600))
        flipped = [bay for bay in range(165) if before[bay] != bays.taken[bay]]
        assert set(flipped) <= set(changed)
        assert len(changed) <= 6


def test_summer_is_warmer_than_winter_and_noon_than_night() -> None:
    outdoors = Outdoors(7)

    def mean(month: int, hour: int) -> float:
        days = [datetime(2026, month, day, hour, tzinfo=BERLIN) for day in range(1, 29)]
        return sum(outdoors.temperature(1, day) for day in days) / 28

    assert mean(7, 15) > mean(7, 4) + 4
    assert 14 < mean(7, 4) < mean(7, 15) < 27
    assert -3 < mean(1, 4) < mean(1, 15) < 8


def test_the_weather_is_smooth_and_plausible() -> None:
    outdoors = Outdoors(7)
    times = [after(minutes / 60) for minutes in range(0, 7 * 24 * 60, 5)]
    warmth = [outdoors.temperature(2, when) for when in times]
    assert max(abs(a - b) for a, b in pairwise(warmth)) < 0.5
    assert all(25 <= outdoors.humidity(2, when) <= 100 for when in times[::20])
    assert all(97_000 < outdoors.pressure(when) < 104_000 for when in times[::20])
    for when in times[::20]:
        dust = outdoors.dust(1, when)
        assert 0 < dust["pm1_0"] < dust["pm2_5"] < dust["pm4"] < dust["pm10"] < 60


def test_the_same_seed_gives_the_same_weather_and_another_seed_another() -> None:
    values = [Outdoors(seed).temperature(1, TUESDAY) for seed in (7, 7, 8)]
    assert values[0] == values[1] != values[2]


def test_counters_never_run_backwards_and_go_on_after_a_restart() -> None:
    for start in (TUESDAY, datetime(2026, 10, 24, 12, tzinfo=BERLIN)):
        instants = [start.astimezone(UTC) + timedelta(minutes=10 * n) for n in range(144 * 8)]
        world = Watched()
        report = world.people(load()[4].devices[0])
        for instant in instants:
            report(instant)
        totals = [frame.payload[2:6] for frame in world.frames]
        numbers = [int.from_bytes(total, "little") for total in totals]
        assert numbers == sorted(numbers)
        assert 15_000 < numbers[-1] - numbers[0] < 60_000
    assert passed_by(TUESDAY + timedelta(days=7), 1) > passed_by(TUESDAY, 1)


def test_every_device_reports_once_at_the_start() -> None:
    world = Watched()
    tasks = [task for group in load() for task in world.tasks(group)]
    for task in tasks:
        assert 0 <= task.first <= 20
        if task.every > 1:
            task.report(TUESDAY)
    assert world.reported == {device.dev_eui for group in load() for device in group.devices}


def test_time_passes_faster_on_request() -> None:
    clock = Clock(speed=100_000, start=TUESDAY)
    assert clock.now() - TUESDAY < timedelta(hours=12)
    while clock.now() - TUESDAY < timedelta(hours=1):
        pass


class Watched(World):
    """A world whose uplinks are kept instead of sent."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.reported: set[str] = set()
        super().__init__(self._keep, Clock(start=TUESDAY), seed=7, move=self._move)

    def _keep(self, device: Device, frame: Frame) -> None:
        self.frames.append(frame)
        self.reported.add(device.dev_eui)

    def _move(self, device: Device, frame: Frame, at: Spot, when: datetime | None) -> None:
        self._keep(device, frame)
