"""Which weeks are compared: whole ones before the measure, and whole ones since."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.effects.models import Analysis, Intervention
from stadtkern.kernel.effects.weekly import WEEK, monday, mondays
from stadtkern.kernel.things.series import city_zone


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Mondays; the first `before` and the last `after` of them are compared."""

    weeks: list[date]
    before: int
    after: int


def today() -> date:
    """The day in the city."""
    return timezone.localtime(clock.now(), city_zone()).date()


def window(one: Intervention, purpose: str, now: date | None = None) -> Window:
    """The weeks of an analysis; the week in which the measure began is left out if it was cut."""
    this_week = monday(now or today())
    last_before = monday(one.begins - timedelta(days=7))
    if purpose == Analysis.PLAN:
        last = min(last_before, this_week - WEEK)
        weeks = mondays(last - (one.weeks_before - 1) * WEEK, one.weeks_before)
        return Window(weeks=weeks, before=one.weeks_before, after=0)
    first_after = one.begins if one.begins.weekday() == 0 else monday(one.begins) + WEEK
    after = [
        week
        for week in mondays(first_after, one.weeks_after)
        if week < this_week and (one.ends is None or week + timedelta(days=6) <= one.ends)
    ]
    start = last_before - (one.weeks_before - 1) * WEEK
    cut = [] if first_after == last_before + WEEK else [last_before + WEEK]
    weeks = [*mondays(start, one.weeks_before), *(cut if after else []), *after]
    return Window(weeks=weeks, before=one.weeks_before, after=len(after))
