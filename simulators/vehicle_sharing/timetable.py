"""The timetable as GTFS: a zip of text files."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from simulators.vehicle_sharing.lines import LINES, STOPS, WEEKEND, WORKDAYS, Trip, trips

ZONE = "Europe/Berlin"
Table = tuple[str, Sequence[str], Iterable[Sequence[object]]]


def packed(today: date) -> bytes:
    """Valid from a week ago until next year; the same bytes all day."""
    first, last = today - timedelta(days=7), today + timedelta(days=365)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as feed:
        for name, heads, rows in _tables(f"{first:%Y%m%d}", f"{last:%Y%m%d}"):
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow(heads)
            writer.writerows(rows)
            feed.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text.getvalue())
    return out.getvalue()


def _tables(first: str, last: str) -> Iterable[Table]:
    yield ("agency.txt", ("agency_id", "agency_name", "agency_url", "agency_timezone"),
           [("demo", "Demo-Verkehr (erfunden)", "https://verkehr.example", ZONE)])  # fmt: skip
    yield ("stops.txt", ("stop_id", "stop_name", "stop_lat", "stop_lon", "wheelchair_boarding"),
           [(uid, name, lat, lon, 1) for uid, (name, lon, lat) in STOPS.items()])  # fmt: skip
    yield ("routes.txt", ("route_id", "agency_id", "route_short_name", "route_long_name",
                          "route_type"),
           [(one.name, "demo", one.name, "", one.kind) for one in LINES])  # fmt: skip
    found = trips()
    yield ("trips.txt", ("route_id", "service_id", "trip_id", "trip_headsign"),
           [(t.line.name, t.service, t.uid, STOPS[t.calls[-1][0]][0]) for t in found])  # fmt: skip
    yield ("stop_times.txt", ("trip_id", "arrival_time", "departure_time", "stop_id",
                              "stop_sequence"),
           [row for one in found for row in _times(one)])  # fmt: skip
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    yield ("calendar.txt", ("service_id", *days, "start_date", "end_date"),
           [(WORKDAYS, 1, 1, 1, 1, 1, 0, 0, first, last),
            (WEEKEND, 0, 0, 0, 0, 0, 1, 1, first, last)])  # fmt: skip
    yield ("feed_info.txt", ("feed_publisher_name", "feed_publisher_url", "feed_lang",
                             "feed_version"),
           [("Simulator (erfunden)", "https://verkehr.example", "de", first)])  # fmt: skip


def _times(trip: Trip) -> Iterable[tuple[object, ...]]:
    for number, (stop, minute) in enumerate(trip.calls, start=1):
        at = f"{minute // 60:02d}:{minute % 60:02d}:00"
        yield trip.uid, at, at, stop, number
