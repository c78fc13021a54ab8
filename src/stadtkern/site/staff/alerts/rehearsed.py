"""What a rule would have done, as a page shows it: days as columns, and a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from stadtkern.kernel.alerts import rehearsal, subjects
from stadtkern.kernel.alerts.models import Rule
from stadtkern.kernel.alerts.phrases import lasting, with_unit
from stadtkern.kernel.devices.models import Device, Gateway
from stadtkern.kernel.things.models import Datastream

LISTED = 50
WIDTH, HEIGHT, TOP = 720, 90, 14


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """One day: where its column stands, how high it is, and what it says."""

    day: date
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One alert that would have been."""

    subject: str
    since: datetime
    fired: datetime
    ended: datetime | None
    length: str
    peak: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A rehearsal for a page."""

    start: datetime
    end: datetime
    subjects: int
    known: bool
    count: int
    concerned: int
    total: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    untold: Sequence[str]
    width: int = WIDTH
    height: int = HEIGHT


def shown(rule: Rule, days: int) -> Shown:
    """The rehearsal of a rule over so many days."""
    found = rehearsal.rehearse(rule, days)
    episodes = sorted(found.episodes or (), key=lambda e: e.fired or e.since, reverse=True)
    names = _names(rule.about, [one.subject for one in episodes[:LISTED]])
    what = subjects.measured(rule)
    return Shown(
        start=found.start,
        end=found.end,
        subjects=found.subjects,
        known=found.episodes is not None,
        count=len(episodes),
        concerned=found.concerned,
        total=_length(found.total),
        columns=_columns(found.days),
        rows=[
            Row(
                subject=names.get(one.subject, str(one.subject)), since=one.since,
                fired=one.fired or one.since, ended=one.ended,
                length=_length(found.length(one)), peak=_peak(one.found, what),
            )
            for one in episodes[:LISTED]
        ],
        untold=found.untold,
    )  # fmt: skip


def _peak(found: Any, what: subjects.Measured) -> str:
    peak = found.get("peak")
    return with_unit(round(peak, what.decimals), what) if isinstance(peak, float) else ""


def _length(length: timedelta) -> str:
    minutes = max(round(length.total_seconds() / 60), 0)
    if minutes >= 2880:
        minutes = round(minutes / 1440) * 1440
    elif minutes >= 180:
        minutes = round(minutes / 60) * 60
    return lasting(minutes)


def _columns(days: Sequence[tuple[date, int]]) -> list[Column]:
    most = max((count for _day, count in days), default=0) or 1
    step = WIDTH / max(len(days), 1)
    return [
        Column(
            day=day, count=count, x=round(step * n + 1, 1), width=round(max(step - 2, 1), 1),
            height=round((HEIGHT - TOP) * count / most, 1),
            y=round(HEIGHT - (HEIGHT - TOP) * count / most, 1),
        )
        for n, (day, count) in enumerate(days)
    ]  # fmt: skip


def _names(about: str, ids: Sequence[int]) -> dict[int, str]:
    if about == "device":
        return dict(Device.objects.filter(pk__in=ids).values_list("pk", "name"))
    if about == "gateway":
        return {one.pk: str(one) for one in Gateway.objects.filter(pk__in=ids)}
    rows = Datastream.objects.filter(pk__in=ids).select_related("thing", "observed_property")
    return {one.pk: f"{one.thing.name}: {one.observed_property.name}" for one in rows}
