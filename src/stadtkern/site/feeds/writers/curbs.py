"""Zones of the kerb and their rules in the Curb Data Specification 1.0 ("Curbs API")."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

from stadtkern.kernel.feeds.curbs import CurbRule, CurbZone, Day, Rate
from stadtkern.site.feeds.publication import Curbs

VERSION: Final = "1.0.0"
CURRENCY: Final = "EUR"
LICENCE: Final = "https://www.govdata.de/dl-de/zero-2-0"
WEEK: Final[tuple[Day, ...]] = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAYS: Final = dict(zip(WEEK, ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), strict=True))
USERS: Final = {"electric": "electric", "disabled": "handicap-accessible"}
UNITS: Final = (("hour", 60), ("minute", 1))
Row = dict[str, Any]


def document(told: Curbs, data: Row) -> bytes:
    """What every answer has round its `data`."""
    return msgspec.json.encode({
        "version": VERSION, "time_zone": told.time_zone, "last_updated": stamp(told.changed),
        "currency": CURRENCY, "author": told.publisher, "license_url": LICENCE, "data": data,
    })  # fmt: skip


def zones(told: Curbs, *, outlines: bool = True) -> list[Row]:
    """Each zone; one of several parts is as many zones, since the standard has single outlines."""
    return [row for one in told.zones for row in _zone(one, outlines)]


def policies(told: Curbs) -> list[Row]:
    """Each rule of each zone; the first of a zone takes precedence."""
    zone = ZoneInfo(told.time_zone)
    return [_policy(rule, number, zone) for one in told.zones
            for number, rule in enumerate(one.rules, 1)]  # fmt: skip


def parts(one: CurbZone) -> Iterator[tuple[UUID, Row]]:
    """The outlines of a zone, each with its name for programs."""
    if one.outline.get("type") == "Polygon":
        yield one.place, {"type": "Polygon", "coordinates": one.outline["coordinates"]}
    elif one.outline.get("type") == "MultiPolygon":
        for number, rings in enumerate(one.outline["coordinates"]):
            yield uuid5(one.place, str(number)), {"type": "Polygon", "coordinates": rings}


def stamp(at: datetime) -> int:
    """Milliseconds, as the standard writes instants."""
    return int(at.timestamp() * 1000)


def _zone(one: CurbZone, outlines: bool) -> Iterator[Row]:
    for uid, outline in parts(one):
        row: Row = {
            "curb_zone_id": str(uid), "curb_policy_ids": [str(rule.uid) for rule in one.rules],
            "published_date": stamp(one.begins), "last_updated_date": stamp(one.changed),
            "start_date": stamp(one.begins), "name": one.name, "user_zone_id": one.number,
        }  # fmt: skip
        if outlines:
            row["geometry"] = outline
        yield {**row, "invented": True} if one.invented else row


def _policy(rule: CurbRule, number: int, zone: ZoneInfo) -> Row:
    said: Row = {"activity": "parking"}
    if rule.longest_minutes:
        said |= {"max_stay": rule.longest_minutes, "max_stay_unit": "minute"}
        if rule.no_return_minutes:
            said |= {"no_return": rule.no_return_minutes, "no_return_unit": "minute"}
    if rule.vehicle:
        said["user_classes"] = [USERS[rule.vehicle]]
    if rates := _rates(rule.rates, rule.longest_minutes):
        said["rate"] = rates
    return {
        "curb_policy_id": str(rule.uid), "published_date": stamp(rule.published),
        "priority": number, "rules": [said], "time_spans": list(_spans(rule, zone)),
    }  # fmt: skip


def _rates(rates: tuple[Rate, ...], longest: int | None) -> list[Row]:
    """Whole cents for whole units. A price that this cannot say exactly is left out as a whole."""
    held = [one for one in rates if longest is None or one.begins < longest]
    found = [_rate(one, longest) for one in held]
    return [] if any(row is None for row in found) else [row for row in found if row is not None]


def _rate(one: Rate, longest: int | None) -> Row | None:
    ends = one.ends if longest is None else min(one.ends or longest, longest)
    for unit, minutes in UNITS:
        cents, rest = divmod(one.cents * minutes, one.per_minutes)
        if not rest and one.begins % minutes == 0 and (ends or 0) % minutes == 0:
            row: Row = {"rate": cents, "rate_unit": unit, "start_duration": one.begins // minutes}
            return row if ends is None else {**row, "end_duration": ends // minutes}
    return None


def _spans(rule: CurbRule, zone: ZoneInfo) -> Iterator[Row]:
    """By the week but not on public holidays, then on these; past midnight is a span of its own."""
    for days, next_day, begins, until in _stretches(rule):
        told: Row = {"time_of_day_start": begins, **({"time_of_day_end": until} if until else {})}
        if rule.last_day:
            told["end_date"] = _end(rule.last_day + timedelta(days=next_day), zone)
        if rule.days:
            yield {**told, "days_of_week": [DAYS[day] for day in WEEK if day in days],
                   "designated_period": "holidays", "designated_period_except": True}  # fmt: skip
        if rule.holidays:
            yield {**told, "designated_period": "holidays"}


def _stretches(rule: CurbRule) -> Iterator[tuple[set[Day], int, str, str]]:
    """Days, how many days later that is, from and to; an empty end is midnight."""
    days = set(rule.days)
    if rule.until == "24:00" or rule.until > rule.begins:
        yield days, 0, rule.begins, "" if rule.until == "24:00" else rule.until
        return
    yield days, 0, rule.begins, ""
    if rule.until > "00:00":
        yield {WEEK[(WEEK.index(day) + 1) % 7] for day in days}, 1, "00:00", rule.until


def _end(last: date, zone: ZoneInfo) -> int:
    """The midnight after a day, by the clock on the wall."""
    return stamp(datetime.combine(last + timedelta(days=1), time(), zone))
