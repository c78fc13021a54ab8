"""Writes iCalendar (RFC 5545): what a calendar program needs to show dates of the city."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

LINE: Final = 75
PRODUCT: Final = "-//Stadtkern//Stadtkern//DE"
TYPE: Final = "text/calendar; charset=utf-8"
ESCAPES: Final = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One VEVENT. Times are aware; with `all_day` only their days in the zone count.

    `ends` lies behind the last instant. `original` marks the changed date of a series, `without`
    are dates that it leaves out. `alarm_minutes` before it begins the calendar says so.
    """

    uid: str
    begins: datetime
    ends: datetime
    title: str
    stamp: datetime
    all_day: bool = False
    rule: str = ""
    without: tuple[datetime, ...] = ()
    original: datetime | None = None
    text: str = ""
    where: str = ""
    url: str = ""
    cancelled: bool = False
    sequence: int = 0
    lon: float | None = None
    lat: float | None = None
    categories: tuple[str, ...] = ()
    alarm_minutes: int | None = None


def write(name: str, entries: Iterable[Entry], zone: ZoneInfo) -> str:
    """The whole file; times in the city's zone, whose rules come with it."""
    listed = list(entries)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN",
             "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}",
             "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]  # fmt: skip
    if timed := [one.begins for one in listed if not one.all_day]:
        lines += _zone(zone, min(timed))
    for one in listed:
        lines += _entry(one, zone)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    """Text as a value (RFC 5545, 3.3.11)."""
    for letter, instead in ESCAPES:
        text = text.replace(letter, instead)
    return text.replace("\r", "")


def folded(line: str) -> str:
    """No line has more than 75 octets, and no letter is cut in two (3.1)."""
    parts, rest = [], line.encode()
    room = LINE
    while len(rest) > room:
        cut = room
        while rest[cut] & 0xC0 == 0x80:
            cut -= 1
        parts.append(rest[:cut])
        rest, room = rest[cut:], LINE - 1
    return b"\r\n ".join([*parts, rest]).decode()


def _entry(one: Entry, zone: ZoneInfo) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{one.uid}"
    yield f"DTSTAMP:{_utc(one.stamp)}"
    yield f"DTSTART{_when(one.begins, one, zone)}"
    yield f"DTEND{_when(one.ends, one, zone)}"
    if one.original is not None:
        yield f"RECURRENCE-ID{_when(one.original, one, zone)}"
    elif one.rule:
        yield f"RRULE:{one.rule}"
        yield from (f"EXDATE{_when(at, one, zone)}" for at in one.without)
    yield f"SUMMARY:{escaped(one.title)}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}"
    for name, value in (("DESCRIPTION", one.text), ("LOCATION", one.where)):
        if value:
            yield f"{name}:{escaped(value)}"
    if one.url:
        yield f"URL:{one.url}"
    if one.lon is not None and one.lat is not None:
        yield f"GEO:{one.lat:.6f};{one.lon:.6f}"
    if one.categories:
        yield f"CATEGORIES:{','.join(escaped(each) for each in one.categories)}"
    if one.alarm_minutes is not None:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escaped(one.title)}",
                    f"TRIGGER:-PT{one.alarm_minutes}M", "END:VALARM")  # fmt: skip
    yield "END:VEVENT"


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _when(at: datetime, one: Entry, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    if one.all_day:
        return f";VALUE=DATE:{local:%Y%m%d}"
    return f";TZID={zone.key}:{local:%Y%m%dT%H%M%S}"


def _zone(zone: ZoneInfo, first: datetime) -> Iterator[str]:
    """The zone's changes around the dates, each by itself: exact, and no rule to guess (3.6.5)."""
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone.key}"
    for change in _changes(zone, first.year - 1, first.year + 5):
        before, after = change
        name = "DAYLIGHT" if after.dst() else "STANDARD"
        yield f"BEGIN:{name}"
        yield f"DTSTART:{before:%Y%m%dT%H%M%S}"
        yield f"TZOFFSETFROM:{_offset(before)}"
        yield f"TZOFFSETTO:{_offset(after)}"
        yield f"TZNAME:{after.tzname()}"
        yield f"END:{name}"
    yield "END:VTIMEZONE"


@cache
def _changes(zone: ZoneInfo, first: int, last: int) -> tuple[tuple[datetime, datetime], ...]:
    """Clock before and after each change; a zone without any gets its one offset."""
    found = []
    day = datetime(first, 1, 1, tzinfo=UTC)
    end = datetime(last + 1, 1, 1, tzinfo=UTC)
    while day < end:
        after = day + timedelta(days=1)
        if _shift(day, zone) != _shift(after, zone):
            found.append(_change(day, after, zone))
        day = after
    local = datetime(first, 1, 1, tzinfo=zone)
    return tuple(found) or ((local, local),)


def _change(early: datetime, late: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    while late - early > timedelta(minutes=1):
        middle = early + (late - early) / 2
        if _shift(middle, zone) == _shift(early, zone):
            early = middle
        else:
            late = middle
    at = late.replace(second=0, microsecond=0)
    # What clocks showed at the change before they were put forward or back.
    old = timezone(_shift(early, zone) or timedelta())
    return at.astimezone(old), at.astimezone(zone)


def _shift(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _offset(at: datetime) -> str:
    minutes = int((at.utcoffset() or timedelta()).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
