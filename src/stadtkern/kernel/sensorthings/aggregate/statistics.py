"""The figures that `$aggregate` can ask for, as a closed table."""

import re
from dataclasses import dataclass

from stadtkern.kernel.sensorthings.problem import Problem

MOST = 20
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,3})?)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Statistic:
    """One figure: its SQL over observations, and over rollups where these know enough.

    `share` is reckoned from the count; a percentile's SQL takes its fraction as {p}.
    """

    name: str
    raw: str
    rolled: str = ""
    fraction: float | None = None


COUNT = Statistic(name="count", raw="count(*)", rolled="sum(n)::bigint")
_KNOWN = {
    one.name: one
    for one in (
        COUNT,
        Statistic(name="mean", raw="avg(value)", rolled="sum(sum) / sum(n)"),
        Statistic(name="min", raw="min(value)", rolled="min(min)"),
        Statistic(name="max", raw="max(value)", rolled="max(max)"),
        Statistic(name="sum", raw="sum(value)", rolled="sum(sum)"),
        Statistic(name="stddev", raw="stddev_samp(value)"),
        Statistic(name="first", raw="(array_agg(value order by at, id))[1]"),
        Statistic(name="last", raw="(array_agg(value order by at desc, id desc))[1]"),
        Statistic(name="share", raw="null::float8", rolled="null::float8"),
    )
}
NAMES = (*_KNOWN, "p1 to p99, also p99.9")
USUAL = ("count", "mean", "min", "max")


def statistics(text: str) -> tuple[Statistic, ...]:
    """The figures of `mean,min,p95`, in this order.

    Raises Problem (400): unknown, doubled or too many.
    """
    names = [name.strip() for name in text.split(",")]
    if len(names) > MOST:
        raise Problem(400, f"$aggregate: at most {MOST} figures in one request")
    if len(set(names)) < len(names):
        raise Problem(400, "$aggregate: a figure is asked for twice")
    return tuple(_one(name) for name in names)


def _one(name: str) -> Statistic:
    if name in _KNOWN:
        return _KNOWN[name]
    if (found := _PERCENTILE.fullmatch(name)) and float(found[1]) > 0:
        raw = "percentile_cont({p}) within group (order by value)"
        return Statistic(name=name, raw=raw, fraction=float(found[1]) / 100)
    raise Problem(400, f"$aggregate: there is no '{name[:40]}'; known are {', '.join(NAMES)}")
