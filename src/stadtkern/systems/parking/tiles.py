"""What the dashboard foresees of parking: the next full hour, all car parks together."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.contract import Reading
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.logic.forecast import read
from stadtkern.systems.parking.logic.forecast.read import Ahead

HOUR = timedelta(hours=1)
# A quarter of an hour before the hour the one after it says more.
SOON = timedelta(minutes=15)


def ahead_tile() -> Reading | None:
    """None where nothing is foreseen for then.

    The ends of the bands are added up: that is wider than the band of the sum, never narrower.
    """
    every, at = logic.sites(), next_hour(clock.now())
    found = read.outlooks([one.facts.pk for one in every])
    told = [(one.row.made, step) for one in found.values() if (step := one.ahead(at)) is not None]
    if not told:
        return None
    return Reading(
        value=figure(sum(step.free for _made, step in told)),
        unit=_("at %(time)s") % {"time": formats.date_format(timezone.localtime(at), "H:i")},
        source=_("Forecast of the city, from its own counts"),
        at=min(made for made, _step in told), stale=False,
        detail=_detail([step for _made, step in told], len(every)),
        url=reverse("parking:home"),
    )  # fmt: skip


def _detail(steps: Sequence[Ahead], of: int) -> str:
    figures = {"free": figure(sum(one.free for one in steps)),
               "low": figure(sum(one.low for one in steps)),
               "high": figure(sum(one.high for one in steps)),
               "n": figure(len(steps)), "of": figure(of)}  # fmt: skip
    if len(steps) == of:
        return _("about %(free)s, likely %(low)s to %(high)s") % figures
    return _("about %(free)s, likely %(low)s to %(high)s; %(n)s of %(of)s car parks") % figures


def next_hour(now: datetime) -> datetime:
    """The next full hour that is not just about to come, also where the clocks change in it."""
    at = now + SOON
    here = timezone.localtime(at)
    past = timedelta(minutes=here.minute, seconds=here.second, microseconds=here.microsecond)
    return at - past + HOUR if past else at
