"""Tariffs in plain words: what the sign would say, and what holds now."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel.payments.words import euros
from stadtkern.systems.parking_tickets.logic import calendar
from stadtkern.systems.parking_tickets.logic.tariffs import DAYS, Rules, Step, Window
from stadtkern.systems.parking_tickets.logic.tariffs.spans import DAY, spans, whole

DAY_NAMES: Final[dict[str, str | Promise]] = {
    "Mo": gettext_lazy("Mon"), "Tu": gettext_lazy("Tue"), "We": gettext_lazy("Wed"),
    "Th": gettext_lazy("Thu"), "Fr": gettext_lazy("Fri"), "Sa": gettext_lazy("Sat"),
    "Su": gettext_lazy("Sun"), "PH": gettext_lazy("public holidays"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """What holds now: a price or nothing, and until when (None: for long)."""

    charged: bool
    text: str
    short: str
    until: datetime | None


def sentences(rules: Rules) -> list[str]:
    """The tariff, a sentence for each rule."""
    found = [f"{days(one)} {hours(one)}: {price(one)}" for one in rules.windows]
    if not rules.windows:
        found.append(_("Parking costs nothing here."))
    else:
        found.append(_("At other times parking costs nothing."))
    if rules.free_minutes:
        found.append(_("The first %s minutes are free.") % rules.free_minutes)
    if rules.longest_minutes is not None:
        found.append(_("Longest stay: %s.") % span(rules.longest_minutes))
    if rules.least_cents:
        found.append(_("At least %s.") % euros(rules.least_cents))
    if rules.most_day_cents is not None:
        found.append(_("At most %s a day.") % euros(rules.most_day_cents))
    return [*found, minute(rules), *_vehicles(rules)]


def days(window: Window) -> str:
    """`Mon–Sat, public holidays`."""
    week = [DAYS.index(one) for one in window.days if one != "PH"]
    found = _runs(sorted(week))
    if "PH" in window.days:
        found.append(str(DAY_NAMES["PH"]))
    return ", ".join(found)


def _runs(week: list[int]) -> list[str]:
    found: list[list[int]] = []
    for day in week:
        if found and found[-1][-1] == day - 1:
            found[-1].append(day)
        else:
            found.append([day])
    names = [[str(DAY_NAMES[DAYS[one]]) for one in run] for run in found]
    return [name for run in names for name in ([f"{run[0]}–{run[-1]}"] if len(run) > 2 else run)]


def hours(window: Window) -> str:
    """`09:00–18:00`."""
    return f"{window.begins}–{window.ends}"


def price(window: Window) -> str:
    """Its steps, and the most for one such window."""
    if len(window.steps) == 1:
        text = rate(window.steps[0])
    else:
        text = ", ".join(_step(one, last=one is window.steps[-1]) for one in window.steps)
    if window.most_cents is not None:
        text += " " + _("(at most %s)") % euros(window.most_cents)
    return text


def _step(step: Step, *, last: bool) -> str:
    if last:
        return _("then %s") % rate(step)
    said = _("%(span)s for %(rate)s")
    return said % {"span": span(step.minutes or 0), "rate": rate(step)}


def rate(step: Step) -> str:
    """`1,50 € an hour`, or for what the sign says."""
    if not step.cents:
        return _("free")
    if step.per_minutes == 60:
        return _("%s an hour") % euros(step.cents)
    said = _("%(money)s for %(minutes)s minutes")
    return said % {"money": euros(step.cents), "minutes": step.per_minutes}


def span(minutes: int) -> str:
    """`45 minutes`, `2 hours`."""
    if minutes % 60 == 0:
        count = minutes // 60
        return _("1 hour") if count == 1 else _("%s hours") % count
    return _("%s minutes") % minutes


def minute(rules: Rules) -> str:
    """How the last minute counts."""
    return {
        "exact": _("Billed to the second."),
        "begun": _("Billed by the minute; a minute begun counts."),
        "ended": _("Billed by the minute; only full minutes count."),
    }[rules.minute]


def _vehicles(rules: Rules) -> list[str]:
    from stadtkern.systems.parking_tickets.logic.quoting import VEHICLES  # noqa: PLC0415  a circle

    found = []
    for slug, one in rules.vehicles.items():
        share = _("free") if not one.per_mille else f"{one.per_mille / 10:g} %"
        text = f"{VEHICLES.get(slug, slug)}: {share}"
        if one.until is not None:
            text += " " + _("until %s") % formats.date_format(one.until, "SHORT_DATE_FORMAT")
        found.append(text)
    return found


def present(rules: Rules, at: datetime) -> Present:
    """What an hour costs at this instant, and until when that holds."""
    first, there = whole(at), calendar.of_city()
    found = list(spans(rules, first, first + 7 * DAY, there))
    now = found[0] if found else None
    change = next((one.begins for one in found if now and one.window != now.window), None)
    if now is None or now.window is None:
        return Present(charged=False, text=_free(change), short=_("free"), until=change)
    step = rules.windows[now.window].steps[-1]
    hour = Fraction(step.cents * 60, step.per_minutes)
    short = euros(int(hour + Fraction(1, 2)))
    return Present(charged=True, short=short, text=_("now %s an hour") % short, until=change)


def _free(change: datetime | None) -> str:
    if change is None:
        return _("now free")
    at = calendar.local(change)
    return _("now free, costs again from %s") % f"{formats.date_format(at, 'D')} {at:%H:%M}"
