"""When a car park is open: OSM's `opening_hours`, with the holidays of the city's own state.

The library's calendar of Germany lacks the holidays of single states, such as Corpus Christi in
North Rhine-Westphalia; so `PH` is written out as the days that it stands for before it is read.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from stadtkern.kernel import registry
from stadtkern.kernel.places.holidays import holidays
from stadtkern.kernel.things.series import city_zone

if TYPE_CHECKING:
    from opening_hours import OpeningHours

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)(?:\[[^\]]*\])?"
_PART = rf"(?:{_DAY}(?:-{_DAY})?|PH)"
SELECTOR = re.compile(rf"^{_PART}(?:\s*,\s*{_PART})*(?![\w\[-])")
RULE = re.compile(r'((?:[^;"]|"[^"]*")+)')
QUOTED = re.compile(r'"[^"]*"')
WORD = {word: re.compile(rf"\b{word}\b") for word in ("PH", "SH")}
DAY = timedelta(days=1)


class NotUnderstood(ValueError):
    """Opening hours that cannot be read; the message says what to change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """From when to when it is open on a day; `24:00` is written as such."""

    begins: str
    ends: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One day of the week ahead."""

    day: date
    spans: tuple[Span, ...]
    holiday: bool

    @property
    def whole(self) -> bool:
        """Open from midnight to midnight."""
        return self.spans == (Span(begins="00:00", ends="24:00"),)


def check(text: str) -> None:
    """Raises `NotUnderstood` where the hours cannot be read."""
    _read(text, city_zone(), registry.city().city.state, 2000)


def is_open(text: str, at: datetime) -> bool | None:
    """Whether it is open then; None where that is not known or the hours cannot be read."""
    found = _at(text, at)
    if found is None:
        return None
    here = at.astimezone(city_zone())
    return None if found.is_unknown(here) else bool(found.is_open(here))


def changes(text: str, at: datetime) -> datetime | None:
    """When it opens or closes next; None where it never does, or the hours cannot be read."""
    found = _at(text, at)
    return found.next_change(at.astimezone(city_zone())) if found else None


def week(text: str, first: date) -> list[Day]:
    """Seven days from the first one on; raises `NotUnderstood`."""
    zone, state = city_zone(), registry.city().city.state
    found = _read(text, zone, state, first.year)
    return [
        Day(day=day, spans=_spans(found, day, zone), holiday=day in holidays(day.year, state))
        for day in (first + n * DAY for n in range(7))
    ]


def _spans(found: "OpeningHours", day: date, zone: ZoneInfo) -> tuple[Span, ...]:
    begins, ends = (datetime.combine(one, time(), zone) for one in (day, day + DAY))
    return tuple(
        Span(begins=f"{a:%H:%M}", ends="24:00" if b >= ends else f"{b:%H:%M}")
        for a, b, state, _comment in found.intervals(begins, ends)
        if str(state) == "open"
    )


def _at(text: str, at: datetime) -> "OpeningHours | None":
    zone = city_zone()
    try:
        return _read(text, zone, registry.city().city.state, at.astimezone(zone).year)
    except NotUnderstood:
        return None


@lru_cache(maxsize=512)
def _read(text: str, zone: ZoneInfo, state: str, year: int) -> "OpeningHours":
    """The hours as they hold in the years around this one."""
    from opening_hours import (  # type: ignore[attr-defined]  # noqa: PLC0415  10 MB, rarely asked
        OpeningHours,
        ParserError,
    )

    try:
        return OpeningHours(written_out(text, state, year), timezone=zone, auto_country=False)
    except ParserError as error:
        raise NotUnderstood(_place_of(str(error))) from error


def written_out(text: str, state: str, year: int) -> str:
    """The same hours without `PH`: rules for holidays become rules for their dates."""
    plain = QUOTED.sub("", text)
    if WORD["SH"].search(plain):
        raise NotUnderstood(_("School holidays (SH) are not known here. Write dates instead."))
    if not WORD["PH"].search(plain):
        return text
    dates = ",".join(
        f"{day.year} {MONTHS[day.month - 1]} {day.day:02d}"
        for one in (year - 1, year, year + 1)
        for day in sorted(holidays(one, state))
    )
    return "; ".join(_rule(rule.strip(), dates) for rule in RULE.findall(text) if rule.strip())


def _rule(rule: str, dates: str) -> str:
    if not WORD["PH"].search(QUOTED.sub("", rule)):
        return rule
    found = SELECTOR.match(rule)
    rest = rule[found.end() :] if found else rule
    if found is None or WORD["PH"].search(QUOTED.sub("", rest)) or re.match(r"\s*[+-]\d", rest):
        raise NotUnderstood(
            _("PH (public holidays) has to stand at the beginning of a rule, after a semicolon.")
        )
    days = [day.strip() for day in found[0].split(",")]
    others = ",".join(day for day in days if day != "PH")
    return f"{others}{rest}; {dates}{rest}" if others else f"{dates}{rest}"


def _place_of(error: str) -> str:
    """`Failed to parse expression: --> 1:4` tells where it goes wrong."""
    found = re.search(r"--> \d+:(\d+)", error)
    place = int(found[1]) if found else 1
    return _("The opening hours cannot be read from sign %(place)d on.") % {"place": place}
