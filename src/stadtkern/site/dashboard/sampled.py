"""Series as charts, tables and files show them: steps, sums, and an earlier period beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from stadtkern.kernel.things import series
from stadtkern.kernel.things.buckets import Back, Step
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.series import Line, Series
from stadtkern.site.dashboard.history import Unclear

Show = Literal["mean", "min", "max", "sum", "count"]
Values = tuple[float | None, ...]

STEPS: dict[str, Step] = {
    "hour": Step(unit="hour"), "day": Step(unit="day"), "week": Step(unit="day", count=7),
    "month": Step(unit="month"),
}  # fmt: skip
SHOWN: dict[Show, str | Promise] = {
    "mean": _("mean"),
    "min": _("lowest"),
    "max": _("highest"),
    "sum": _("sum"),
    "count": _("number of values"),
}
TAKEN: dict[Show, Callable[[float, float, float, int], float]] = {
    "mean": lambda mean, low, high, n: mean,
    "min": lambda mean, low, high, n: low,
    "max": lambda mean, low, high, n: high,
    "sum": lambda mean, low, high, n: mean * n,
    "count": lambda mean, low, high, n: n,
}
MOST_STEPS = 20_000
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A period, how finely, which figure of each step, and how far back a second period lies."""

    start: datetime
    end: datetime
    points: int = 2000
    step: Step | None = None
    show: Show = "mean"
    back: Back | None = None


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One line: a datastream, or the same datastream earlier. Low and high belong to a mean."""

    stream: Datastream
    line: Line
    values: Values
    low: Values
    high: Values
    earlier: bool = False


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """Lines on one time axis."""

    found: Series
    samples: tuple[Sample, ...]
    show: Show

    @property
    def raw(self) -> bool:
        """Whether these are observations as they came."""
        return self.found.step.unit == "raw"


def sample(streams: Sequence[Datastream], wanted: Wanted) -> Sampled:
    """These datastreams as wanted; those of the earlier period follow those of this one.

    Raises Unclear where there would be more steps than anybody can read.
    """
    ids = [stream.pk for stream in streams]
    found = _found(ids, wanted)
    samples = [_sample(stream, line, wanted.show, found)
               for stream, line in zip(streams, found.lines, strict=True)]  # fmt: skip
    if wanted.back:
        then = series.before(found, wanted.back)
        samples += [_sample(stream, line, wanted.show, then, earlier=True)
                    for stream, line in zip(streams, then.lines, strict=True)]  # fmt: skip
    return Sampled(found=found, samples=tuple(samples), show=wanted.show)


def _found(ids: Sequence[int], wanted: Wanted) -> Series:
    step = wanted.step
    if step is None:
        plain = wanted.back is None and wanted.show == "mean"
        ask = series.series if plain else series.thinned
        return ask(ids, wanted.start, wanted.end, wanted.points)
    if (wanted.end - wanted.start) / step.size > MOST_STEPS:
        raise Unclear(str(_("These are too many steps. Please choose longer ones.")))
    return series.in_steps(ids, wanted.start, wanted.end, step)


def _sample(
    stream: Datastream, line: Line, show: Show, found: Series, *, earlier: bool = False
) -> Sample:
    if show == "mean":
        banded = found.step.unit != "raw"
        return Sample(stream=stream, line=line, values=line.mean, low=line.low if banded else (),
                      high=line.high if banded else (), earlier=earlier)  # fmt: skip
    rows = zip(line.mean, line.low, line.high, line.n, strict=True)
    values = tuple(_taken(show, *row) for row in rows)
    return Sample(stream=stream, line=line, values=values, low=(), high=(), earlier=earlier)


def _taken(
    show: Show, mean: float | None, low: float | None, high: float | None, n: int
) -> float | None:
    if mean is None or low is None or high is None:
        return None
    return TAKEN[show](mean, low, high, n)


def back(kind: str, start: datetime, end: datetime, step: Step | None) -> Back | None:
    """How far back `before` (the period before this one) or `year` (a year earlier) lies.

    A year has 52 weeks, so that Mondays meet Mondays, and weeks stay whole; months are compared
    with months.
    """
    if kind not in ("before", "year"):
        return None
    if step is not None and step.unit == "month":
        # Months as long as 30.44 days: the whole ones that the period spans.
        months = max(1, round((end - start) / DAY / 30.44))
        return Back(months=12 if kind == "year" else months)
    days = max(1, ceil((end - start) / DAY - 0.05)) if kind == "before" else 364
    weekly = step is not None and step.unit == "day" and step.count % 7 == 0
    return Back(days=-(-days // 7) * 7 if weekly else days)


def back_words(lies: Back) -> str:
    """How far back that is."""
    if lies.months:
        said = ngettext("%(count)d month earlier", "%(count)d months earlier", lies.months)
        return said % {"count": lies.months}
    if lies.days % 7 == 0:
        weeks = lies.days // 7
        return ngettext("%(count)d week earlier", "%(count)d weeks earlier", weeks) % {
            "count": weeks
        }
    return ngettext("%(count)d day earlier", "%(count)d days earlier", lies.days) % {
        "count": lies.days
    }


def parse_back(text: str) -> Back | None:
    """`7d` or `12m` of an address. Raises Unclear for anything else."""
    if not text:
        return None
    number, unit = text[:-1], text[-1]
    if not (number.isascii() and number.isdecimal() and len(number) <= 4 and unit in "dm"):
        raise Unclear("How far back is a number of days or months: back=7d or back=12m.")
    return Back(days=int(number)) if unit == "d" else Back(months=int(number))


def say_back(lies: Back) -> str:
    """The same for an address."""
    return f"{lies.months}m" if lies.months else f"{lies.days}d"
