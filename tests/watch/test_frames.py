"""Lost frames are counted by the frame counter, and nothing else is taken for one."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from stadtkern.kernel.devices.ingest import seen
from stadtkern.kernel.devices.models import Device, DeviceDay
from stadtkern.kernel.devices.watch.frames import BITS, Counter

START = datetime(2026, 3, 1, tzinfo=UTC)


def counted(frames):
    """Received and lost after these frames, `number` or `(number, minutes)`."""
    counter, received, lost = Counter(), 0, 0
    for place, frame in enumerate(frames):
        number, minutes = frame if isinstance(frame, tuple) else (frame, 10 * place)
        one = counter.count(number, START + timedelta(minutes=minutes))
        received, lost = received + one.received, max(0, lost + one.lost)
    return received, lost


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([5, 6, 7], (3, 0)),
        ([5, 9], (2, 3)),
        ([(5, 0), (6, 10), (6, 10.1), (6, 10.2), (7, 20)], (3, 0)),
        ([(5, 0), (7, 20), (6, 10)], (3, 0)),
        ([(5, 0), (7, 20), (6, 10), (6, 10.1)], (3, 0)),
        ([(5, 0), (70, 650), (69, 640), (6, 10)], (4, 62)),
        ([100, 101, 0, 1], (4, 0)),
        ([0, 1, 2, 0, 1, 2, 3], (7, 0)),
        ([(990, 0), (0, 100), (1, 110), (991, 10), (992, 20), (2, 120)], (6, 0)),
        ([BITS - 2, BITS - 1, 0, 1], (4, 0)),
        ([BITS - 2, 1], (2, 2)),
        ([3, 60_000], (2, 0)),
    ],
    ids=[
        "none lost",
        "a gap",
        "repetitions",
        "a late one",
        "a late one twice",
        "a late one beyond the window",
        "begun anew",
        "begun anew among known numbers",
        "stragglers from before a restart",
        "32 bits are full",
        "lost where 32 bits are full",
        "too far to be true",
    ],
)
def test_frames(frames, expected):
    assert counted(frames) == expected


def test_a_shuffled_hour_with_losses_is_counted_exactly():
    chance = random.Random(4)
    for _ in range(50):
        sent = list(range(60))
        came = [n for n in sent if n in (0, 59) or chance.random() > 0.2]
        order = [came[0], *chance.sample(came[1:], len(came) - 1)]
        received, lost = counted([(n, n) for n in order])
        assert (received, lost) == (len(came), 60 - len(came))


def test_a_batch_out_of_order_is_counted_like_one_in_order(device, hear):
    now = hear.all([hear(n) for n in (8, 5, 7, 10, 6)])
    assert (now.frames, now.lost, now.f_cnt) == (5, 1, 10)
    now = hear.all([hear(9)])
    assert (now.frames, now.lost, now.f_cnt) == (6, 0, 10)


def test_a_join_begins_a_new_count(device, hear):
    hear.all([hear(500)])
    now = hear.all([hear(None, 5002, event="join"), hear(3, 5010)])
    assert (now.frames, now.lost, now.f_cnt) == (2, 0, 3)


def test_a_message_that_comes_twice_counts_once(device, hear):
    first = hear(5)
    hear.all([first])
    now = hear.all([first, hear(6)])
    assert (now.frames, now.lost) == (2, 0)
    assert DeviceDay.objects.get().uplinks == 2


def test_losses_stand_on_the_day_on_which_they_were_noticed(device, hear):
    hear.all([hear(0, 0), hear(1, 60), hear(5, 24 * 60)])
    days = list(DeviceDay.objects.order_by("day").values_list("uplinks", "lost"))
    assert days == [(2, 0), (1, 3)]


def test_many_devices_in_one_batch_take_two_statements(device, profile, hear, monkeypatch):
    Device.objects.bulk_create(
        Device(dev_eui=f"{n:016x}", name=f"G{n}", profile=profile) for n in range(50)
    )
    batch = [hear(3, eui=f"{n:016x}") for n in range(50)]
    said = []

    class Counting(seen.Cursor):
        def execute(self, query, *args, **kwargs):
            said.append(query)
            return super().execute(query, *args, **kwargs)

    monkeypatch.setattr(seen, "Cursor", Counting)
    seen.note(batch)
    assert len(said) == 2
    assert Device.objects.filter(frames=1).count() == 50
