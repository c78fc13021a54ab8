"""What map, dashboard, search and the app's first page show of eSport."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import clock, registry
from stadtkern.kernel.contract import Headline, Page, Pin, Reading
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.esports.finding import Shown, shown
from stadtkern.systems.esports.models import Meeting

MOST = 20


def ahead() -> list[Shown]:
    """The next meetings."""
    rows = Meeting.objects.public().filter(ends__gte=clock.now()).select_related("place")
    return shown(rows.order_by("begins")[:MOST])


def moment(one: Meeting) -> str:
    """`Sa 28.11., 15:00`."""
    local = timezone.localtime(one.begins)
    return f"{formats.date_format(local, 'D j.n.')}, {local:%H:%M}"


def free_words(told: Shown) -> str:
    """How many seats are left, in words."""
    if told.meeting.state == "cancelled":
        return _("meeting cancelled")
    if not told.is_open:
        return str(told.meeting.get_state_display())
    if told.free == 0:
        return _("full, waiting list")
    return ngettext("%(n)d seat left", "%(n)d seats left", told.free) % {"n": told.free}


def pins() -> Iterator[Pin]:
    """Youth centres with their next meeting."""
    following: dict[int, Shown] = {}
    for told in ahead():
        following.setdefault(told.meeting.place_id, told)
    for place in Place.objects.of_kind("esports.centre").exclude(west=None):
        told_here = following.get(place.pk)
        yield Pin(
            place=place.public_id, name=place.title, lon=place.lon or 0, lat=place.lat or 0,
            state=told_here.sign if told_here else "none", label="",
            text=_line(told_here) if told_here else _("no meeting planned"),
            url=reverse("esports:meeting", args=[told_here.meeting.slug]) if told_here else "",
        )  # fmt: skip


def _line(told: Shown) -> str:
    return f"{moment(told.meeting)} {told.meeting.heading}: {free_words(told)}"


def next_tile() -> Reading | None:
    """Seats that are left at the next meeting."""
    found = next((told for told in ahead() if told.is_open), None)
    if found is None:
        return None
    return Reading(
        value=figure(found.free),
        unit=ngettext("seat left", "seats left", found.free),
        source=_("Youth work of the city of %(city)s") % {"city": registry.city().city.name},
        at=clock.now(), stale=False, detail=f"{moment(found.meeting)}, {found.meeting.heading}",
        url=reverse("esports:meeting", args=[found.meeting.slug]),
    )  # fmt: skip


def lines() -> list[Headline]:
    """The next meetings."""
    return [
        Headline(
            title=told.meeting.heading, at=told.meeting.begins,
            url=reverse("esports:meeting", args=[told.meeting.slug]),
            text=f"{moment(told.meeting)}, {told.meeting.place.title}, {free_words(told)}",
        )
        for told in ahead()[:3]
    ]  # fmt: skip


def pages() -> Iterator[Page]:
    """The next meetings, for the search and the sitemap."""
    for told in ahead():
        one = told.meeting
        yield Page(title=one.heading, to="esports:meeting", args=(one.slug,),
                   summary=f"{moment(one)}, {one.place.title}", words=one.game)  # fmt: skip
