"""Lengths of time to choose from, with their ends and prices, and an end by the clock."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext as _

from stadtkern.kernel.payments.words import euros
from stadtkern.systems.parking_tickets.logic import calendar, quoting, tariffs
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.logic.words import span
from stadtkern.systems.parking_tickets.models import Zone

LENGTHS: Final = (30, 60, 120)
HOURS, OPEN, OTHER = "hours", "open", "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """A length that can be chosen, with its end and its price."""

    slug: str
    title: str
    until: datetime
    cents: int


def chips_of(zone: Zone, begins: datetime) -> list[Chip]:
    """Lengths with their prices; those that are not allowed then are left out."""
    found = [
        one for minutes in LENGTHS
        if (one := _chip(zone, begins, str(minutes), span(minutes),
                         begins + timedelta(minutes=minutes)))
    ]  # fmt: skip
    try:
        tariff = quoting.tariff_at(zone, begins)
    except Refused:
        return []
    ends = tariffs.hours_end(tariffs.read(tariff.rules), begins, calendar.of_city())
    if ends and (one := _chip(zone, begins, HOURS, _("until the charging hours end"), ends)):
        found.append(one)
    if one := _chip(zone, begins, OPEN, _("open end, I end it myself"), None):
        found.append(one)
    return found


def _chip(
    zone: Zone, begins: datetime, slug: str, title: str, until: datetime | None
) -> Chip | None:
    try:
        told = quoting.quote(zone, begins, until)
    except Refused:
        return None
    said = _("%(title)s, until %(time)s: %(price)s")
    if until is None:
        said = _("%(title)s, at the latest %(time)s: at most %(price)s")
    at = clock_words(told.until, begins)
    text = said % {"title": title, "time": at, "price": euros(told.cents)}
    return Chip(slug=slug, title=text, until=told.until, cents=told.cents)


def clock_words(at: datetime, since: datetime) -> str:
    """The time, with its day where it is another one than `since`."""
    local = calendar.local(at)
    same = local.date() == calendar.local(since).date()
    return f"{local:%H:%M}" if same else f"{local:%d.%m., %H:%M}"


def next_at(clock_time: time, after: datetime) -> datetime:
    """The first instant after another at which the clocks of the city show this time."""
    local = calendar.local(after)
    found = datetime.combine(local.date(), clock_time, local.tzinfo)
    if found <= after:
        found = datetime.combine(local.date() + timedelta(days=1), clock_time, local.tzinfo)
    return found
