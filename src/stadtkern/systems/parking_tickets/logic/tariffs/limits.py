"""How long somebody may stay, when charging begins, and when it ends for the day."""

from datetime import datetime, timedelta
from typing import Final

from stadtkern.systems.parking_tickets.logic.tariffs.rules import Rules
from stadtkern.systems.parking_tickets.logic.tariffs.spans import Calendar, spans, whole

# No right lasts longer, whatever the tariff says.
HORIZON: Final = timedelta(days=31)


def latest(rules: Rules, begins: datetime, calendar: Calendar, *, before: int = 0) -> datetime:
    """The last end that the tariff allows for a right from `begins` on.

    The longest stay counts seconds within charging hours, with the `before` ones. Where a tariff
    ends with its hours, that is when charging begins again after them.
    """
    first = whole(begins)
    room = None if rules.longest_minutes is None else rules.longest_minutes * 60 - before
    used, charged, over = 0, False, False
    for span in spans(rules, first, first + HORIZON, calendar):
        if span.window is None:
            over = charged
            continue
        if over and rules.after_hours == "end":
            return span.begins
        if room is not None and used + span.seconds > room:
            return span.begins + timedelta(seconds=max(0, room - used))
        used, charged = used + span.seconds, True
    return first + HORIZON


def opens(rules: Rules, begins: datetime, calendar: Calendar) -> datetime | None:
    """The first instant from `begins` on that costs; None: none within a month."""
    first = whole(begins)
    for span in spans(rules, first, first + HORIZON, calendar):
        if span.window is not None:
            return span.begins
    return None


def hours_end(rules: Rules, begins: datetime, calendar: Calendar) -> datetime | None:
    """When the charging hours end that hold at `begins` or come next; None: they do not."""
    first, charged = whole(begins), False
    for span in spans(rules, first, first + HORIZON, calendar):
        if span.window is None and charged:
            return span.begins
        charged = charged or span.window is not None
    return None
