"""Indicators that something tells right now: a system's tile or a public datastream."""

from collections.abc import Iterable, Mapping

import structlog
from django.urls import reverse

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Reading
from stadtkern.kernel.things import series, store
from stadtkern.kernel.things.models import Datastream, Latest
from stadtkern.kernel.ui.numbers import MISSING, figure
from stadtkern.systems.projects.content import Indicator

log = structlog.get_logger("projects")


def readings(indicators: Iterable[Indicator]) -> Mapping[str, Reading]:
    """What the live ones among them tell now, by `live`; what cannot be told is missing."""
    named = {one.live for one in indicators if one.live}
    streams = {int(n.removeprefix("datastream:")) for n in named if n.startswith("datastream:")}
    told = {f"datastream:{key}": reading for key, reading in _of_streams(streams).items()}
    tiles = {f"tile:{s.slug}.{t.slug}": t.reading for s, t in registry.tiles()}
    for name in sorted(named & set(tiles)):
        if reading := _of_tile(name, tiles[name]):
            told[name] = reading
    return told


def _of_tile(name: str, path: str) -> Reading | None:
    """A tile that fails breaks no page."""
    try:
        found: Reading | None = registry.resolve(path)()
    except Exception:
        log.exception("tile failed", tile=name)
        return None
    return found


def _of_streams(ids: Iterable[int]) -> dict[int, Reading]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    found = Datastream.objects.public().filter(pk__in=wanted).to_show()
    trends = series.trends(wanted)
    return {one.pk: _reading(one, trends[one.pk]) for one in found}


def _reading(stream: Datastream, trend: series.Values) -> Reading:
    latest: Latest | None = getattr(stream, "latest", None)
    known = latest is not None and latest.quality != store.INVALID and latest.value is not None
    place = stream.thing.place
    return Reading(
        value=figure(latest.value, stream.decimals) if latest and known else MISSING,
        unit="" if stream.unit_symbol in ("", "1", None) else str(stream.unit_symbol),
        source=stream.source,
        at=latest.at if latest else None,
        stale=not known or series.is_stale(latest.at if latest else None, stream.stale_after),
        url=reverse("place", args=[place.public_id]) if place else "",
        trend=trend,
        datastreams=(stream.pk,),
    )
