"""What the map and the tile show of parking."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel.contract import Past, Pin, Reading, State
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things import series
from stadtkern.kernel.ui.numbers import MISSING, figure
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.bays import SITE, WORDS, bays
from stadtkern.systems.parking.logic import Site, Tally


def site_pins() -> Iterator[Pin]:
    """Car parks with their free bays."""
    return pins_of(logic.sites())


def pins_of(sites: Sequence[Site]) -> Iterator[Pin]:
    """Pins of sites already at hand."""
    for site in sites:
        yield Pin(
            place=site.place.public_id,
            name=site.place.title,
            lon=site.place.lon or 0,
            lat=site.place.lat or 0,
            state=site.state,
            label=MISSING if site.free is None else figure(site.free),
            text=text_of(site),
            share=site.share,
            at=site.at,
            stale=site.stale,
            datastreams=(site.datastream,) if site.datastream else (),
            url=reverse("parking:site", args=[site.place.public_id]),
        )


def site_then(pin: Pin, past: Past) -> Pin:
    """A car park as it would have been with the count of that time."""
    site = next((one for one in logic.sites() if one.place.public_id == pin.place), None)
    free = past.now.get(site.datastream or 0) if site else None
    if site is None or free is None or not site.capacity:
        return replace(pin, state="none", label=MISSING, text=_("no current data"), share=None)
    bays, all_bays = min(round(free), site.capacity), site.capacity
    count = Tally(free=bays, taken=all_bays - bays, unknown=0)
    state = logic.state_of(count, site.facts)
    said = ngettext("%(free)s of %(all)s bay free", "%(free)s of %(all)s bays free", bays)
    text = said % {"free": figure(bays), "all": figure(all_bays)}
    return replace(pin, state=state, label=figure(bays), share=bays / all_bays,
                   text=f"{text}, {word_of(state)}", stale=False, at=past.at)  # fmt: skip


def bay_pins() -> Iterator[Pin]:
    """Single bays, for a close look."""
    sites = {site.pk: site.title for site in Place.objects.of_kind(SITE)}
    words = {state: str(word) for state, word in WORDS.items()}
    words["unknown"] = _("no current data")
    for bay in bays():
        if bay.lon is None or bay.lat is None:
            continue
        yield Pin(
            place=bay.public_id,
            name=f"{bay.name}, {sites[bay.site]}" if bay.site in sites else bay.name,
            lon=bay.lon,
            lat=bay.lat,
            state=bay.sign,
            label=bay.short,
            text=words[bay.state],
            at=bay.told_at,
            stale=bay.state == "unknown",
            small=True,
            datastreams=(bay.told_by,) if bay.told_by else (),
        )


def word_of(state: State) -> str:
    """How full a site is, in words."""
    words = {"good": _("many free"), "tight": _("few free"), "bad": _("full")}
    return words.get(state, _("no current data"))


def word(site: Site) -> str:
    """How full it is, or that it is closed."""
    return _("closed") if site.closed else word_of(site.state)


def text_of(site: Site) -> str:
    """The count in words, with the bays that are not known."""
    if site.closed:
        return _("closed")
    if site.free is None:
        return _("no current data")
    said = ngettext("%(free)s of %(all)s bay free", "%(free)s of %(all)s bays free", site.free)
    figures = {"free": figure(site.free), "all": figure(site.capacity)}
    text = f"{said % figures}, {word_of(site.state)}"
    if site.unknown:
        unknown = _("%(count)s not known") % {"count": figure(site.unknown)}
        text = f"{text}, {unknown}"
    return text


def free_tile() -> Reading | None:
    """Free bays of all sites that send; a site that is silent counts in neither number."""
    found = logic.sites()
    if not found:
        return None
    current = [site for site in found if site.free is not None]
    streams = [site.datastream for site in found if site.datastream]
    capacity = sum(site.capacity for site in current)
    # Of what is closed no sensor needs to be heard.
    instants = [site.at for site in current or found if site.at and not site.closed]
    return Reading(
        value=figure(sum(site.free or 0 for site in current)) if current else MISSING,
        unit=_("of %(all)s") % {"all": figure(capacity)} if current else "",
        source="; ".join(dict.fromkeys(site.source_now for site in found if site.source_now)),
        # The oldest count says how old the sum is.
        at=min(instants, default=None),
        stale=not current,
        detail=_detail(found, current),
        url=reverse("parking:home"),
        trend=together(series.trends(streams).values()) if streams else (),
        datastreams=tuple(streams),
    )


def _detail(found: Sequence[Site], current: Sequence[Site]) -> str:
    if len(current) == len(found):
        return ngettext("%(count)d car park", "%(count)d car parks", len(found)) % {
            "count": len(found)
        }
    figures = {"current": len(current), "all": len(found)}
    return _("%(current)d of %(all)d car parks send data") % figures


def together(trends: Iterable[series.Values]) -> series.Values:
    """Sums of several trends, step by step; unknown where one of them is."""
    return tuple(
        None if None in step else sum(value for value in step if value is not None)
        for step in zip(*trends, strict=True)
    )
