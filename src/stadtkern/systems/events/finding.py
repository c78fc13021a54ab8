"""The public dates, and those among them that an address asks for."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.find.words import fold, terms
from stadtkern.kernel.places.models import Area
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.events.kinds import CATEGORIES
from stadtkern.systems.events.models import Event, Occasion

# Pictures and long texts that a list does not show.
HEAVY = ("event__large", "event__small", "event__words")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What the address asks for; what makes no sense is left out."""

    q: str = ""
    area: int | None = None
    category: str = ""
    first: date | None = None
    last: date | None = None
    free: bool = False
    accessible: bool = False

    @classmethod
    def of(cls, said: Mapping[str, str]) -> "Wish":
        """From the query of an address."""
        area = said.get("area", "")
        return cls(
            q=said.get("q", "").strip()[:200],
            area=int(area) if area.isascii() and area.isdecimal() and len(area) < 10 else None,
            category=said["category"] if said.get("category") in CATEGORIES else "",
            first=_day(said.get("from", "")),
            last=_day(said.get("to", "")),
            free=said.get("free") == "on",
            accessible=said.get("accessible") == "on",
        )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def midnight(day: date) -> datetime:
    """The first instant of a day in the city."""
    return datetime.combine(day, time(), city_zone())


def public() -> QuerySet[Occasion]:
    """All public dates."""
    found = Occasion.objects.filter(event__state="public")
    return found.select_related("event__place", "event__area").defer(*HEAVY)


def find(wish: Wish) -> QuerySet[Occasion]:
    """The dates that are asked for, the next one first; from now on unless a day is named."""
    begins = midnight(wish.first) if wish.first else clock.now()
    found = narrowed(public(), wish).filter(ends__gte=begins)
    if wish.last:
        found = found.filter(begins__lt=midnight(wish.last + timedelta(days=1)))
    return found.order_by("begins", "event__title", "id")


def narrowed(rows: QuerySet[Occasion], wish: Wish) -> QuerySet[Occasion]:
    """Without regard to time."""
    if wish.area:
        rows = rows.filter(event__area=wish.area)
    if wish.category:
        rows = rows.filter(event__category=wish.category)
    if wish.free:
        rows = rows.filter(event__free=True)
    if wish.accessible:
        rows = rows.filter(event__accessible=True)
    for word in terms(wish.q):
        rows = rows.filter(event__words__contains=fold(word))
    return rows


def districts() -> list[Area]:
    """The districts that public events name."""
    used = Event.objects.public().exclude(area=None).values("area")
    return list(Area.objects.filter(pk__in=used).only("name").order_by("name"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A field of the month's grid."""

    day: date
    inside: bool
    today: bool
    rows: Sequence[Occasion]


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """A month as weeks of seven days, with its neighbours as `2026-12`."""

    first: date
    weeks: Sequence[Sequence[Day]]
    before: str
    after: str


def month_of(text: str) -> date:
    """The first day of `2026-12`; of this month where the text makes no sense."""
    return _day(f"{text}-01") or timezone.localdate(clock.now()).replace(day=1)


def month(first: date, wish: Wish) -> Month:
    """Its dates by day; a date of several days stands on each of them. One query."""
    days = calendar.Calendar().monthdatescalendar(first.year, first.month)
    begins, ends = midnight(days[0][0]), midnight(days[-1][-1] + timedelta(days=1))
    rows = narrowed(public(), wish).filter(begins__lt=ends, ends__gte=begins).order_by("begins")
    by_day = _by_day(rows)
    today = timezone.localdate(clock.now())
    weeks = [
        [Day(day=day, inside=day.month == first.month, today=day == today,
             rows=by_day.get(day, ())) for day in week]
        for week in days
    ]  # fmt: skip
    near = [first - timedelta(days=1), (first + timedelta(days=32)).replace(day=1)]
    before, after = (f"{day:%Y-%m}" for day in near)
    return Month(first=first, weeks=weeks, before=before, after=after)


def _by_day(rows: QuerySet[Occasion]) -> dict[date, list[Occasion]]:
    zone = city_zone()
    found: dict[date, list[Occasion]] = {}
    for row in rows:
        day = row.begins.astimezone(zone).date()
        # What ends at midnight does not stand on the next day.
        end = max(row.ends - timedelta(microseconds=1), row.begins).astimezone(zone).date()
        while day <= end:
            found.setdefault(day, []).append(row)
            day += timedelta(days=1)
    return found


def for_feed(wish: Wish, most: int) -> list[Event]:
    """The events of the next dates, each once, with those of their dates that were changed."""
    rows = find(wish)
    ids: dict[int, Any] = dict.fromkeys(rows.values_list("event", flat=True)[: most * 4])
    changed = Occasion.objects.filter(Q(state="moved") | Q(state="cancelled"))
    found = Event.objects.filter(pk__in=list(ids)[:most]).select_related("place", "area")
    found = found.defer("large", "small", "words")
    return list(found.prefetch_related(Prefetch("occasions", changed, to_attr="different")))
