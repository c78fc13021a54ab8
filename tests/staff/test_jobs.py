"""The queue: what failed and why, tried again, and what runs by the clock."""

import pytest
from django.db import connection
from django.utils.translation import override
from procrastinate.contrib.django.models import ProcrastinateJob

from stadtkern.kernel.audit.models import Entry, record
from stadtkern.kernel.jobs import tasks
from stadtkern.site.templatetags.staff import clock

LIST = "/staff/jobs/"


def fail(number):
    """What a worker does with a job that raises."""
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set status = 'doing' where id = %s", [number])
        cursor.execute("select procrastinate_finish_job_v1(%s, 'failed', false)", [number])


@pytest.fixture
def failed(db):
    number = tasks.run.defer(job="kernel.audit")
    fail(number)
    return number


def status(number):
    return ProcrastinateJob.objects.get(pk=number).status


def test_jobs_are_found_by_status_and_name(as_, failed):
    waiting = tasks.run.defer(job="kernel.partitions")
    browser = as_("reader")

    def found(**query):
        return [job.pk for job, _name, _reason in browser.get(LIST, query).context["shown"]]

    assert found() == [waiting, failed]
    assert found(status="failed") == [failed]
    assert found(q="partitions") == [waiting]


def test_a_failed_job_shows_its_reason_and_its_events(as_, failed):
    record("worker", "job.failed", f"job:{failed}", reason="ValueError: too warm")
    browser = as_("reader")
    assert "ValueError: too warm" in browser.get(LIST).content.decode()
    answer = browser.get(f"{LIST}{failed}/")
    assert "ValueError: too warm" in answer.content.decode()
    assert len(answer.context["events"]) >= 2


def test_a_failed_job_is_tried_again_once(as_, failed, people):
    browser = as_("operator")
    browser.post(f"{LIST}{failed}/retry/")
    browser.post(f"{LIST}{failed}/retry/")
    assert status(failed) == "todo"
    assert Entry.objects.get(verb="jobs.retry").actor == f"account:{people.operator.pk}"


def test_a_retry_that_is_not_written_down_does_not_happen(as_, failed, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no log, no deed")

    monkeypatch.setattr("stadtkern.site.staff.jobs.record", broken)
    with pytest.raises(RuntimeError):
        as_("operator").post(f"{LIST}{failed}/retry/")
    assert status(failed) == "failed"


def test_the_schedule_shows_every_job_and_runs_one_now(as_):
    rows = as_("reader").get(f"{LIST}schedule/").context["rows"]
    assert {row.name for row in rows} == set(tasks.schedule())
    as_("operator").post(f"{LIST}run/", {"job": "kernel.audit"})
    assert ProcrastinateJob.objects.get().args == {"job": "kernel.audit"}
    assert as_("operator").post(f"{LIST}run/", {"job": "os.system"}).status_code == 404


def test_every_job_of_the_schedule_has_a_title_in_words(as_):
    rows = as_("reader").get(f"{LIST}schedule/").context["rows"]
    assert [row.name for row in rows if str(row.title) == row.name] == []


def test_the_schedule_knows_the_last_run_also_of_a_job_that_is_gone(as_):
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)"
            " values ('run', 'kernel.audit', 1767225600)"
        )
    rows = {row.name: row for row in as_("reader").get(f"{LIST}schedule/").context["rows"]}
    assert rows["kernel.audit"].status == "succeeded"
    assert rows["kernel.audit"].last.year == 2026
    assert rows["kernel.partitions"].last is None


def test_the_number_of_queries_does_not_grow_with_the_jobs(as_, failed, count_queries):
    browser = as_("reader")
    few = count_queries(lambda: browser.get(LIST))
    for _ in range(20):
        fail(tasks.run.defer(job="kernel.audit"))
    assert count_queries(lambda: browser.get(LIST)) == few


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("*/5 * * * *", "every 5 minutes"),
        ("7 * * * *", "every hour, at minute 7"),
        ("17 2 * * *", "every day at 02:17"),
        ("0 3 * * 1", "0 3 * * 1"),
    ],
)
def test_a_schedule_is_read_out_in_words(cron, words):
    with override("en"):
        assert clock(cron) == words
