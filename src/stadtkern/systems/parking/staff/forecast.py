"""The staff page of forecasts: which way each car park uses, how far it is off, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking.logic.forecast import scoring
from stadtkern.systems.parking.models import Learnt
from stadtkern.systems.parking.models.forecast import REASONS, WAYS

LIVE = timedelta(days=28)
SHOWN = (15, 60, 1440)


@dataclass(frozen=True, kw_only=True, slots=True)
class Distance:
    """One car park at one distance. Errors in percent of the capacity on the unseen weeks.

    `live` is what came since: mean errors in spaces and the share within the band, by day sums.
    """

    minutes: int
    way: str | Promise
    error: float
    baseline: float
    coverage: float
    live: Mapping[str, float] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A car park with what was learnt of it; without distances there is a reason."""

    learnt: Learnt
    name: str
    reason: str | Promise
    distances: Sequence[Distance]

    @property
    def old(self) -> bool:
        """Whether the last nights' learning did not run."""
        return clock.age(self.learnt.at) > timedelta(days=2)


@staff("parking.see_bays")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All car parks that were tried to learn, by name."""
    return render(request, "parking/staff/forecast.html", {
        "rows": list(rows()), "days": LIVE.days, "shown": SHOWN,
    })  # fmt: skip


@staff("parking.see_bays")
@require_safe
def file(request: HttpRequest) -> HttpResponse:
    """The same as CSV, with all distances that were learnt."""
    heads = (_("Car park"), _("Minutes ahead"), _("Method"), _("Error in percent of the spaces"),
             _("Best baseline in %"), _("Band held"), _("Compared since"), _("Error in spaces"),
             _("Error of the present number"), _("Band held since"), _("Learnt at"),
             _("Remark"))  # fmt: skip
    return csv_file("parking-forecasts", heads, list(_file_rows()))


def rows(only: Sequence[int] | None = SHOWN) -> Iterator[Row]:
    """In two queries for any number of car parks."""
    live = scoring.totals(clock.now() - LIVE)
    found = Learnt.objects.select_related("site__place").defer("numbers")
    for one in sorted(found, key=lambda row: row.site.place.title):
        distances = [
            _distance(one, int(minutes), told, live)
            for minutes, told in sorted(one.figures.items(), key=lambda item: int(item[0]))
            if only is None or int(minutes) in only
        ]
        reason = REASONS.get(one.reason, "")
        yield Row(learnt=one, name=one.site.place.title, reason=reason, distances=distances)


def _distance(
    one: Learnt, minutes: int, told: Mapping[str, Any], live: Mapping[Any, Mapping[str, float]]
) -> Distance:
    errors = told["errors"]
    return Distance(
        minutes=minutes, way=WAYS[told["way"]], error=errors[told["way"]],
        baseline=min(error for way, error in errors.items() if way != "model"),
        coverage=100 * told["coverage"], live=live.get((one.site_id, minutes)),
    )  # fmt: skip


def _file_rows() -> Iterator[tuple[object, ...]]:
    for row in rows(only=None):
        at: datetime = row.learnt.at
        if not row.distances:
            yield (row.name, *[None] * 9, at, row.reason)
        for one in row.distances:
            live = one.live or {}
            yield (
                row.name, one.minutes, one.way, round(one.error, 2), round(one.baseline, 2),
                round(one.coverage), live.get("n"), _rounded(live.get("off")),
                _rounded(live.get("last_off")), _rounded(live.get("held")), at, "",
            )  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
