"""The period, the series and the comparison that a place's history shows, read from the address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, Q, Value, When
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.series import city_zone
from stadtkern.site.dashboard.readings import property_title

RANGES: dict[str, tuple[str | Promise, timedelta]] = {
    "day": (gettext_lazy("Day"), timedelta(days=1)),
    "week": (gettext_lazy("Week"), timedelta(days=7)),
    "month": (gettext_lazy("Month"), timedelta(days=31)),
    "year": (gettext_lazy("Year"), timedelta(days=366)),
}
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
OFFERED = 120


class Unclear(ValueError):
    """A period that makes no sense; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """What a chart shows. `slug` is a range or `own`; `past`: it ends with the last value."""

    slug: str
    start: datetime
    end: datetime
    past: bool = False
    problem: str = ""

    @property
    def first_day(self) -> date:
        """The first day, for the form."""
        return self.start.astimezone(city_zone()).date()

    @property
    def last_day(self) -> date:
        """The last day, for the form."""
        return (self.end - timedelta(seconds=1)).astimezone(city_zone()).date()


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A datastream to compare with."""

    id: int
    label: str


def period(query: QueryDict, newest: datetime | None) -> Period:
    """The period that the address asks for; where it makes no sense, the last day and a sentence.

    Ranges end now, or with the newest value where that lies before the range.
    """
    slug = query.get("range", "")
    if query.get("from") or query.get("to"):
        try:
            start, end = span(query.get("from", ""), query.get("to", ""))
            return Period(slug="own", start=start, end=end)
        except Unclear as problem:
            return _ranged("day", newest, str(problem))
    return _ranged(slug if slug in RANGES else "day", newest)


def _ranged(slug: str, newest: datetime | None, problem: str = "") -> Period:
    length, end = RANGES[slug][1], clock.now()
    past = newest is not None and newest < end - length
    if past and newest is not None:
        end = newest + timedelta(seconds=1)
    return Period(slug=slug, start=end - length, end=end, past=past, problem=problem)


def span(first: str, last: str) -> tuple[datetime, datetime]:
    """Two days of the city, the last one included, or two instants.

    Raises Unclear where they are no dates, or in the wrong order.
    """
    zone = city_zone()
    start, end = _instant(first, zone), _instant(last, zone, after=True)
    if not start < end:
        raise Unclear(_("The first day must not be after the last one."))
    return start, end


def _instant(text: str, zone: ZoneInfo, *, after: bool = False) -> datetime:
    try:
        if len(text) == len("2026-01-31"):
            day = date.fromisoformat(text) + timedelta(days=1 if after else 0)
            return _checked(datetime.combine(day, time(), zone))
        at = datetime.fromisoformat(text)
        return _checked(at if at.tzinfo else at.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        raise Unclear(_("Please give both days, such as 2026-01-31.")) from None


def _checked(at: datetime) -> datetime:
    """In UTC: Python subtracts times of one zone by their wall clocks."""
    if not FIRST <= at.date() <= LAST:
        raise ValueError("outside of what a chart shows")
    return at.astimezone(UTC)


def choose(query: QueryDict, name: str, ids: Sequence[int]) -> int | None:
    """The datastream that the address names, if it is one of these."""
    given = query.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and int(given) in ids else None


def comparable(stream: Datastream) -> dict[str, list[Choice]]:
    """Other datastreams by group: the same property elsewhere, the same place, the rest."""
    same = Q(observed_property_id=stream.observed_property_id)
    here = Q(thing__place_id=stream.thing.place_id)
    nearness = Case(When(here, then=Value(0)), When(same, then=Value(1)), default=Value(2),
                    output_field=IntegerField())  # fmt: skip
    rows = (
        Datastream.objects.public()
        .exclude(pk=stream.pk)
        .annotate(nearness=nearness)
        .order_by("nearness", "thing__place__name", "observed_property_id", "pk")
        .values_list("nearness", "pk", "observed_property__slug", "observed_property__name",
                     "thing__place__name", "thing__place__name_en", "thing__name")[:OFFERED]
    )  # fmt: skip
    groups = [_("At this place"), _("The same elsewhere"), _("Other series")]
    found: dict[str, list[Choice]] = {groups[i]: [] for i in (1, 0, 2)}
    for near, pk, slug, name, place, place_en, thing in rows:
        where = (place_en if get_language() == "en" else "") or place or thing
        label = f"{where}: {property_title(slug, name)}"
        found[groups[near]].append(Choice(id=pk, label=label))
    return {group: choices for group, choices in found.items() if choices}


def labels(groups: dict[str, list[Choice]]) -> Iterator[Choice]:
    """All choices of all groups."""
    for choices in groups.values():
        yield from choices
