"""When an office is open, in the few lines that people read, and for programs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel.bookings.models import Rule
from stadtkern.systems.appointments.logic.times import today
from stadtkern.systems.appointments.models import Office

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A weekday with its hours; where they hold in some weeks only, that is said."""

    day: str
    hours: tuple[str, ...]


def weekday(number: int) -> str:
    """The name of an ISO weekday."""
    return str(WEEKDAYS[number - 1])


def rules_of(office: Office, day: date | None = None) -> list[Rule]:
    """The rules that hold on a day or later."""
    rows = Rule.objects.filter(calendar=office.resource.calendar_id).order_by("begins", "pk")
    return list(rows.exclude(valid_until__lt=day or today()))


def lines(rules: Iterable[Rule]) -> list[Line]:
    """One line per weekday that has hours."""
    found: dict[int, list[str]] = defaultdict(list)
    for rule in rules:
        for number in rule.weekdays:
            found[number].append(" ".join(part for part in (span(rule), rhythm(rule)) if part))
    return [Line(day=weekday(n), hours=tuple(dict.fromkeys(found[n]))) for n in sorted(found)]


def span(rule: Rule) -> str:
    """`08:00–16:00`."""
    return f"{rule.begins:%H:%M}–{_end(rule.ends)}"


def _end(ends: time) -> str:
    return "24:00" if ends == time(0) else f"{ends:%H:%M}"


def rhythm(rule: Rule) -> str:
    """In which weeks a rule holds, in words; nothing where it is all of them."""
    said = []
    if rule.week_of_month == 5:
        said.append(_("last of the month"))
    elif rule.week_of_month:
        said.append(_("%(number)s. of the month") % {"number": rule.week_of_month})
    if rule.every_weeks > 1:
        said.append(
            ngettext("every %(n)s week", "every %(n)s weeks", rule.every_weeks)
            % {"n": rule.every_weeks}
        )
    return f"({', '.join(said)})" if said else ""


def for_programs(rules: Iterable[Rule]) -> str:
    """As OpenStreetMap's `opening_hours` writes them: `Mo,Tu 08:00-16:00; Fr[-1] 14:00-17:00`.

    Rules of every so many weeks have no notation there and are left out.
    """
    said = []
    for rule in rules:
        if rule.every_weeks > 1:
            continue
        nth = {None: "", 5: "[-1]"}.get(rule.week_of_month, f"[{rule.week_of_month}]")
        days = ",".join(f"{DAYS[number - 1]}{nth}" for number in rule.weekdays)
        said.append(f"{days} {rule.begins:%H:%M}-{_end(rule.ends)}")
    return "; ".join(dict.fromkeys(said))
