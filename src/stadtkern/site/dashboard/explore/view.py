"""What the explorer shows, read from its address, which is the link to share."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, get_args
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import clock, registry
from stadtkern.kernel.things.buckets import Back
from stadtkern.kernel.things.models import Datastream, DatastreamQuerySet
from stadtkern.site.dashboard import history, readings, sampled
from stadtkern.site.dashboard.history import Period
from stadtkern.site.dashboard.sampled import STEPS, Show, Wanted

MOST = 8
UNITS = 2
VIEWS = ("chart", "profile", "table")
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class View:
    """Series, period, steps and comparison. `problems` says what of the address was left out."""

    streams: tuple[Datastream, ...]
    period: Period
    step: str = ""
    show: Show = "mean"
    compare: str = ""
    view: str = "chart"
    problems: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict)

    @property
    def back(self) -> Back | None:
        """How far back the comparison lies."""
        return sampled.back(self.compare, self.period.start, self.period.end, STEPS.get(self.step))

    def wanted(self, points: int) -> Wanted:
        """What to read of the store."""
        return Wanted(start=self.period.start, end=self.period.end, points=points,
                      step=STEPS.get(self.step), show=self.show, back=self.back)  # fmt: skip

    def query(self, **changes: Any) -> str:
        """The address of this view, with changes; an empty one is left out."""
        ids = ",".join(str(one.pk) for one in self.streams)
        said = {"s": ids, **self.words, "step": self.step, "compare": self.compare,
                "show": "" if self.show == "mean" else self.show,
                "view": "" if self.view == "chart" else self.view, **changes}  # fmt: skip
        return urlencode({name: one for name, one in said.items() if one}, safe=",:")

    def without(self, stream: Datastream) -> str:
        """The same without one of its series."""
        return self.query(s=",".join(str(one.pk) for one in self.streams if one != stream))

    def plus(self, number: int) -> str:
        """The same with one more series."""
        return self.query(s=",".join([*(str(one.pk) for one in self.streams), str(number)]))


def read(query: QueryDict) -> View:
    """The view of this address; what makes no sense is left out, and said."""
    given = numbers(query)
    found = seen().in_bulk(given[: 4 * MOST])
    known = [found[number] for number in given if number in found]
    streams, problems = _fitting(known)
    if len(known) < len(given):
        problems.insert(0, _("A series of this link does not exist any more, or is not public."))
    period = _period(query, streams)
    if period.problem:
        problems.append(period.problem)
    show = query.get("show", "mean")
    view = View(
        streams=tuple(streams),
        period=period,
        step=query.get("step", "") if query.get("step") in STEPS else "",
        show=show if show in get_args(Show) else "mean",  # type: ignore[arg-type]
        compare=query.get("compare", "") if query.get("compare") in ("before", "year") else "",
        view=query.get("view", "") if query.get("view") in VIEWS else "chart",
        words=_when(query, period),
    )
    return _sensible(view, problems)


def numbers(query: QueryDict) -> list[int]:
    """The datastreams that an address names, as `s=1,2` or `s=1&s=2`."""
    parts = [part for given in query.getlist("s")[:50] for part in given.split(",")]
    good = (one for one in parts if one.isascii() and one.isdecimal() and len(one) <= 18)
    return list(dict.fromkeys(int(part) for part in good))


def seen() -> DatastreamQuerySet:
    """Public datastreams, without those of systems that are off."""
    off = Q()
    for system in registry.installed():
        if not registry.is_on(system.slug):
            off |= Q(thing__kind__startswith=f"{system.slug}.")
    found = Datastream.objects.public().to_show().select_related("thing__place__parent")
    return found.exclude(off) if off else found


def _fitting(known: Sequence[Datastream]) -> tuple[list[Datastream], list[str]]:
    """As many as a chart can show, of as many units as it has axes."""
    problems: list[str] = []
    units = list(dict.fromkeys(readings.unit(one) for one in known))
    chosen = [one for one in known if readings.unit(one) in units[:UNITS]]
    if len(chosen) < len(known):
        problems.append(_("A chart has room for two units. Series of a third one are left out."))
    if len(chosen) > MOST:
        said = ngettext(
            "A chart shows one series.", "A chart shows at most %(count)d series.", MOST
        )
        problems.append(said % {"count": MOST})
    return chosen[:MOST], problems


def _period(query: QueryDict, streams: Sequence[Datastream]) -> Period:
    latest = [one.latest for one in streams if hasattr(one, "latest")]
    newest = max((one.at for one in latest), default=None)
    if query.get("range") == "all" and latest and not (query.get("from") or query.get("to")):
        start, now = min(one.first_at for one in latest), clock.now()
        end = now if newest is None or newest > now - 2 * history.RANGES["day"][1] else newest
        return Period(slug="all", start=start, end=max(end, start) + SECOND)
    given = query.copy()
    given.setdefault("range", "week")
    return history.period(given, newest)


def _when(query: QueryDict, period: Period) -> dict[str, str]:
    if period.slug == "own":
        return {"from": query.get("from", ""), "to": query.get("to", "")}
    return {"range": period.slug}


def _sensible(view: View, problems: list[str]) -> View:
    """Without steps that would be more than can be read."""
    step = STEPS.get(view.step)
    length: timedelta = view.period.end - view.period.start
    if step and length / step.size > sampled.MOST_STEPS:
        problems.append(_("These are too many steps. Please choose longer ones."))
        view = replace(view, step="")
    return replace(view, problems=tuple(problems))
