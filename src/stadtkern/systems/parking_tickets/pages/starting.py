"""When a right begins: now, or later on the same day or the next."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext as _

from stadtkern.systems.parking_tickets.logic import calendar, quoting, settings

MOMENT: Final = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """`later` says that it was chosen; `problem` why another wish could not be followed."""

    begins: datetime
    later: bool = False
    problem: str = ""

    @property
    def field(self) -> str:
        """As a field of the form has it; empty: now."""
        return written(self.begins) if self.later else ""


def written(at: datetime) -> str:
    """An instant by the city's clocks, as `datetime-local` has it."""
    return calendar.local(at).strftime(MOMENT)


def latest() -> datetime:
    """So far ahead one may begin."""
    return quoting.now() + timedelta(hours=settings().ahead_hours)


def start_of(request: HttpRequest) -> Start:
    """What `from` in the address or in the form says, by the city's clocks; else now."""
    now, asked = quoting.now(), request.POST.get("from", request.GET.get("from", "")).strip()
    if not asked:
        return Start(begins=now)
    try:
        wall = datetime.strptime(asked[:16], MOMENT)  # noqa: DTZ007  the next line gives the zone
    except ValueError:
        return Start(begins=now, problem=_("Write day and time, such as 24.12.2026, 18:00."))
    begins = wall.replace(tzinfo=calendar.of_city().zone).astimezone(UTC)
    if begins > latest():
        told = _("A right to park begins at most %s hours ahead.") % settings().ahead_hours
        return Start(begins=now, problem=told)
    if begins <= now:
        # Whoever took a while to fill in the form begins now.
        return Start(begins=now)
    return Start(begins=begins, later=True)
