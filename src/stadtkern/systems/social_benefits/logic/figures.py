"""How far applications go without paper: counted from the timelines of the cases themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from stadtkern.kernel import clock
from stadtkern.kernel.cases.desk import figures as desk
from stadtkern.kernel.cases.desk.breaks import MediaBreaks, media_breaks
from stadtkern.kernel.cases.models import Case, Service
from stadtkern.systems.social_benefits.logic.applications import FORMS, SERVICES

BACK: Final = timedelta(days=365)
# A share of very few cases says nothing, and could say whose it is.
LEAST: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """Of one service (or of all: no `title`), of the cases sent since a day.

    `share_free` is the share of cases without a media break (0 to 1), `queries` how often the
    city asked back per case, `days` the median from sending to the first look. None: not known.
    """

    title: str
    cases: int
    share_free: float | None
    queries: float | None
    days: float | None
    kinds: Mapping[str, int]
    # Whether cases of the demo are among them.
    invented: bool = False

    @property
    def percent(self) -> float | None:
        """The share in percent."""
        return None if self.share_free is None else 100 * self.share_free


def figures(since: datetime | None = None) -> list[Figure]:
    """All services together first, then those that have cases; a fixed few queries."""
    begin, now = since or clock.now() - BACK, clock.now()
    titles = dict(Service.objects.filter(slug__in=SERVICES).values_list("slug", "title"))
    broken = {slug: one for slug, one in media_breaks(SERVICES, begin).items() if one.cases}
    rows = Case.objects.filter(version__form__slug__in=FORMS)
    counted = {one.title: one for one in desk.figures(rows, begin, now + timedelta(seconds=1))}
    single = [_figure(titles[slug], one, counted.get(titles[slug])) for slug, one in broken.items()]
    if not single:
        return []
    invented = rows.filter(invented=True, submitted__gte=begin).exists()
    whole = _figure("", _together(broken), counted.get(""))
    return [replace(whole, invented=invented), *single]


def overall() -> Figure | None:
    """The public figure; None where there are too few cases."""
    rows = figures()
    return rows[0] if rows and rows[0].cases >= LEAST else None


def _figure(title: str, found: MediaBreaks, counted: desk.Figures | None) -> Figure:
    return Figure(
        title=title, cases=found.cases, share_free=found.share_free, kinds=found.kinds,
        queries=counted.queries if counted else None,
        days=counted.first_look.median if counted else None,
    )  # fmt: skip


def _together(rows: Mapping[str, MediaBreaks]) -> MediaBreaks:
    several = list(rows.values())
    return MediaBreaks(
        service="", cases=sum(one.cases for one in several),
        broken=sum(one.broken for one in several),
        kinds={kind: sum(one.kinds[kind] for one in several)
               for kind in (several[0].kinds if several else ())},
    )  # fmt: skip
