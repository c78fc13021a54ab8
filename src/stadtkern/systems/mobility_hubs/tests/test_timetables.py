"""Timetables are read as GTFS says, also in the nights when clocks change."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from google.transit import gtfs_realtime_pb2

from stadtkern.kernel import clock
from stadtkern.systems.mobility_hubs.logic import departures, timing
from stadtkern.systems.mobility_hubs.models import Call, Change, Source, Stop
from stadtkern.systems.mobility_hubs.reading import gtfs, realtime, storing
from stadtkern.systems.mobility_hubs.reading.refusing import NotUnderstood

from .conftest import BOX, NOW, packed


def told(stops="A"):
    found = departures.at(list(Stop.objects.filter(uid__in=stops)))
    return [(one.line, f"{one.leaves:%H:%M}", one.cancelled) for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("00:00:00", 0), ("7:05:09", 25509), ("25:10:00", 90600), ("", None), ("7:05", None),
     ("07:61:00", None), ("a:b:c", None)],
)  # fmt: skip
def test_times_go_beyond_midnight(text, expected):
    assert gtfs.seconds(text) == expected


def test_what_stops_in_the_city_is_kept_and_nothing_else():
    found = gtfs.read(packed(), BOX, NOW.date())
    assert set(found.stops) == {"A", "B"}
    # A platform without a name has its station's.
    assert (found.stops["A"].name, found.stops["A"].platform) == ("Bahnhof", "2")
    # The end of the tram is no departure; that of a train outside of the city is not here.
    assert [c[:2] for c in found.calls if c[0] == "tram"] == [("tram", "A")]
    assert {c[:2] for c in found.calls if c[0] == "late"} == {("late", "A"), ("late", "B")}


def test_days_follow_the_calendar_and_its_exceptions():
    found = gtfs.read(packed(), BOX, NOW.date())
    assert date(2026, 11, 23) in found.days["w"]
    assert date(2026, 11, 28) in found.days["w"]  # a Saturday, added
    assert date(2026, 11, 29) not in found.days["w"]
    assert date(2026, 11, 23) not in found.days["s"]  # taken away
    assert max(found.days["s"]) == NOW.date() + timedelta(days=gtfs.AHEAD)


@pytest.mark.parametrize("missing", ["agency", "stops", "stop_times"])
def test_a_feed_that_lacks_a_file_says_which(missing):
    with pytest.raises(NotUnderstood, match=f"{missing}.txt"):
        gtfs.read(packed(**{missing: ""}), BOX, NOW.date())


def test_what_is_no_timetable_is_refused():
    with pytest.raises(NotUnderstood):
        gtfs.read(b"<html>", BOX, NOW.date())
    zone = "agency_id,agency_name,agency_url,agency_timezone\na,M,https://a.example,Mars/Base\n"
    with pytest.raises(NotUnderstood, match="Mars"):
        gtfs.read(packed(agency=zone), BOX, NOW.date())


def test_rows_that_cannot_be_used_are_counted_with_their_reason():
    bad = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nearly,,,A,1\nearly,x,x,B,y\n"
    found = gtfs.read(packed(stop_times=bad), BOX, NOW.date())
    assert not found.calls
    assert {one["field"] for one in found.refused.rows} == {"departure_time", "stop_sequence"}


def test_the_next_departures_are_those_of_today(timetable):
    # The tram does not run today, the night train not yet.
    assert told() == [("RB 1", "09:41", False), ("RB 1", "10:21", False)]
    assert told("AB") == [("RB 1", "09:41", False), ("RB 1", "09:50", False),
                          ("RB 1", "10:21", False), ("RB 1", "10:31", False)]  # fmt: skip


def test_after_midnight_it_is_still_the_service_day_before(timetable):
    with clock.held(datetime(2026, 11, 23, 23, 55, tzinfo=UTC)):
        # 25:10 of Monday is 1:10 on Tuesday, 0:10 in UTC.
        assert told() == [("RB 1", "00:10", False)]


@pytest.mark.parametrize(
    ("day", "seconds", "expected"),
    [
        # Noon minus twelve hours (GTFS): in the night to summer time that is 23:00 of the day
        # before by the clocks of the winter, so 04:00 is an hour later by elapsed time.
        (date(2026, 3, 29), 4 * 3600, datetime(2026, 3, 29, 2, 0, tzinfo=UTC)),
        (date(2026, 3, 29), 12 * 3600, datetime(2026, 3, 29, 10, 0, tzinfo=UTC)),
        (date(2026, 10, 25), 4 * 3600, datetime(2026, 10, 25, 3, 0, tzinfo=UTC)),
        (date(2026, 10, 25), 12 * 3600, datetime(2026, 10, 25, 11, 0, tzinfo=UTC)),
        (date(2026, 11, 23), 12 * 3600, datetime(2026, 11, 23, 11, 0, tzinfo=UTC)),
    ],
)
def test_instants_when_clocks_change(day, seconds, expected):
    source = Source(facts={"zone": "Europe/Berlin"})
    assert timing.instant(source, day, seconds) == expected


def test_reading_the_same_again_changes_nothing(timetable):
    before = Call.objects.count()
    storing.store(timetable, gtfs.read(packed(), BOX, NOW.date()))
    assert Call.objects.count() == before
    assert told()[0] == ("RB 1", "09:41", False)


def message(*trips):
    feed = gtfs_realtime_pb2.FeedMessage()
    feed.header.gtfs_realtime_version = "2.0"
    feed.header.timestamp = int(NOW.timestamp())
    for trip, day, stops, relation in trips:
        one = feed.entity.add(id=trip).trip_update
        one.trip.trip_id, one.trip.start_date = trip, day
        one.trip.schedule_relationship = relation
        for sequence, delay in stops:
            stop = one.stop_time_update.add(stop_sequence=sequence)
            if delay is None:
                stop.schedule_relationship = 1
            else:
                stop.departure.delay = delay
    return feed.SerializeToString()


def test_a_delay_holds_until_the_next_one_is_told(delays):
    realtime.read(delays, message(("late", "20261123", [(1, 300)], 0)))
    assert told("AB")[2:] == [("RB 1", "10:26", False), ("RB 1", "10:36", False)]
    realtime.read(delays, message(("late", "20261123", [(1, 300), (5, 0)], 0)))
    assert told("AB")[2:] == [("RB 1", "10:26", False), ("RB 1", "10:31", False)]
    on_time = departures.at(list(Stop.objects.filter(uid="B")))[1]
    assert on_time.late == 0
    assert on_time.expected is not None


def test_what_is_cancelled_or_skipped_stays_on_the_board_as_that(delays):
    realtime.read(delays, message(("early", "20261123", [], 3),
                                  ("late", "20261123", [(5, None)], 0)))  # fmt: skip
    assert told("AB") == [("RB 1", "09:41", True), ("RB 1", "09:50", True),
                          ("RB 1", "10:21", False), ("RB 1", "10:31", True)]  # fmt: skip


def test_delays_of_other_days_and_unknown_trips_do_no_harm(delays):
    count, refused = realtime.read(
        delays, message(("late", "20261124", [(1, 600)], 0), ("nobody", "20261123", [(1, 60)], 0))
    )
    assert (count, refused.count) == (1, 1)
    assert told()[1] == ("RB 1", "10:21", False)


def test_old_delays_are_not_believed(delays):
    realtime.read(delays, message(("early", "20261123", [(1, 600)], 0)))
    # The feed still answers, but what it says stands still.
    with clock.held(NOW + timedelta(minutes=11)):
        Source.objects.filter(pk=delays.pk).update(read=clock.now())
        found = departures.at(list(Stop.objects.filter(uid="A")))
    assert found
    assert {one.expected for one in found} == {None}


def test_a_message_made_long_ago_is_not_believed_though_it_came_now(delays):
    feed = gtfs_realtime_pb2.FeedMessage.FromString(message(("early", "20261123", [(1, 600)], 0)))
    feed.header.timestamp = int((NOW - timedelta(hours=3)).timestamp())
    realtime.read(delays, feed.SerializeToString())
    assert told()[0] == ("RB 1", "09:41", False)
    feed.header.timestamp = 2**63
    realtime.read(delays, feed.SerializeToString())
    assert Change.objects.get().at == NOW


def test_numbers_that_no_train_has_are_left_out(delays):
    late = ("late", "20261123", [(2**32 - 1, 60), (1, 120)], 0)
    realtime.read(delays, message(("early", "20261123", [(1, 2_000_000_000)], 0), late))
    assert [(one.sequence, one.delay) for one in Change.objects.all()] == [(1, 120)]


def test_a_late_train_stays_until_it_has_left(delays):
    realtime.read(delays, message(("early", "20261123", [(1, 1200)], 0)))
    with clock.held(NOW + timedelta(minutes=25)):
        realtime.read(delays, message(("early", "20261123", [(1, 1200)], 0)))
        Change.objects.update(at=clock.now())
        assert told()[0] == ("RB 1", "10:01", False)


def test_a_new_message_replaces_the_old_one(delays):
    realtime.read(delays, message(("early", "20261123", [(1, 300)], 0)))
    realtime.read(delays, message())
    assert not Change.objects.exists()
    with pytest.raises(NotUnderstood):
        realtime.read(delays, b"\xff\xff\xff\xff")


HOSTILE = {
    "a locked archive": lambda: _flagged(packed()),
    "a cut archive": lambda: packed()[:400],
    "a wrong encoding": lambda: _latin(packed()),
}  # fmt: skip


def _flagged(content):
    """Each file says that it is encrypted."""
    found = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = found.find(mark)
        while at >= 0:
            found[at + offset] |= 1
            at = found.find(mark, at + 4)
    return bytes(found)


def _latin(content):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + "Süd".encode("latin-1"))
    return out.getvalue()


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_archives_are_refused_in_words(what):
    with pytest.raises(NotUnderstood):
        gtfs.read(HOSTILE[what](), BOX, NOW.date())


def test_rows_that_no_database_takes_are_refused_or_cleaned(timetable):
    stops = "stop_id,stop_name,stop_lat,stop_lon\nA,Bahn\0hof,51.5436,7.2178\n"
    stops += f"{'x' * 121},X,51.54,7.2\n"
    times = ("trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
             f"early,,10:41:00,A,1\nearly,,{'9' * 5000}:00:00,A,2\nearly,,1:00:00,A,{'9' * 5000}\n"
             "early,,12:00:00,C,3\n")  # fmt: skip
    told_now = gtfs.read(packed(stops=stops, stop_times=times), BOX, NOW.date())
    assert [one.name for one in told_now.stops.values()] == ["Bahnhof"]
    assert told_now.refused.count == 3
    assert storing.store(timetable, told_now) == 1
