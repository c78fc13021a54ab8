"""What map, tile and search show of charging points."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel.contract import Page, Pin, Reading, State
from stadtkern.kernel.things import series
from stadtkern.kernel.ui.numbers import MISSING, figure
from stadtkern.systems.charging.logic import live, reading
from stadtkern.systems.charging.logic.reading import Station
from stadtkern.systems.charging.models import Location


def pins() -> Iterator[Pin]:
    """Public locations with their free points."""
    return pins_of(reading.public_stations())


def pins_of(found: Sequence[Station]) -> Iterator[Pin]:
    """Pins of locations already at hand."""
    streams = live.streams()
    for one in found:
        place, stream = one.place, streams.get(one.location.place_id)
        yield Pin(
            place=place.public_id, name=place.title, lon=place.lon or 0, lat=place.lat or 0,
            state=one.state, label=figure(one.free) if one.known else MISSING, text=text_of(one),
            share=one.free / one.all if one.known else None, at=one.at, stale=not one.known,
            datastreams=(stream,) if stream else (),
            url=reverse("charging:place", args=[one.location.uid]),
        )  # fmt: skip


def word_of(state: State) -> str:
    """The state of a location in words."""
    words = {"good": _("points free"), "tight": _("all in use"), "bad": _("out of order")}
    return words.get(state, _("no live data"))


def text_of(one: Station) -> str:
    """`2 of 4 points free, up to 22 kW`."""
    power = _("up to %(power)s kW") % {"power": kilowatt(one.max_watt)}
    if not one.known:
        points = ngettext("%(count)d point", "%(count)d points", one.all) % {"count": one.all}
        return f"{points}, {power}, {_('no live data')}"
    said = ngettext("%(free)s of %(all)s point free", "%(free)s of %(all)s points free", one.all)
    text = f"{said % {'free': figure(one.free), 'all': figure(one.all)}}, {power}"
    if one.unknown:
        text += ", " + _("%(count)s not known") % {"count": figure(one.unknown)}
    return text


def kilowatt(watt: int) -> str:
    """`22`, `3,7`."""
    return figure(watt / 1000, 0 if watt % 1000 == 0 or watt >= 20_000 else 1)


def free_tile() -> Reading | None:
    """Free points of all locations that tell; the silent ones count in neither number."""
    found = reading.public_stations()
    if not found:
        return None
    streams = tuple(live.streams().values())
    known, free = sum(one.known for one in found), sum(one.free for one in found)
    points = sum(one.all for one in found)
    return Reading(
        value=figure(free) if known else MISSING,
        unit=_("of %(all)s") % {"all": figure(known)} if known else "",
        source=_("Status told by the charging points"),
        at=max((one.at for one in found if one.at), default=None), stale=not known,
        detail=_("%(known)s of %(all)s points tell their status") % {
            "known": figure(known), "all": figure(points)},
        url=reverse("charging:home"),
        trend=_together(list(series.trends(streams).values())) if streams else (),
        datastreams=streams,
    )  # fmt: skip


def _together(trends: Sequence[series.Values]) -> series.Values:
    """Sums of those that are known at each step; unknown where none is."""
    return tuple(
        sum(known) if (known := [value for value in step if value is not None]) else None
        for step in zip(*trends, strict=True)
    )


def pages() -> Iterator[Page]:
    """Each location and the ranking, for the search of the home page."""
    yield Page(title=_("Electric cars per charging point"), to="charging:ranking",
               words=_("ranking, e-cars, VDA, definition"))  # fmt: skip
    rows = Location.objects.filter(public=True).select_related("place")
    for one in rows.order_by("place__name"):
        yield Page(
            title=_("Charging points %(name)s") % {"name": one.place.title}, to="charging:place",
            args=(one.uid,), summary=one.operator, changed=one.changed,
            words=f"{one.place.street} {one.place.postcode}",
        )  # fmt: skip
