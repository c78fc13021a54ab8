"""What map, tile and search show of the mobility stations."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from stadtkern.kernel.contract import Page, Pin, Reading
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.ui.numbers import MISSING, figure
from stadtkern.systems.mobility_hubs.logic import counting, now
from stadtkern.systems.mobility_hubs.logic.now import KINDS, Joint, Kind

ROOM = 0.006  # degrees


def word(kind: Kind) -> str:
    """What is free, in words that follow a number."""
    words = {
        "car": _("parking bays"), "bike": _("bike boxes"), "charging": _("charging points"),
        "sharing": _("vehicles to share"),
    }  # fmt: skip
    return words[kind]


def pins() -> Iterator[Pin]:
    """The stations with what is free there."""
    return pins_of(now.stations())


def pins_of(stations: Sequence[Joint]) -> Iterator[Pin]:
    """Pins of stations already at hand."""
    streams = counting.streams()
    for one in stations:
        place = one.hub.place
        yield Pin(
            place=place.public_id, name=place.title, lon=place.lon or 0, lat=place.lat or 0,
            state=one.freshness, label="M", text=line(one), at=one.oldest,
            stale=one.freshness == "none",
            datastreams=tuple(streams.get(place.pk, {}).values()),
            url=reverse("mobility_hubs:hub", args=[one.hub.slug]),
        )  # fmt: skip


def line(one: Joint) -> str:
    """`Free now: 12 parking bays, 4 bike boxes`: what is known, and what is not."""
    told = now.describe(one)
    known = [f"{figure(said['free'])} {word(kind)}" for kind, said in told.items()
             if said["free"] is not None]  # fmt: skip
    if not known:
        return _("no current data")
    return _("Free now: %(what)s") % {"what": ", ".join(known)}


def free_tile() -> Reading | None:
    """Everything that is free at all stations; a part that is silent counts in no number."""
    found = now.stations()
    if not found:
        return None
    sums = {kind: [one.free(kind) for one in found] for kind in KINDS}
    known = {kind: sum(n for n in each if n is not None) for kind, each in sums.items()
             if any(n is not None for n in each)}  # fmt: skip
    streams = counting.streams()
    first = next(iter(known), None)
    return Reading(
        value=figure(known[first]) if first else MISSING,
        unit=word(first) if first else "",
        source=_("Sum over the parts of the mobility stations"),
        at=min((one.oldest for one in found if one.oldest), default=None),
        stale=not known,
        detail=", ".join(f"{figure(n)} {word(kind)}" for kind, n in known.items() if kind != first),
        url=reverse("mobility_hubs:home"),
        datastreams=tuple(pk for each in streams.values() for pk in each.values()),
    )


def bounds(places: Sequence[Place]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of a map that shows these places with some room."""
    spots = [(p.lon, p.lat) for p in places if p.lon is not None and p.lat is not None]
    if not spots:
        return None
    lons, lats = zip(*spots, strict=True)
    return min(lons) - ROOM, min(lats) - ROOM / 2, max(lons) + ROOM, max(lats) + ROOM / 2


def found() -> Iterator[Page]:
    """One page for each station."""
    for one in now.stations():
        yield Page(title=one.hub.place.title, to="mobility_hubs:hub", args=(one.hub.slug,),
                   summary=_("Mobility station"),
                   words=_("departures, bus, tram, train"))  # fmt: skip
