"""What map, dashboard and the app's first page show of the events."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import clock, registry
from stadtkern.kernel.contract import Headline, Page, Pin, Reading
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.events import finding
from stadtkern.systems.events.models import Event, Occasion
from stadtkern.systems.events.templatetags.events import day, when

DAYS = 7
LINES = 6


def pins() -> Iterator[Pin]:
    """Venues with what is on there today and in the next days."""
    end = finding.midnight(timezone.localdate(clock.now()) + timedelta(days=DAYS + 1))
    rows = finding.public().filter(ends__gte=clock.now(), begins__lt=end)
    placed = rows.exclude(Q(event__place=None) | Q(event__place__west=None))
    ordered = placed.order_by("event__place", "begins")
    for _number, group in groupby(ordered, key=lambda row: row.event.place_id):
        yield _pin(list(group))


def _pin(rows: Sequence[Occasion]) -> Pin:
    place, first = rows[0].event.place, rows[0]
    assert place is not None
    on = [row for row in rows if not row.off]
    today = any(row.begins <= finding.midnight(timezone.localdate(clock.now()) + timedelta(days=1))
                for row in on)  # fmt: skip
    told = "; ".join(f"{when(row)} {row.event.heading}{_off(row)}" for row in rows[:3])
    url = reverse("events:event", args=[first.event.slug]) if len(rows) == 1 else ""
    return Pin(
        place=place.public_id, name=place.title, lon=place.lon or 0, lat=place.lat or 0,
        state="good" if today else "info" if on else "none", label=str(len(on)) if on else "",
        text=told, url=url,
    )  # fmt: skip


def _off(row: Occasion) -> str:
    return f" ({_('cancelled')})" if row.off else ""


def today_tile() -> Reading | None:
    """How many dates are left today, and the next one."""
    tomorrow = finding.midnight(timezone.localdate(clock.now()) + timedelta(days=1))
    coming = finding.public().filter(ends__gte=clock.now()).exclude(state="cancelled")
    coming = coming.filter(event__cancelled=None)
    following = coming.filter(begins__gte=clock.now()).order_by("begins").first()
    if following is None:
        return None
    left = coming.filter(begins__lt=tomorrow).count()
    return Reading(
        value=figure(left),
        unit=ngettext("event today", "events today", left),
        source=_("Calendar of the city of %(city)s") % {"city": registry.city().city.name},
        at=clock.now(), stale=False,
        detail=_("Next: %(day)s, %(title)s")
        % {"day": day(following.begins), "title": following.event.heading},
        url=reverse("events:home"),
    )  # fmt: skip


def lines() -> list[Headline]:
    """The next dates; what was cancelled says so."""
    rows = finding.public().filter(ends__gte=clock.now()).order_by("begins")[:LINES]
    return [
        Headline(
            title=row.event.heading, at=row.begins,
            url=reverse("events:event", args=[row.event.slug]),
            text=", ".join(part for part in (
                _("event cancelled") if row.off else "", when(row), row.event.venue) if part),
        )
        for row in rows
    ]  # fmt: skip


def pages() -> Iterator[Page]:
    """The events that are still ahead, for the search and the sitemap."""
    ahead = Occasion.objects.filter(ends__gte=clock.now()).values("event")
    rows = Event.objects.public().filter(pk__in=ahead).defer("large", "small")
    for one in rows.select_related("place"):
        yield Page(
            title=one.heading, to="events:event", args=(one.slug,), changed=one.changed,
            summary=f"{when(one)} {one.venue}", words=one.organiser,
        )  # fmt: skip
