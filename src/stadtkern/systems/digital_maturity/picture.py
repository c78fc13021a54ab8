"""The overall picture: how many services and cases stand at which level, and what holds them down.

Levels are ranks, not quantities, so nothing here is a mean of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import Service
from stadtkern.systems.digital_maturity import scoring
from stadtkern.systems.digital_maturity.definition import Definition
from stadtkern.systems.digital_maturity.models import Assessment, MaturityModel


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One service as it stands; `level` None: not measured. `yearly` None: cases not known."""

    number: int
    slug: str
    title: str
    title_en: str
    department: int | None
    office: str
    office_en: str
    yearly: int | None
    level: int | None = None
    scores: Mapping[int, int | None] = field(default_factory=dict)
    completed: datetime | None = None
    stale: bool = False
    gateway: bool | None = None
    invented: bool = False
    assessment: int = 0
    top: int | None = None

    @property
    def blocking(self) -> tuple[int, ...]:
        """The criteria that hold it down; none where it has reached the top."""
        return () if self.level == self.top else scoring.blocking(self.scores)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One level of a distribution: services, their cases a year, and the shares of both."""

    level: int | None
    services: int
    cases: int
    share: float
    case_share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """Services by level, weighted by number and by cases; `unknown` have no number of cases."""

    bars: tuple[Bar, ...]
    services: int
    measured: int
    cases: int
    unknown: int

    def reached(self, level: int) -> tuple[int, int]:
        """Services and cases at this level or above."""
        found = [one for one in self.bars if one.level is not None and one.level >= level]
        return sum(one.services for one in found), sum(one.cases for one in found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bottleneck:
    """What one criterion does: how many it holds down, and what lifting it alone would bring."""

    criterion: int
    services: int
    cases: int
    rises: int
    rising_cases: int
    conforms: int
    conforming_cases: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """Criteria that keep the same services from conformity together."""

    criteria: tuple[int, ...]
    services: int
    cases: int
    examples: tuple[str, ...]


def standings(model: MaturityModel, at: datetime | None = None) -> list[Standing]:
    """Every active service with its level, now or at an instant; two statements."""
    rows = Assessment.objects.filter(scale=model.slug, model__version=model.version)
    if at is None:
        rows = rows.complete()
    else:
        rows = rows.filter(Q(superseded=None) | Q(superseded__gt=at), completed__lte=at)
    found = {one["service_id"]: one for one in rows.values(
        "pk", "service_id", "level", "scores", "completed", "stale_since", "gateway", "invented",
        "model_id",
    ).order_by("completed")}  # fmt: skip
    services = Service.objects.filter(active=True).values(
        "pk", "slug", "title", "title_en", "yearly", "department_id", "department__title",
        "department__title_en",
    ).order_by("title")  # fmt: skip
    return [_standing(one, found.get(one["pk"]), model) for one in services]


def _standing(
    one: Mapping[str, object], row: Mapping[str, object] | None, model: MaturityModel
) -> Standing:
    told = {
        "number": one["pk"], "slug": one["slug"], "title": one["title"],
        "title_en": one["title_en"], "department": one["department_id"],
        "office": one["department__title"] or "", "yearly": one["yearly"],
        "office_en": one["department__title_en"] or one["department__title"] or "",
    }  # fmt: skip
    if row is not None:
        scores: Mapping[str, int | None] = row["scores"]  # type: ignore[assignment]
        told |= {
            "level": row["level"], "scores": {int(no): level for no, level in scores.items()},
            "completed": row["completed"],
            # By an earlier revision of the model counts as what has to be looked at again.
            "stale": row["stale_since"] is not None or row["model_id"] != model.pk,
            "gateway": row["gateway"], "invented": row["invented"], "assessment": row["pk"],
            "top": max(level["number"] for level in model.definition["levels"]),
        }  # fmt: skip
    return Standing(**told)  # type: ignore[arg-type]


def distribution(rows: Sequence[Standing], definition: Definition) -> Distribution:
    """How many services, and how many cases a year, stand at each level."""
    levels: list[int | None] = [one.number for one in definition.levels]
    numbers = Counter(one.level for one in rows)
    cases: Counter[int | None] = Counter()
    for one in rows:
        cases[one.level] += one.yearly or 0
    total = sum(cases.values())
    bars = tuple(
        Bar(level=level, services=numbers[level], cases=cases[level],
            share=numbers[level] / len(rows) if rows else 0.0,
            case_share=cases[level] / total if total else 0.0)
        for level in [*levels, *([None] if numbers[None] else [])]
    )  # fmt: skip
    return Distribution(bars=bars, services=len(rows), measured=len(rows) - numbers[None],
                        cases=total, unknown=sum(one.yearly is None for one in rows))  # fmt: skip


def by_office(
    rows: Iterable[Standing], definition: Definition
) -> list[tuple[int, str, str, Distribution]]:
    """One distribution for each office (number, title, English title), the largest first."""
    groups: dict[int, list[Standing]] = {}
    for one in rows:
        groups.setdefault(one.department or 0, []).append(one)
    found = [(number, of[0].office, of[0].office_en, distribution(of, definition))
             for number, of in groups.items()]  # fmt: skip
    return sorted(found, key=lambda one: (-one[3].services, one[1]))


def bottlenecks(rows: Iterable[Standing], definition: Definition) -> list[Bottleneck]:
    """For each criterion what lifting it alone would bring, the most cases to conformity first."""
    measured = [one for one in rows if one.level is not None]
    found = [_bottleneck(one.number, measured, definition) for one in definition.criteria]
    return sorted(found, key=lambda b: (-b.conforming_cases, -b.conforms, -b.rising_cases, -b.rises,
                                        -b.services, b.criterion))  # fmt: skip


def _bottleneck(number: int, rows: Sequence[Standing], definition: Definition) -> Bottleneck:
    goal = definition.conformity
    held = [one for one in rows if number in one.blocking]
    rising = [one for one in held if _after(one, number, definition) > (one.level or 0)]
    reaching = [one for one in rising if goal is not None and (one.level or 0) < goal
                and _after(one, number, definition) >= goal]  # fmt: skip
    return Bottleneck(
        criterion=number,
        services=len(held), cases=_cases(held),
        rises=len(rising), rising_cases=_cases(rising),
        conforms=len(reaching), conforming_cases=_cases(reaching),
    )  # fmt: skip


def _after(one: Standing, number: int, definition: Definition) -> int:
    level = scoring.lifted(one.scores, [number])
    return definition.top if level is None else level


def packages(rows: Iterable[Standing], definition: Definition) -> list[Package]:
    """Services below conformity by the criteria that all have to be lifted for it."""
    goal = definition.conformity
    groups: dict[tuple[int, ...], list[Standing]] = {}
    for one in rows:
        if goal is not None and one.level is not None and one.level < goal:
            low = tuple(
                no for no, level in one.scores.items() if level is not None and level < goal
            )
            groups.setdefault(low, []).append(one)
    found = [_package(low, of) for low, of in groups.items()]
    return sorted(found, key=lambda p: (-p.cases, -p.services, p.criteria))


def _package(criteria: tuple[int, ...], rows: list[Standing]) -> Package:
    rows.sort(key=lambda one: (-(one.yearly or 0), one.title))
    return Package(criteria=criteria, services=len(rows), cases=_cases(rows),
                   examples=tuple(one.title for one in rows[:3]))  # fmt: skip


def _cases(rows: Iterable[Standing]) -> int:
    return sum(one.yearly or 0 for one in rows)


def history(model: MaturityModel, goal: int, months: int = 12) -> list[tuple[datetime, int, int]]:
    """At the end of each month and now: services measured, and those at this level or above.

    Months before the first assessment are left out.
    """
    rows = [
        (one.completed, one.superseded, one.level or 0)
        for one in Assessment.objects.filter(
            scale=model.slug, model__version=model.version, service__active=True
        ).only("completed", "superseded", "level")
        if one.completed is not None
    ]
    found: list[tuple[datetime, int, int]] = []
    for at in _month_ends(months):
        held = [level for begun, ended, level in rows if begun <= at and (not ended or ended > at)]
        if held or found:
            found.append((at, len(held), sum(level >= goal for level in held)))
    return found


def _month_ends(months: int) -> list[datetime]:
    now = timezone.localtime(clock.now())
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = [now]
    for _month in range(months):
        found.append(first - timedelta(seconds=1))
        first = (first - timedelta(days=1)).replace(day=1)
    return found[::-1]


def end_of(day: date) -> datetime:
    """The last moment of a day in the city."""
    zone = timezone.get_current_timezone()
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=zone)
