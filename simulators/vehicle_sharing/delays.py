"""Delays as GTFS Realtime: trips that run now or soon, some late, few cancelled."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from google.transit import gtfs_realtime_pb2

from simulators.vehicle_sharing.lines import WEEKEND, WORKDAYS, Trip, chance, trips
from simulators.vehicle_sharing.timetable import ZONE

BEFORE, AHEAD = timedelta(hours=1), timedelta(hours=3)
CANCELLED, LATE, VERY_LATE = 0.03, 0.35, 0.1


def message(now: datetime) -> bytes:
    """A FeedMessage of trip updates (GTFS Realtime 2.0)."""
    feed = gtfs_realtime_pb2.FeedMessage()
    feed.header.gtfs_realtime_version = "2.0"
    feed.header.timestamp = int(now.timestamp())
    today = now.astimezone(ZoneInfo(ZONE)).date()
    for day in (today - timedelta(days=1), today):
        service = WEEKEND if day.weekday() > 4 else WORKDAYS
        midnight = datetime.combine(day, time(12), ZoneInfo(ZONE)).astimezone(UTC)
        midnight -= timedelta(hours=12)
        for one in trips():
            begins = midnight + timedelta(minutes=one.calls[0][1])
            if one.service == service and now - BEFORE <= begins <= now + AHEAD:
                _add(feed, one, day)
    return bytes(feed.SerializeToString())


def _add(feed: gtfs_realtime_pb2.FeedMessage, trip: Trip, day: date) -> None:
    entity = feed.entity.add()
    entity.id = f"{day:%Y%m%d}-{trip.uid}"
    update = entity.trip_update
    update.trip.trip_id, update.trip.start_date = trip.uid, f"{day:%Y%m%d}"
    if chance("cancelled", trip.uid, day) < CANCELLED:
        update.trip.schedule_relationship = gtfs_realtime_pb2.TripDescriptor.CANCELED
        return
    delay = 0
    for number, (stop, _minute) in enumerate(trip.calls, start=1):
        if chance("late", trip.uid, day, number) < LATE:
            delay += 60 * (1 + int(3 * chance("how", trip.uid, day, number)))
        if chance("very", trip.uid, day) < VERY_LATE and number == 1:
            delay += 420
        one = update.stop_time_update.add()
        one.stop_sequence, one.stop_id, one.departure.delay = number, stop, delay
