"""Reads iCalendar (RFC 5545), with series, single changed dates and cancellations."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar

from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.events import series
from stadtkern.systems.events.importing.item import (
    Changed,
    Item,
    NotRead,
    Reading,
    plain,
    web_address,
)


def read(body: bytes) -> Reading:
    """The events of a calendar file. Raises NotRead."""
    try:
        calendars = icalendar.Calendar.from_ical(body, multiple=True)
    except (ValueError, IndexError, KeyError) as error:
        raise NotRead(str(error)[:300]) from None
    parts: dict[str, list[Any]] = defaultdict(list)
    for one in calendars:
        for part in one.walk("VEVENT"):
            parts[str(part.get("UID", ""))].append(part)
    found, left = [], Counter[str]()
    for uid, together in parts.items():
        try:
            found.append(_item(uid, together))
        except (ValueError, KeyError, AttributeError, TypeError, series.Unreadable) as error:
            left[str(error)[:120] or type(error).__name__] += 1
    return Reading(items=tuple(found), left_out=dict(left))


def _item(uid: str, parts: Sequence[Any]) -> Item:
    if not uid:
        raise ValueError("no UID")
    main = next((one for one in parts if "RECURRENCE-ID" not in one), None)
    others = [one for one in parts if one is not main]
    if main is None:
        main, others = others[0], []
    begins, ends, all_day = _span(main)
    rule = main.get("RRULE")
    lat, lon = _position(main.get("GEO"))
    return Item(
        uid=uid, title=plain(main.get("SUMMARY"))[:140] or "?", begins=begins, ends=ends,
        all_day=all_day, text=plain(main.get("DESCRIPTION"))[:8000],
        rule=series.check(rule.to_ical().decode()) if rule else "",
        without=tuple(_without(main)), changed=tuple(_changed(one) for one in others),
        where=plain(main.get("LOCATION"))[:200], lat=lat, lon=lon,
        url=web_address(main.get("URL")), tags=tuple(_tags(main)),
        organiser=_organiser(main), cancelled=_cancelled(main),
    )  # fmt: skip


def _span(part: Any) -> tuple[datetime, datetime, bool]:
    start = part.decoded("DTSTART")
    all_day = not isinstance(start, datetime)
    begins = _instant(start)
    if "DTEND" in part:
        ends = _instant(part.decoded("DTEND"))
    elif "DURATION" in part:
        ends = begins + part.decoded("DURATION")
    else:
        ends = _instant(start + timedelta(days=1)) if all_day else begins
    if ends < begins:
        raise ValueError("ends before it begins")
    return begins, ends, all_day


def _instant(said: date | datetime) -> datetime:
    """Times without a zone are the city's; a day begins at its midnight."""
    if not isinstance(said, datetime):
        return datetime.combine(said, time(), city_zone()).astimezone(UTC)
    return (said if said.tzinfo else said.replace(tzinfo=city_zone())).astimezone(UTC)


def _without(part: Any) -> list[datetime]:
    given = part.get("EXDATE", [])
    listed = given if isinstance(given, list) else [given]
    return [_instant(each.dt) for one in listed for each in one.dts]


def _changed(part: Any) -> Changed:
    begins, ends, _all_day = _span(part)
    original = _instant(part.decoded("RECURRENCE-ID"))
    return Changed(original=original, begins=begins, ends=ends, cancelled=_cancelled(part))


def _cancelled(part: Any) -> bool:
    return str(part.get("STATUS", "")).upper() == "CANCELLED"


def _position(geo: Any) -> tuple[float | None, float | None]:
    return (float(geo.latitude), float(geo.longitude)) if geo else (None, None)


def _tags(part: Any) -> list[str]:
    given = part.get("CATEGORIES", [])
    listed = given if isinstance(given, list) else [given]
    return [str(each) for one in listed for each in getattr(one, "cats", [one])]


def _organiser(part: Any) -> str:
    given = part.get("ORGANIZER")
    return plain(given.params.get("CN", ""))[:140] if given is not None else ""
