"""Reads a GTFS timetable (gtfs.org/schedule) as far as it stops in the city."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from stadtkern.systems.mobility_hubs.reading.refusing import NotUnderstood, Refusals

NEEDED: Final = ("agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt")
# Bytes of all files unpacked; days ahead that are kept.
MOST: Final = 4 * 1024**3
AHEAD: Final = 60
WEEKDAYS: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
NOBODY_GETS_ON: Final = "1"
# Signs of an identifier, digits of a number, hours after the service day begins.
LONGEST, DIGITS, LATEST = 120, 9, 240
# What a broken or locked archive raises, in whichever file.
FAULTS: Final = (
    zipfile.BadZipFile, UnicodeDecodeError, csv.Error, OSError, EOFError, zlib.error, RuntimeError,
)  # fmt: skip
Box = tuple[float, float, float, float]
Row = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Halt:
    """A stop with coordinates inside the box."""

    uid: str
    name: str
    platform: str
    lon: float
    lat: float
    wheelchair: int


@dataclass(slots=True)
class Timetable:
    """What touches the box: stops, lines `uid -> (short, long, kind)`, trips
    `uid -> (line, service, headsign)`, calls `(trip, stop, sequence, seconds)`, days by service."""

    zone: str = ""
    version: str = ""
    stops: dict[str, Halt] = field(default_factory=dict)
    lines: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    trips: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    calls: list[tuple[str, str, int, int]] = field(default_factory=list)
    days: dict[str, set[date]] = field(default_factory=dict)
    refused: Refusals = field(default_factory=Refusals)


def read(content: bytes, box: Box, today: date) -> Timetable:
    """The part of a zipped feed inside `box` (west, south, east, north). Raises NotUnderstood."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as feed:
            return _read(feed, box, today)
    except FAULTS as error:
        raise NotUnderstood(_("This is no timetable: %(why)s") % {"why": error}) from None


def _read(feed: zipfile.ZipFile, box: Box, today: date) -> Timetable:
    missing = [name for name in NEEDED if name not in feed.namelist()]
    if missing:
        raise NotUnderstood(_("The file %(name)s is missing.") % {"name": missing[0]})
    if sum(one.file_size for one in feed.infolist()) > MOST:
        raise NotUnderstood(_("Unpacked, the timetable is too large."))
    told = Timetable()
    told.zone = _zone(feed)
    told.version = next((row.get("feed_version", "") for row in _rows(feed, "feed_info.txt")), "")
    _stops(feed, told, box)
    _calls(feed, told)
    _trips(feed, told)
    _lines(feed, told)
    _days(feed, told, today)
    return told


def _rows(feed: zipfile.ZipFile, name: str) -> Iterator[Row]:
    """Rows by column; a file that is optional may be missing."""
    if name not in feed.namelist():
        return
    with feed.open(name) as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")):
            # A row that is too long has its rest under None.
            yield {key: (value or "").replace("\0", "").strip()
                   for key, value in row.items() if key}  # fmt: skip


def _zone(feed: zipfile.ZipFile) -> str:
    zone = next((row.get("agency_timezone", "") for row in _rows(feed, "agency.txt")), "")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise NotUnderstood(_("The time zone “%(zone)s” is not known.") % {"zone": zone}) from None
    return zone


def _stops(feed: zipfile.ZipFile, told: Timetable, box: Box) -> None:
    parents = {row.get("stop_id", ""): row for row in _rows(feed, "stops.txt")}
    for uid, row in parents.items():
        # Stations and entrances are nothing that a vehicle stops at.
        if row.get("location_type", "") not in ("", "0"):
            continue
        if len(uid) > LONGEST:
            told.refused.add(f"stops.txt {uid}", "stop_id", _("too long"))
            continue
        try:
            lon, lat = float(row["stop_lon"]), float(row["stop_lat"])
        except (KeyError, ValueError):
            told.refused.add(f"stops.txt {uid}", "stop_lat", _("no position"))
            continue
        if box[0] <= lon <= box[2] and box[1] <= lat <= box[3]:
            name = row.get("stop_name") or parents.get(row.get("parent_station", ""), {}).get(
                "stop_name", ""
            )
            told.stops[uid] = Halt(
                uid=uid, name=name[:200] or uid, platform=row.get("platform_code", "")[:40],
                lon=lon, lat=lat, wheelchair=_small(row.get("wheelchair_boarding", ""), 2),
            )  # fmt: skip


def _calls(feed: zipfile.ZipFile, told: Timetable) -> None:
    last: dict[str, int] = {}
    found: list[tuple[str, str, int, int]] = []
    for row in _rows(feed, "stop_times.txt"):
        trip, stop = row.get("trip_id", ""), row.get("stop_id", "")
        sequence = row.get("stop_sequence", "")
        if not sequence.isdecimal() or len(sequence) > DIGITS:
            told.refused.add(f"stop_times.txt {trip}", "stop_sequence", _("no number"))
            continue
        last[trip] = max(last.get(trip, -1), int(sequence))
        if stop not in told.stops or row.get("pickup_type") == NOBODY_GETS_ON:
            continue
        departs = seconds(row.get("departure_time") or row.get("arrival_time", ""))
        if departs is None:
            told.refused.add(f"stop_times.txt {trip}", "departure_time", _("no time"))
            continue
        found.append((trip, stop, int(sequence), departs))
    told.calls = [one for one in found if one[2] < last[one[0]]]


def seconds(text: str) -> int | None:
    """`25:10:00` as seconds; hours may go beyond 24 (GTFS Reference, field type Time)."""
    parts = text.split(":")
    if len(parts) != 3 or not all(part.strip().isdecimal() for part in parts):
        return None
    if any(len(part) > DIGITS for part in parts):
        return None
    hours, minutes, rest = (int(part) for part in parts)
    fits = hours <= LATEST and minutes < 60 and rest < 60
    return hours * 3600 + minutes * 60 + rest if fits else None


def _trips(feed: zipfile.ZipFile, told: Timetable) -> None:
    used = {one[0] for one in told.calls}
    often = {row.get("trip_id", "") for row in _rows(feed, "frequencies.txt")}
    for row in _rows(feed, "trips.txt"):
        uid = row.get("trip_id", "")
        if uid not in used:
            continue
        if max(len(row.get(key, "")) for key in ("trip_id", "route_id", "service_id")) > LONGEST:
            told.refused.add(f"trips.txt {uid}", "trip_id", _("too long"))
            continue
        if uid in often:
            told.refused.add(f"trips.txt {uid}", "trip_id", _("runs by frequency: not shown"))
            continue
        told.trips[uid] = (
            row.get("route_id", ""), row.get("service_id", ""), row.get("trip_headsign", "")[:200],
        )  # fmt: skip
    told.calls = [one for one in told.calls if one[0] in told.trips]


def _lines(feed: zipfile.ZipFile, told: Timetable) -> None:
    used = {line for line, _service, _sign in told.trips.values()}
    for row in _rows(feed, "routes.txt"):
        if row.get("route_id", "") in used:
            told.lines[row["route_id"]] = (
                row.get("route_short_name", "")[:40], row.get("route_long_name", "")[:200],
                _small(row.get("route_type", ""), 1702),
            )  # fmt: skip
    told.trips = {uid: one for uid, one in told.trips.items() if one[0] in told.lines}
    told.calls = [one for one in told.calls if one[0] in told.trips]


def _days(feed: zipfile.ZipFile, told: Timetable, today: date) -> None:
    """`calendar.txt`, then what `calendar_dates.txt` adds (1) and takes away (2)."""
    used = {service for _line, service, _sign in told.trips.values()}
    first, last = today - timedelta(days=2), today + timedelta(days=AHEAD)
    for row in _rows(feed, "calendar.txt"):
        begins, ends = _day(row.get("start_date", "")), _day(row.get("end_date", ""))
        if row.get("service_id") in used and begins and ends:
            day, until = max(begins, first), min(ends, last)
            while day <= until:
                if row.get(WEEKDAYS[day.weekday()]) == "1":
                    told.days.setdefault(row["service_id"], set()).add(day)
                day += timedelta(days=1)
    for row in _rows(feed, "calendar_dates.txt"):
        exception = _day(row.get("date", ""))
        if row.get("service_id") in used and exception and first <= exception <= last:
            days = told.days.setdefault(row["service_id"], set())
            (days.add if row.get("exception_type") == "1" else days.discard)(exception)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 8 else None
    except ValueError:
        return None


def _small(text: str, most: int) -> int:
    return int(text) if text.isdecimal() and int(text) <= most else 0
