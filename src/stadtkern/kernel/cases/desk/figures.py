"""How a city does with its cases, by service: counts and durations, never by clerk.

Everything comes from columns and codes that stay when the personal part of a case is erased.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import quantiles
from typing import Any, Final

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from stadtkern.kernel import clock
from stadtkern.kernel.cases.desk import breaks, looking
from stadtkern.kernel.cases.models import Case, StatusEvent
from stadtkern.kernel.cases.models.case import OPEN

# A duration is said only where so many cases have one: fewer would tell of single people.
FEWEST: Final = 3
NOT_SENT: Final = ("draft", "co_sign", "payment", "expired")
FIRST_LOOK: Final = ("desk.assigned", looking.FIRST)
DAY: Final = 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """Durations in days: the middle one, and what nine of ten keep; None where too few."""

    median: float | None = None
    nine_of_ten: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """One service, or all of them. `incoming` and `decided` are of the period, the rest of it too.

    `digital` is the share of cases sent online in which nothing was printed, scanned or typed
    again; `queries` how many questions a case took on average.
    """

    title: str
    incoming: int = 0
    decided: int = 0
    withdrawn: int = 0
    open: int = 0
    overdue: int = 0
    first_look: Days = Days()
    decision: Days = Days()
    digital: float | None = None
    queries: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DropOff:
    """Of one form: drafts begun in the period, how many were sent, and where the others stopped."""

    title: str
    begun: int
    sent: int
    stopped: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class _Sums:
    title: str
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    looks: list[float] = field(default_factory=list)
    decisions: list[float] = field(default_factory=list)


def figures(rows: QuerySet[Case], first: datetime, last: datetime) -> list[Figures]:
    """By service, all of them first; `rows` are the cases that may be counted. One statement."""
    groups: dict[str, _Sums] = {"": _Sums("")}
    for row in _rows(rows, first, last):
        title = row["service__title"] or row["version__form__title"]
        for name in ("", title):
            _count(groups.setdefault(name, _Sums(name)), row, first, last)
    total, *others = (groups[name] for name in groups)
    others.sort(key=lambda one: (-one.counts["incoming"], one.title))
    return [_figures(one) for one in (total, *others)]


def _rows(rows: QuerySet[Case], first: datetime, last: datetime) -> Iterable[Any]:
    """What is counted of each case that was sent, decided or open in the period."""
    events = StatusEvent.objects.filter(case=OuterRef("pk")).order_by()
    broken = events.filter(code=breaks.CODE).values("case").annotate(n=Count("pk")).values("n")
    asked = events.filter(code="request.asked").values("case").annotate(n=Count("pk")).values("n")
    looked = events.filter(code__in=FIRST_LOOK).values("case").annotate(at=Min("at")).values("at")
    wanted = rows.exclude(submitted=None).filter(
        Q(submitted__gte=first, submitted__lt=last) | Q(state__in=OPEN)
        | Q(decided__gte=first, decided__lt=last) | Q(ended__gte=first, ended__lt=last)
    )  # fmt: skip
    return (
        wanted.order_by()
        .annotate(
            broken=Coalesce(Subquery(broken), 0), asked=Coalesce(Subquery(asked), 0),
            looked=Subquery(looked),
        )
        .values("service__title", "version__form__title", "state", "channel", "submitted",
                "decided", "ended", "due", "broken", "asked", "looked")
        .iterator(chunk_size=2000)
    )  # fmt: skip


def _count(to: _Sums, row: dict[str, Any], first: datetime, last: datetime) -> None:
    sent, decided = row["submitted"], row["decided"]
    is_open = row["state"] in OPEN
    to.counts["open"] += is_open
    to.counts["overdue"] += bool(is_open and row["due"] and row["due"] < clock.now())
    if first <= sent < last:
        to.counts["incoming"] += 1
        to.counts["asked"] += row["asked"]
        to.counts["digital"] += row["channel"] == "online" and not row["broken"]
        if row["looked"]:
            to.looks.append((row["looked"] - sent).total_seconds() / DAY)
    if decided and first <= decided < last:
        to.counts["decided"] += 1
        to.decisions.append((decided - sent).total_seconds() / DAY)
    if row["state"] == "withdrawn" and row["ended"] and first <= row["ended"] < last:
        to.counts["withdrawn"] += 1


def _figures(of: _Sums) -> Figures:
    counts, incoming = of.counts, of.counts["incoming"]
    return Figures(
        title=of.title, incoming=incoming, decided=counts["decided"], open=counts["open"],
        withdrawn=counts["withdrawn"], overdue=counts["overdue"], first_look=_days(of.looks),
        decision=_days(of.decisions), digital=counts["digital"] / incoming if incoming else None,
        queries=counts["asked"] / incoming if incoming else None,
    )  # fmt: skip


def _days(found: Sequence[float]) -> Days:
    if len(found) < FEWEST:
        return Days()
    tenths = quantiles(found, n=10, method="inclusive")
    return Days(median=round(tenths[4], 1), nine_of_ten=round(tenths[8], 1))


def drop_offs(rows: QuerySet[Case], first: datetime, last: datetime) -> list[DropOff]:
    """By form: where drafts begun in the period stopped; counts only, two statements at most.

    `rows` are all cases, drafts among them, that may be counted.
    """
    begun = rows.filter(created__gte=first, created__lt=last).order_by()
    told = begun.values("version__form__title").annotate(
        all=Count("pk"), sent=Count("pk", filter=Q(submitted__isnull=False))
    )
    stopped: dict[str, list[tuple[str, int]]] = defaultdict(list)
    unsent = begun.filter(submitted=None).values_list("version__form__title", "step")
    for title, step, number in unsent.annotate(n=Count("pk")).order_by("-n", "step"):
        stopped[title].append((step, number))
    return [
        DropOff(title=row["version__form__title"], begun=row["all"], sent=row["sent"],
                stopped=tuple(stopped[row["version__form__title"]]))
        for row in sorted(told, key=lambda row: -row["all"])
    ]  # fmt: skip


def day_begins(day: date, zone: Any) -> datetime:
    """Midnight of a day in the city's zone."""
    return datetime.combine(day, datetime.min.time(), zone)
