"""What map and tile show of the bike boxes."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import clock
from stadtkern.kernel.contract import Pin, Reading, State
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things import series
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.bike_boxes.logic import availability, counting
from stadtkern.systems.bike_boxes.logic.availability import Free

FEW = 0.2
ROOM = 0.006  # degrees


def pins() -> Iterator[Pin]:
    """The places with boxes that are free until tonight."""
    return pins_of(availability.now_free())


def pins_of(found: Sequence[Free]) -> Iterator[Pin]:
    """Pins of places already at hand."""
    streams = counting.streams()
    for one in found:
        place, stream = one.facility.place, streams.get(one.facility.place_id)
        yield Pin(
            place=place.public_id, name=place.title, lon=place.lon or 0, lat=place.lat or 0,
            state=state_of(one), label=figure(one.free), text=text_of(one),
            share=one.free / one.all if one.all else None, at=clock.now(),
            datastreams=(stream,) if stream else (),
            url=reverse("bike_boxes:place", args=[one.facility.slug]),
        )  # fmt: skip


def state_of(one: Free) -> State:
    """Many free, few free, none; unknown where the place has no boxes."""
    if not one.all:
        return "none"
    if not one.free:
        return "bad"
    return "tight" if one.free / one.all < FEW else "good"


def word_of(state: State) -> str:
    """How full a place is, in words."""
    words = {"good": _("boxes free"), "tight": _("few boxes free"), "bad": _("no box free")}
    return words.get(state, _("no boxes"))


def text_of(one: Free) -> str:
    """`4 of 15 boxes free`."""
    said = ngettext("%(free)s of %(all)s box free", "%(free)s of %(all)s boxes free", one.free)
    return said % {"free": figure(one.free), "all": figure(one.all)}


def bounds(places: Sequence[Place]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of a map that shows these places with some room."""
    spots = [(p.lon, p.lat) for p in places if p.lon is not None and p.lat is not None]
    if not spots:
        return None
    lons, lats = zip(*spots, strict=True)
    return min(lons) - ROOM, min(lats) - ROOM / 2, max(lons) + ROOM, max(lats) + ROOM / 2


def free_tile() -> Reading | None:
    """Free boxes of all places."""
    found = availability.now_free()
    if not found:
        return None
    streams = tuple(counting.streams().values())
    places = ngettext("%(count)d place", "%(count)d places", len(found)) % {"count": len(found)}
    return Reading(
        value=figure(sum(one.free for one in found)),
        unit=_("of %(all)s") % {"all": figure(sum(one.all for one in found))},
        source=_("Bookings of the bike boxes"),
        at=clock.now(),
        stale=False,
        detail=places,
        url=reverse("bike_boxes:home"),
        trend=_together(list(series.trends(streams).values())) if streams else (),
        datastreams=streams,
    )


def _together(trends: Sequence[series.Values]) -> series.Values:
    """Sums of several trends, step by step; unknown where one of them is."""
    return tuple(
        None if None in step else sum(value for value in step if value is not None)
        for step in zip(*trends, strict=True)
    )
