"""The dates of a series (RFC 5545 recurrence rules), by wall clocks and so right across DST."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

PARTS: Final = frozenset(
    ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST")
)
FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
MOST: Final = 800


class Unreadable(Exception):
    """A rule cannot be understood; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """One date: two instants in UTC."""

    begins: datetime
    ends: datetime


def check(rule: str) -> str:
    """The rule in capitals. Raises Unreadable."""
    said = rule.strip().upper().removeprefix("RRULE:")
    if not said:
        return ""
    parts = dict(part.partition("=")[::2] for part in said.split(";"))
    if unknown := sorted(set(parts) - PARTS):
        raise Unreadable(_("A series cannot use %(part)s.") % {"part": unknown[0]})
    if parts.get("FREQ") not in FREQUENCIES:
        raise Unreadable(_("A series repeats by day, week, month or year."))
    try:
        rrulestr(_floating(said, ZoneInfo("UTC")), dtstart=datetime(2026, 1, 1))  # noqa: DTZ001
    except (ValueError, TypeError) as error:
        raise Unreadable(_("The rule of the series cannot be read: %(why)s") % {"why": error}) \
            from None  # fmt: skip
    return said


def dates(
    begins: datetime, ends: datetime, rule: str, *, until: date, zone: ZoneInfo
) -> Sequence[Span]:
    """All dates up to and with the day `until`, the first one always; 800 at most.

    Each lasts as long as the first (RFC 5545, 3.8.5.3). A time that the clocks skip is taken with
    the offset before the change, one that comes twice is the earlier (3.3.5).
    """
    length = ends - begins
    if not rule:
        return [Span(begins=begins.astimezone(UTC), ends=ends.astimezone(UTC))]
    local = begins.astimezone(zone).replace(tzinfo=None)
    last = datetime.combine(until, time.max)
    found = [local]
    for at in rrulestr(_floating(rule, zone), dtstart=local):
        if at > last or len(found) >= MOST:
            break
        if at > local:
            found.append(at)
    instants = [at.replace(tzinfo=zone).astimezone(UTC) for at in found]
    return [Span(begins=at, ends=at + length) for at in instants]


def whole_days(
    begins: datetime, ends: datetime, spans: Sequence[Span], zone: ZoneInfo
) -> list[Span]:
    """Dates of whole days last until midnight of the clocks, however long those days are."""
    days = (ends.astimezone(zone).date() - begins.astimezone(zone).date()).days
    told = []
    for one in spans:
        first = one.begins.astimezone(zone).date()
        start, end = (
            datetime.combine(day, time(), zone).astimezone(UTC)
            for day in (first, first + timedelta(days=days))
        )
        told.append(Span(begins=start, ends=end))
    return told


def _floating(rule: str, zone: ZoneInfo) -> str:
    """With an UNTIL of the clocks, since the dates are computed by clocks."""
    parts = []
    for part in rule.split(";"):
        name, _is, value = part.partition("=")
        if name == "UNTIL":
            value = _until(value, zone)
        parts.append(f"{name}={value}")
    return ";".join(parts)


def _until(value: str, zone: ZoneInfo) -> str:
    if value.endswith("Z"):
        at = datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(zone)
        return at.strftime("%Y%m%dT%H%M%S")
    # A day counts to its end.
    return value if "T" in value else f"{value}T235959"
