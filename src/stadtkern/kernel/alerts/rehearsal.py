"""What a rule would have done: its condition over history, without any effect."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import conditions, subjects
from stadtkern.kernel.alerts.conditions import Episode, Span, series
from stadtkern.kernel.alerts.models import Rule

PATIENCE = "20s"
DAYS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Rehearsal:
    """The alerts that would have been, and what history cannot tell. None: it tells nothing."""

    start: datetime
    end: datetime
    subjects: int
    episodes: Sequence[Episode] | None
    untold: Sequence[str]

    @property
    def concerned(self) -> int:
        """How many subjects would have had one."""
        return len({one.subject for one in self.episodes or ()})

    @property
    def total(self) -> timedelta:
        """How long all of them together would have stood."""
        return sum((self.length(one) for one in self.episodes or ()), timedelta())

    def length(self, episode: Episode) -> timedelta:
        """How long one would have stood."""
        return (episode.ended or self.end) - (episode.fired or episode.since)

    @property
    def days(self) -> list[tuple[date, int]]:
        """How many would have begun on each day of the city's calendar."""
        first, last = (timezone.localdate(x) for x in (self.start, self.end))
        begun = Counter(timezone.localdate(e.fired) for e in self.episodes or () if e.fired)
        every = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [(day, begun[day]) for day in every]


def rehearse(rule: Rule, days: int = DAYS) -> Rehearsal:
    """The last days of a rule that need not be saved.

    Raises ValueError: the condition cannot be read.
    """
    now = clock.now()
    condition = conditions.read(rule.kind, rule.condition, rule.about)
    whom = subjects.of(rule)
    span = Span(subjects=whom, start=now - timedelta(days=days), end=now)
    untold = list(_untold(rule, span))
    episodes: list[Episode] | None
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local statement_timeout = '{PATIENCE}'")
            episodes = condition.rehearse(span)
    except OperationalError:
        episodes = None
        untold = [_("There are too many values to go through. Choose fewer subjects.")]
    if episodes is None and not untold:
        untold = [_("There are too many messages to go through. Choose fewer subjects.")]
    return Rehearsal(
        start=span.start, end=span.end, subjects=subjects.count(rule), episodes=episodes,
        untold=untold,
    )  # fmt: skip


def _untold(rule: Rule, span: Span) -> list[str]:
    """What history cannot tell of this kind of condition."""
    found = {
        "silence": [
            _("Each one's rhythm is that of today; what was usual then is not kept."),
        ],
        "battery": [_("Only the last value of each day is kept, and no forecast of the past.")],
        "clock": [_("Only one value for each day is kept.")],
        "frames": [_("Days are judged one by one; the rule itself looks at seven together.")],
        "decoding": [_("Days are judged one by one, and by midnight each is over.")],
    }.get(rule.kind, [])
    if rule.about == "gateway" and rule.kind == "silence":
        found.append(_("Of gateways the hours are kept: silences below an hour are not seen."))
    if rule.kind in ("threshold", "rate") and series.counted(span) > series.MANY:
        found.append(_("There are so many values that the means of hours were taken."))
    return [
        *found,
        _("Maintenance of the past, and who would have taken an alert on, play no part in it."),
    ]
