"""Figures are right, the same again, tell of no single clerk, and outlive the people."""

import csv
import io
from datetime import date, datetime, timedelta

import pytest

from stadtkern.kernel.audit import erasure
from stadtkern.systems.appointments.logic import (
    figures,
    figures_foresee,
    figures_whatif,
    figures_write,
    queue_calls,
    queue_entry,
)
from stadtkern.systems.appointments.logic.figures import Asked
from stadtkern.systems.appointments.logic.figures_write import zone
from stadtkern.systems.appointments.models import Estimate, Figures, OpenHours, QueueEntry

DAY = date(2026, 11, 24)


def serve(counter, time, waits, takes):
    time.later(minutes=waits)
    call = queue_calls.call_next(counter)
    queue_calls.serve(counter, call.pk)
    time.later(minutes=takes)
    queue_calls.finish(counter, call.pk)


def day_of(town, time, counters, takes=(4, 6, 8)):
    for counter, minutes in zip(counters, takes, strict=False):
        queue_entry.walk_in(town.queue, town.card)
        serve(counter, time, 2, minutes)
    figures_write.count(DAY)
    return figures.report(Asked(first=DAY, last=DAY))


def test_a_day_is_counted_and_counted_again_the_same(town, time, sits):
    found = day_of(town, time, [sits(n) for n in range(3)])
    assert found.total.counts["served"] == 3
    assert (found.total.wait_median, found.total.wait_p90, found.total.soon) == (2, 2, 1.0)
    assert (found.total.handling_median, found.total.handling_p90) == (6, 8)
    # 18 minutes at three counters that were open for 24 each.
    assert found.total.utilisation == 0.25
    before = [(row.pk, row.served) for row in Figures.objects.all()]
    figures_write.count(DAY)
    assert len(before) == Figures.objects.count()
    assert figures.report(Asked(first=DAY, last=DAY)).total.counts["served"] == 3


@pytest.mark.parametrize("counters", [1, 2])
def test_times_at_fewer_than_three_counters_are_told_nowhere(town, time, sits, signed_in, counters):
    found = day_of(town, time, [sits(n) for n in range(counters)], takes=(77, 78))
    for group in (found.offices, found.services, found.hours, found.weekdays, found.days):
        for one in group.values():
            assert one.handling_median is one.handling_p90 is one.utilisation is None
    client = signed_in("manager", "boss")
    address = "/staff/appointments/figures/"
    period = f"?first={DAY}&last={DAY}"
    assert "77" not in client.get(address + "figures.csv" + period).content.decode()


def test_appointments_count_as_booked_cancelled_and_not_shown_up(town, time, booked):
    made = time.now - timedelta(days=5)
    booked(30, created=made)
    booked(60, state="cancelled", created=made)
    booked(90, state="missed", created=made)
    figures_write.count(DAY)
    found = figures.report(Asked(first=DAY, last=DAY)).total
    assert (found.no_show_share, found.cancelled_share) == (1 / 2, 1 / 3)
    assert found.lead_median == 5


def test_what_was_told_stands_beside_the_truth(town, time, sits):
    counter = sits()
    entry = queue_entry.walk_in(town.queue, town.card).entry
    assert Estimate.objects.get(entry=entry).truth is None
    serve(counter, time, 3, 5)
    assert Estimate.objects.get(entry=entry).truth == 3
    figures_write.count(DAY)
    found = figures.report(Asked(first=DAY, last=DAY)).total
    assert (found.counts["estimates"], found.mean_error) == (1, 3.0)
    assert found.within90 == 0.0


def test_the_night_closes_what_was_left_and_keeps_counts_longer_than_people(town, time, sits):
    counter = sits()
    queue_entry.walk_in(town.queue, None)
    queue_entry.walk_in(town.queue, None)
    queue_calls.call_next(counter)
    time.later(days=1)
    figures_write.nightly()
    assert sorted(QueueEntry.objects.values_list("state", flat=True)) == ["left", "missed"]
    assert queue_calls.opened(counter) is None
    assert QueueEntry.objects.count() == 2
    time.later(days=30)
    erasure.erase_due()
    assert not QueueEntry.objects.exists()
    assert figures.report(Asked(first=DAY, last=DAY)).total.counts["came"] == 2


def test_an_hour_that_the_clocks_repeat_is_counted_in_its_local_hour():
    begins = datetime(2026, 10, 25, 1, 30, tzinfo=zone())
    ends = datetime(2026, 10, 25, 3, 30, tzinfo=zone())
    found = list(figures_write.hours(begins, ends))
    assert sum(minutes for _hour, minutes in found) == 180
    assert [hour for hour, _minutes in found] == [1, 2, 2, 3]


def test_percentiles_are_those_of_the_values():
    tally = {1: 50, 5: 40, 60: 10}
    assert [figures.percentile(tally, part) for part in (0.5, 0.9, 0.91)] == [1, 5, 60]
    assert figures.percentile({}, 0.5) is None


def past(town, came=lambda day: 30 + 10 * (day.isoweekday() == 1)):
    for back in range(1, 120):
        day = DAY - timedelta(days=back)
        if day.isoweekday() > 5:
            continue
        Figures.objects.create(day=day, office=town.office, hour=9, source="walk_in",
                               came=came(day), served=came(day), handling={"10": 20, "14": 10},
                               counters=[1, 2, 3])  # fmt: skip
        OpenHours.objects.create(day=day, office=town.office, hour=9, counters=[1, 2, 3],
                                 open_minutes=180, busy_minutes=150)  # fmt: skip


def test_a_steady_week_is_foreseen_exactly_and_weekends_are_left_out(town):
    past(town)
    found = figures_foresee.foresee(town.office.pk, DAY)
    told = {one.day.isoweekday(): one.middle for one in found.days}
    assert told == {1: 40, 2: 30, 3: 30, 4: 30, 5: 30}
    assert found.method == "plain"
    assert found.error == found.plain_error == 0


def test_a_growing_demand_needs_a_method_that_beats_the_plain_one(town):
    past(town, came=lambda day: max(5, 60 - (DAY - day).days // 3))
    found = figures_foresee.foresee(town.office.pk, DAY)
    assert found.method != "plain"
    assert found.error < found.plain_error
    assert all(one.low <= one.middle <= one.high for one in found.days)


def test_too_little_is_not_foreseen(town):
    assert figures_foresee.foresee(town.office.pk, DAY) is None


def test_one_more_counter_makes_waiting_shorter_for_the_same_visitors(town):
    past(town)
    as_is, more = figures_whatif.compare(town.office.pk, 1, [9], 1, DAY)
    assert more.p90 < as_is.p90
    assert more.visitors == as_is.visitors
    fewer = figures_whatif.compare(town.office.pk, 1, [9], -1, DAY)[1]
    assert fewer.p90 > as_is.p90


def test_the_page_shows_exports_and_what_if(signed_in, town, time):
    past(town)
    client = signed_in("manager", "boss")
    said = f"?office={town.office.pk}&weekday=1&begins=9&ends=10&more=1"
    page = client.get("/staff/appointments/figures/" + said).content.decode()
    assert "Mit der Änderung" in page
    assert "Erwartete Besuche" in page
    answer = client.get("/staff/appointments/figures/figures.csv" + said)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][2] == "Besuche"
    assert (
        int(rows[1][2])
        == figures.report(
            Asked(first=DAY - timedelta(days=56), last=DAY - timedelta(days=1))
        ).total.counts["came"]
    )
    assert client.get("/staff/appointments/figures/figures.xlsx").content.startswith(b"PK")
    empty = client.get("/staff/appointments/figures/?first=2020-01-01&last=2020-01-02")
    assert "keine Zahlen" in empty.content.decode()
