"""A run over kept messages changes what differs, survives a kill, and can be undone."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from stadtkern.kernel import clock
from stadtkern.kernel.devices.ingest.batch import Ingest
from stadtkern.kernel.devices.ingest.directory import Directory
from stadtkern.kernel.devices.models import (
    Deployment,
    Profile,
    Redecoding,
    Replaced,
    Reread,
    RunState,
    Uplink,
)
from stadtkern.kernel.devices.redecode import (
    Blocked,
    Selection,
    begin,
    carry_on,
    preview,
    redecode,
    stop,
    undo,
)
from stadtkern.kernel.devices.redecode import step as steps
from stadtkern.kernel.devices.redecode.reading import again
from stadtkern.kernel.devices.redecode.undo import forget_replaced
from stadtkern.kernel.devices.redecode.upkeep import tend
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.things import provision
from stadtkern.kernel.things.models import Latest
from stadtkern.kernel.things.quality.flags import Reason, note
from stadtkern.kernel.things.store import SUSPECT

SPIKE = json.dumps({"resultQuality": note([Reason(check="spike", grade=SUSPECT, text="x")])})
HALF = "input.bytes[0] > 100 ? (() => { throw new Error('too much') })() : input.bytes[0] / 2"


@pytest.fixture(scope="module")
def pool():
    with CodecPool(workers=1) as made:
        yield made


@pytest.fixture
def noon():
    return clock.now().replace(microsecond=0) - timedelta(days=1)


@pytest.fixture
def history(device, send, noon, pool):
    """Ten decoded messages, a minute apart: 20, 21, .. 28, and 120."""
    for n in range(10):
        at = noon + timedelta(minutes=n)
        send(device.dev_eui, 120 if n == 9 else 20 + n, device=device, at=at, outcome="unknown")
    redecode([device.pk], noon, noon + timedelta(hours=1), actor="test", pool=pool)
    Reread.objects.all().delete()
    Redecoding.objects.all().delete()
    return device


@pytest.fixture
def selection(device, noon):
    return Selection(devices=(device.pk,), start=noon, end=noon + timedelta(hours=1))


def change_codec(text):
    profile = Profile.objects.get()
    profile.codec = profile.codec.replace("input.bytes[0]", text)
    profile.version += 1
    profile.save()


def rows(sql="select * from things_observation order by datastream_id, at, id"):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def everything():
    """All that a run may touch, as it stands in the database."""
    return {
        "observations": rows(),
        "hours": rows("select * from things_hour order by 1, 2"),
        "days": rows("select * from things_day order by 1, 2"),
        "latest": rows("select datastream_id, at, first_at, observation_id, value, quality, n"
                       " from things_latest order by 1"),
        "uplinks": rows("select id, outcome, reason, codec_version, device_id"
                        " from devices_uplink order by id"),
    }  # fmt: skip


def test_a_preview_shows_what_would_change_and_writes_nothing(history, selection, pool):
    before = everything()
    change_codec(HALF)
    found = preview(selection, pool=pool)
    assert everything() == before
    assert found.total == 10
    assert (found.counts["changed"], found.counts["gone"], found.counts["failed"]) == (9, 1, 1)
    newest = found.tried[1].differences[0]
    assert (newest.old.value, newest.new.value) == (28, 14)
    assert "too much" in found.tried[0].problem


def test_a_preview_is_spread_over_the_whole_time(history, selection, pool, noon):
    found = preview(selection, size=3, pool=pool)
    times = [one.uplink.time for one in found.tried]
    assert len(times) == 3
    assert max(times) == noon + timedelta(minutes=9)
    assert min(times) <= noon + timedelta(minutes=2)


def test_a_run_counts_what_it_does(history, selection, pool):
    change_codec(HALF)
    run = begin(selection, actor="test", queued=False)
    carry_on(run.pk, pool=pool)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    counts = (run.total, run.uplinks, run.changed, run.gone, run.failed, run.same)
    assert counts == (10, 10, 9, 1, 1, 0)
    assert [value for (value,) in rows("select value from things_observation order by at")] == [
        10, 10.5, 11, 11.5, 12, 12.5, 13, 13.5, 14,
    ]  # fmt: skip
    assert rows("select sum(n)::int, sum(sum) from things_day") == [(9, 108)]


def test_what_does_not_differ_keeps_its_id_and_its_flag(history, selection, pool):
    with connection.cursor() as cursor:
        cursor.execute(
            "update things_observation set quality = %s, extra = %s where value = 23",
            [SUSPECT, SPIKE],
        )
    before = rows()
    redecode([history.pk], selection.start, selection.end, actor="test", pool=pool)
    assert rows() == before
    assert Redecoding.objects.get().same == 10
    assert not Replaced.objects.exists()


def test_undoing_puts_everything_back_as_it_was(history, selection, pool):
    with connection.cursor() as cursor:
        cursor.execute(
            "update things_observation set quality = %s, extra = %s where value = 24",
            [SUSPECT, SPIKE],
        )
    before = everything()
    change_codec(HALF)
    run = begin(selection, actor="test", queued=False)
    carry_on(run.pk, pool=pool)
    assert everything() != before
    undo(run, actor="test")
    carry_on(run.pk, pool=pool)
    run.refresh_from_db()
    assert run.state == RunState.UNDONE
    assert everything() == before
    assert not Replaced.objects.exists()
    assert not Reread.objects.exists()


def test_undoing_restores_a_series_that_had_become_empty(history, selection, pool):
    before = everything()
    change_codec("undefined")
    run = begin(selection, actor="test", queued=False)
    carry_on(run.pk, pool=pool)
    assert not Latest.objects.exists()
    undo(run, actor="test")
    carry_on(run.pk, pool=pool)
    assert everything() == before


def test_a_run_that_was_killed_goes_on_and_doubles_nothing(history, selection, pool, monkeypatch):
    monkeypatch.setattr(steps, "STEP", 3)
    change_codec(HALF)
    run = begin(selection, actor="test", queued=False)
    steps.step(run.pk, pool)
    monkeypatch.setattr(steps, "_move", killed)
    with pytest.raises(KeyboardInterrupt):
        steps.step(run.pk, pool)
    monkeypatch.undo()
    run.refresh_from_db()
    assert run.uplinks == 3
    carry_on(run.pk, pool=pool)
    carry_on(run.pk, pool=pool)
    run.refresh_from_db()
    assert (run.state, run.uplinks, run.changed) == (RunState.DONE, 10, 9)
    assert rows("select count(*) from things_observation") == [(9,)]
    undo(run, actor="test")
    carry_on(run.pk, pool=pool)
    assert rows("select sum(value) from things_observation") == [(sum(range(20, 29)) + 120,)]


def killed(*_):
    raise KeyboardInterrupt


def test_a_run_whose_worker_died_is_handed_out_again(history, selection, monkeypatch):
    queued = []
    monkeypatch.setattr("stadtkern.kernel.devices.redecode.upkeep.queue", queued.append)
    run = begin(selection, actor="test", queued=False)
    tend()
    assert queued == []
    Redecoding.objects.update(moved=clock.now() - timedelta(minutes=5), state="running")
    tend()
    tend()
    assert queued == [run]


def test_a_run_can_be_stopped_and_what_it_did_undone(history, selection, pool, monkeypatch):
    monkeypatch.setattr(steps, "STEP", 4)
    before = everything()
    change_codec(HALF)
    run = begin(selection, actor="test", queued=False)
    steps.step(run.pk, pool)
    stop(run, actor="test")
    carry_on(run.pk, pool=pool)
    run.refresh_from_db()
    assert (run.state, run.uplinks) == (RunState.CANCELLED, 4)
    undo(run, actor="test")
    carry_on(run.pk, pool=pool)
    assert everything() == before


def test_a_run_that_nobody_has_begun_stops_at_once(history, selection):
    run = begin(selection, actor="test", queued=False)
    stop(run, actor="test")
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED


def test_of_two_runs_the_later_one_is_undone_first(history, selection, pool):
    before = everything()
    runs = []
    for text in (HALF, "input.bytes[0] + 1"):
        change_codec(text)
        runs.append(begin(selection, actor="test", queued=False))
        carry_on(runs[-1].pk, pool=pool)
    with pytest.raises(Blocked) as blocked:
        undo(runs[0], actor="test")
    assert blocked.value.later == [runs[1].pk]
    for run in reversed(runs):
        undo(run, actor="test")
        carry_on(run.pk, pool=pool)
    assert everything() == before


def test_what_is_no_longer_kept_cannot_be_undone(history, selection, pool):
    change_codec(HALF)
    run = begin(selection, actor="test", queued=False)
    carry_on(run.pk, pool=pool)
    Redecoding.objects.update(kept_until=clock.now() - timedelta(seconds=1))
    with pytest.raises(Blocked):
        undo(run, actor="test")
    forget_replaced()
    assert not Replaced.objects.exists()
    assert Redecoding.objects.exists()


def test_a_choice_is_narrowed_by_codec_version_and_outcome(history, selection, noon):
    Uplink.objects.filter(time__lt=noon + timedelta(minutes=4)).update(codec_version=7)
    Uplink.objects.filter(time=noon).update(outcome="failed")
    count = Selection(**{name: getattr(selection, name) for name in ("devices", "start", "end")})
    assert count.uplinks().count() == 10
    only = {"devices": selection.devices, "start": selection.start, "end": selection.end}
    assert Selection(**only, version=7).uplinks().count() == 4
    assert Selection(**only, version=7, outcome="failed").uplinks().count() == 1


def test_messages_from_before_a_move_stay_with_the_thing_they_were_about(
    history, selection, pool, place, noon
):
    """A device that fed another thing until 12:05 does not carry that history away."""
    old = history.thing
    new = provision.make(
        [provision.NewThing(place=place, name="Neu", sensor=history.profile.sensor,
                            observes=declared("air_temperature"))]
    )[0]  # fmt: skip
    Deployment.objects.create(device=history, thing=old, until=noon + timedelta(minutes=5))
    history.thing = new
    history.save()
    change_codec("input.bytes[0] + 1")
    run = redecode([history.pk], selection.start, selection.end, actor="test", pool=pool)
    counted = "select count(*) from things_observation o join things_datastream d" \
        " on d.id = o.datastream_id where d.thing_id = %s"  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(counted, [old.pk])
        assert cursor.fetchone() == (5,)
        cursor.execute(counted, [new.pk])
        assert cursor.fetchone() == (5,)
    assert run.observations == 10


def declared(slug):
    from stadtkern.kernel import registry

    return (registry.observed()[slug],)


def test_what_a_device_out_of_service_once_measured_stays(history, selection, pool):
    """Messages that come in while it rests give nothing; its history is no less true."""
    history.resting = True
    history.save()
    before = rows()
    redecode([history.pk], selection.start, selection.end, actor="test", pool=pool)
    assert rows() == before


def test_messages_of_a_device_out_of_service_give_no_values(device, send, pool):
    device.resting = True
    device.save()
    uplink = send(device.dev_eui, 21)
    (judged,) = Ingest(pool, Directory(fresh=0)).judge([again(uplink)])
    assert (judged.outcome, judged.values, judged.device.id) == ("noted", (), device.pk)
