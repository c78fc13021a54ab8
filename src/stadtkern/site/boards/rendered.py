"""Blocks with what they show now, for boards, previews, kiosks and everybody's own dashboard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stadtkern.kernel.contract import Reading
from stadtkern.kernel.things import series
from stadtkern.kernel.things.models import Datastream
from stadtkern.site import basemap
from stadtkern.site.boards.blocks import Block
from stadtkern.site.boards.prose import prose
from stadtkern.site.dashboard import readings, themes, tiles
from stadtkern.site.dashboard.explore import pages
from stadtkern.site.dashboard.explore.picker import place_of
from stadtkern.site.dashboard.explore.view import read, seen


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A block ready for its template. `broken` says in a sentence why there is nothing."""

    number: int
    block: Block
    title: str | Promise
    reading: Reading | None = None
    broken: str = ""
    text: SafeString | str = ""
    url: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    datastreams: tuple[int, ...] = ()

    @property
    def id_end(self) -> str:
        """What tells the ids of this block apart from those of others."""
        return str(self.number)

    @property
    def kind(self) -> str:
        """The block's kind."""
        return self.block.kind


@dataclass(frozen=True, kw_only=True)
class Row:
    """Numbers that stand side by side, or one other block."""

    kind: str
    drawn: tuple[Drawn, ...]

    @property
    def first(self) -> Drawn:
        """The only block, where it is not numbers."""
        return self.drawn[0]


def rows(blocks: Sequence[Block]) -> list[Row]:
    """Blocks in their order; numbers that follow one another share a row."""
    found = []
    drawn = draw(blocks)
    keys = groupby(drawn, key=lambda one: 0 if one.kind == "number" else one.number + 1)
    for _key, group in keys:
        together = tuple(group)
        found.append(Row(kind=together[0].kind, drawn=together))
    return found


def datastreams(shown: Iterable[Row]) -> list[int]:
    """What the numbers of these rows are made of, for live updates."""
    return sorted({n for row in shown for one in row.drawn for n in one.datastreams})


def draw(blocks: Sequence[Block]) -> list[Drawn]:
    """Every block with what it shows; numbers of datastreams are read together."""
    streams = _streams(blocks)
    trends = series.trends(streams) if streams else {}
    given = {one.key: one for one in tiles.offered()}
    return [_drawn(i, block, streams, trends, given) for i, block in enumerate(blocks)]


def _drawn(
    i: int, block: Block, streams: Mapping[int, Datastream], trends: Mapping[int, series.Values],
    given: Mapping[str, tiles.Offered],
) -> Drawn:  # fmt: skip
    if block.kind == "text":
        return Drawn(number=i, block=block, title=block.heading, text=prose(block.words))
    if block.kind == "chart":
        return _chart(i, block)
    if block.kind == "map":
        return _map(i, block)
    door, _colon, key = block.what.partition(":")
    if door == "t" and key in given:
        shown = given[key].shown()
        streams_of = shown.reading.datastreams if shown.reading else ()
        return Drawn(number=i, block=block, title=block.heading or shown.title,
                     reading=shown.reading, datastreams=streams_of,
                     broken=_("No data at the moment") if shown.broken else "")  # fmt: skip
    if door == "d" and key.isdecimal() and int(key) in streams:
        return _number(i, block, streams[int(key)], trends[int(key)])
    return Drawn(number=i, block=block, title=block.heading or _("Single number"), broken=_gone())


def _gone() -> str:
    return _("What this showed does not exist any more, or is not public.")


def _streams(blocks: Iterable[Block]) -> dict[int, Datastream]:
    keys = (one.what[2:] for one in blocks if one.kind == "number" and one.what.startswith("d:"))
    ids = {int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 19}
    return seen().in_bulk(ids) if ids else {}


def _number(i: int, block: Block, stream: Datastream, trend: series.Values) -> Drawn:
    value = readings.value(stream, trend)
    place = stream.thing.place
    reading = Reading(
        value=value.text, unit=value.unit, source=value.source, at=value.at, stale=value.stale,
        detail=str(value.quality), trend=trend, datastreams=(stream.pk,),
        url=reverse("place", args=[place.public_id]) if place else "",
    )  # fmt: skip
    title = block.heading or f"{value.title}, {place_of(stream)}"
    return Drawn(number=i, block=block, title=title, reading=reading, datastreams=(stream.pk,))


def _chart(i: int, block: Block) -> Drawn:
    view = read(QueryDict(block.what))
    if not view.streams:
        return Drawn(number=i, block=block, title=block.heading or _("Chart"), broken=_gone())
    about = pages.chart_context(view)
    sources = readings.sources(readings.value(one) for one in view.streams)
    title = block.heading or about["label"]
    url = f"{reverse('explore')}?{view.query()}"
    return Drawn(number=i, block=block, title=title, url=url,
                 about={**about, "view": view, "sources": sources})  # fmt: skip


def _map(i: int, block: Block) -> Drawn:
    query = QueryDict(block.what)
    wanted = [key for key in query.get("layers", "").split(",") if key]
    shown = [one for one in themes.layers() if not wanted or one.key in wanted]
    layers_url = reverse("map-layers") + (f"?layers={','.join(wanted)}" if wanted else "")
    about = {"layers": shown, "layers_url": layers_url, "view": query.get("view", ""),
             "bounds": basemap.bounds()}  # fmt: skip
    return Drawn(number=i, block=block, title=block.heading or _("Map of the city"), about=about,
                 url=reverse("dashboard"), broken="" if shown else _gone())  # fmt: skip


def screens(blocks: Sequence[Block], most: int = 6) -> list[list[Block]]:
    """One screenful after the other for a kiosk: few numbers at a time, everything else alone."""
    found: list[list[Block]] = []
    for block in blocks:
        last = found[-1] if found else []
        fits = block.kind == "number" and last and last[0].kind == "number" and len(last) < most
        if fits:
            last.append(block)
        else:
            found.append([block])
    return found
