"""A listener hears of every event, of many at once while it is busy, and also after a kill."""

from types import SimpleNamespace

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from stadtkern.kernel.events import Event, ObservationsStored, joined
from stadtkern.kernel.jobs import abandoned, delivery, tasks

STORED = "stadtkern.kernel.events.ObservationsStored"
HERE = f"{__name__}.hear"
THERE = f"{__name__}.fail"

heard: list[ObservationsStored] = []


def hear(event):
    heard.append(event)


def fail(event):
    raise ValueError("not today")


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    heard.clear()
    monkeypatch.setattr(delivery, "_last", {})
    monkeypatch.setattr(tasks, "_told", [])


def carry(call, *streams):
    delivery.carry(call, STORED, {"datastreams": list(streams), "kinds": ["a.b"]})


def waiting(call):
    return ProcrastinateJob.objects.filter(args__call=call, status="todo").count()


def work(call):
    """What the worker does with the oldest event for this listener."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update procrastinate_jobs set status = 'doing' where id = (select min(id)"
            " from procrastinate_jobs where status = 'todo' and args ->> 'call' = %s)"
            " returning id, args::text",
            [call],
        )
        number = cursor.fetchone()[0]
    args = ProcrastinateJob.objects.get(pk=number).args
    delivery.deliver(SimpleNamespace(job=SimpleNamespace(id=number)), **args)
    with connection.cursor() as cursor:
        cursor.execute("select procrastinate_finish_job_v1(%s, 'succeeded', true)", [number])


def test_what_is_stored_is_told_in_one_and_other_events_as_they_were():
    other = Event()
    together = joined(
        [
            ObservationsStored(datastreams=(3, 1), kinds=("x.y",)),
            other,
            ObservationsStored(datastreams=(1, 2), kinds=("a.b", "x.y")),
        ]
    )
    assert together == [
        ObservationsStored(datastreams=(1, 2, 3), kinds=("a.b", "x.y")),
        other,
    ]


@pytest.mark.django_db(transaction=True)
def test_a_listener_hears_at_once_of_all_that_waits_for_it_and_of_nothing_else():
    for number in range(5):
        carry(HERE, number, number + 1)
    carry(THERE, 99)
    work(HERE)
    assert heard == [ObservationsStored(datastreams=(0, 1, 2, 3, 4, 5), kinds=("a.b",))]
    assert waiting(HERE) == 0
    assert waiting(THERE) == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_listener_could_not_hear_stays_in_the_queue():
    carry(THERE, 1)
    carry(THERE, 2)
    with pytest.raises(ValueError, match="not today"):
        work(THERE)
    assert waiting(THERE) == 1


@pytest.mark.django_db(transaction=True)
def test_a_quiet_listener_hears_at_once_and_a_busy_one_a_moment_later(monkeypatch):
    slept: list[float] = []
    now = [100.0]
    monkeypatch.setattr(
        delivery, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=slept.append)
    )
    for _ in range(2):
        carry(HERE, 1)
        work(HERE)
        now[0] += 0.1
    assert slept == [pytest.approx(delivery.GATHERED - 0.1)]
    now[0] += 60
    carry(HERE, 1)
    work(HERE)
    assert len(slept) == 1
    assert len(heard) == 3


@pytest.mark.django_db
def test_two_jobs_of_one_listener_do_not_run_at_the_same_time():
    for call in (HERE, HERE, THERE):
        carry(call, 1)
    with connection.cursor() as cursor:
        taken = []
        for _ in range(3):
            cursor.execute("select id, args ->> 'call' from procrastinate_fetch_job_v2(null, null)")
            taken.append(cursor.fetchone())
    assert [row[1] for row in taken] == [HERE, THERE, None]


def in_hand(silent, attempts=0):
    """A job that a worker took who was last heard of so many seconds ago."""
    number = tasks.run.defer(job="kernel.audit")
    with connection.cursor() as cursor:
        cursor.execute(
            "with w as (insert into procrastinate_workers (last_heartbeat)"
            " values (now() - %s * interval '1 s') returning id)"
            " update procrastinate_jobs set status = 'doing', worker_id = w.id, attempts = %s"
            " from w where procrastinate_jobs.id = %s",
            [silent, attempts, number],
        )
    return number


@pytest.mark.django_db
def test_what_a_killed_worker_had_in_hand_is_taken_up_again_but_not_for_ever():
    living, lost, hopeless = in_hand(5), in_hand(60), in_hand(60, attempts=abandoned.ATTEMPTS)
    forgotten = in_hand(60)
    with connection.cursor() as cursor:  # as its successor does after a while
        cursor.execute(
            "delete from procrastinate_workers where id ="
            " (select worker_id from procrastinate_jobs where id = %s)",
            [forgotten],
        )
    assert abandoned.take_up() == "3 jobs taken up again"
    states = dict(ProcrastinateJob.objects.values_list("id", "status"))
    assert states == {living: "doing", lost: "todo", forgotten: "todo", hopeless: "failed"}


@pytest.mark.django_db(transaction=True)
def test_an_event_that_cannot_be_heard_holds_back_only_those_about_the_same_thing():
    for lane in ("7", "8", "7"):
        delivery.carry(THERE, STORED, {"datastreams": [1], "kinds": ["a.b"]}, lane)
    first, other, later = ProcrastinateJob.objects.filter(args__call=THERE).order_by("id")
    with pytest.raises(ValueError, match="not today"):
        work(THERE)
    assert waiting(THERE) == 2  # told one by one, not together
    assert first.lock == later.lock != other.lock
