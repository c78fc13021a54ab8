"""Foresees all car parks anew, every five minutes, and keeps what has to be compared later."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import structlog
from django.db import transaction
from numpy.typing import NDArray

from stadtkern.kernel import clock
from stadtkern.kernel.things import series
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.forecasting import ahead, bands, stored
from stadtkern.systems.parking.forecasting.frame import Frame
from stadtkern.systems.parking.forecasting.quarters import A_DAY, begin, quarter, wall
from stadtkern.systems.parking.logic import hours
from stadtkern.systems.parking.logic.forecast import learning, read, scoring
from stadtkern.systems.parking.logic.forecast.counts import days_off, on_grid
from stadtkern.systems.parking.models.forecast import Forecast, Learnt

Floats = NDArray[np.float64]
# The day before is looked at, and an hour more.
BACK = A_DAY + 4

log = structlog.get_logger("parking")


def foresee_all() -> str:
    """Store the newest forecast of every car park that has learnt; others have none."""
    new = learning.learn_new()
    now = clock.now()
    sites = {one.facts.pk: one for one in logic.sites() if one.datastream is not None}
    learnt = list(Learnt.objects.filter(site__in=sites, reason="").order_by("site"))
    known = _recent([sites[one.site_id] for one in learnt], now)
    made = list(_forecasts(learnt, sites, known, now))
    with transaction.atomic():
        Forecast.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["site"],
            update_fields=["made", "begins", "known", "capacity", "free", "quantities", "ways"],
        )  # fmt: skip
        Forecast.objects.exclude(site__in=[one.site_id for one in made]).delete()
        scoring.keep(made, {pk: one.free for pk, one in sites.items()})
    compared = scoring.compare(now)
    return f"{len(made)} car parks foreseen, {new} new ones learnt, {compared} sums compared"


def _recent(sites: Sequence[logic.Site], now: datetime) -> dict[int, Floats]:
    first = quarter(now) - BACK
    ids = [one.datastream for one in sites if one.datastream is not None]
    return on_grid(ids, begin(first), first, BACK + 1) if ids else {}


def _forecasts(
    learnt: Sequence[Learnt], sites: dict[int, logic.Site], known: dict[int, Floats], now: datetime
) -> Iterator[Forecast]:
    holidays = days_off(now - timedelta(days=2), now + timedelta(days=2))
    for one in learnt:
        site = sites[one.site_id]
        assert site.datastream is not None
        try:
            frame = _frame(one, site, known[site.datastream], now, holidays)
        except stored.TooOld:
            log.warning("forecast left out: learnt too long ago", site=one.site_id)
            continue
        yield _forecast(one, site, frame, now)


def _frame(
    one: Learnt, site: logic.Site, recent: Floats, now: datetime, holidays: Sequence[date]
) -> Frame:
    """The day behind, the present number at its place, and a day ahead that is not known yet."""
    calendar = wall(quarter(now) - BACK, BACK + 1 + A_DAY, series.city_zone(), holidays)
    values = np.full(len(calendar.days), np.nan)
    values[: BACK + 1] = recent
    # A number that is too old is no present, and what is closed has none free for another reason.
    values[BACK] = np.nan if site.free is None or site.closed else site.free
    return Frame(
        values=np.clip(values, 0, site.capacity), capacity=site.capacity, wall=calendar,
        usual=stored.usual_of(one.numbers, calendar),
    )  # fmt: skip


def _forecast(one: Learnt, site: logic.Site, frame: Frame, now: datetime) -> Forecast:
    begins = begin(quarter(now) + 1)
    steps = ahead.steps(frame, BACK, stored.unpacked(one.numbers))
    shut = [
        np.isnan(step.free) or _is_shut(site, begins + place * read.QUARTER)
        for place, step in enumerate(steps)
    ]
    told = list(zip(steps, shut, strict=True))
    return Forecast(
        site_id=one.site_id, made=now, begins=begins, known=site.free is not None,
        capacity=site.capacity,
        free=[None if closed else round(step.free, 1) for step, closed in told],
        quantities=[None if closed else _rounded(step.quantities) for step, closed in told],
        ways=["" if closed else step.way for step, closed in told],
    )  # fmt: skip


def _is_shut(site: logic.Site, at: datetime) -> bool:
    """Where nobody can park nothing is foreseen."""
    until = site.facts.closed_until
    if until is not None and at < until:
        return True
    return hours.is_open(site.facts.opening_hours, at) is False


def _rounded(quantities: Any) -> list[float]:
    assert len(quantities) == len(bands.LEVELS)
    return [round(float(one), 1) for one in quantities]
