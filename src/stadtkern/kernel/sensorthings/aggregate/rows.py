"""Walks over datastreams and buckets until a page is full."""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from stadtkern.kernel.sensorthings.aggregate.ask import Ask, Mark
from stadtkern.kernel.sensorthings.aggregate.figures import Window
from stadtkern.kernel.sensorthings.aggregate.interval import FIRST
from stadtkern.kernel.sensorthings.aggregate.streams import Stream

# One statement looks at no more buckets than this, all its datastreams together.
CELLS = 20_000
# Where observations are read one by one a page begins with few, so that it is not cut off whole.
CELLS_AT_FIRST, BUCKETS_AT_FIRST = 256, 16
# A page that took so many seconds goes out as it is, and its nextLink goes on.
PATIENCE = 4.0
_TICK = timedelta(microseconds=1)

Sums = Callable[[Window], Awaitable[Sequence[tuple[Any, ...]]]]
Ahead = Callable[[int, datetime, datetime], Awaitable[datetime | None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The database's side: sums of a window, and a datastream's next observation in a range."""

    sums: Sums
    ahead: Ahead


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One bucket of a datastream with the figures that were asked for."""

    stream: Stream
    start: datetime
    end: datetime
    figures: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A datastream and the range of it that is still to be walked."""

    stream: Stream
    low: datetime
    high: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """The rows of a page, and where the next one goes on."""

    rows: list[Row]
    mark: Mark | None


class Walk:
    """One page's way through the spans, datastream after datastream."""

    def __init__(self, ask: Ask, source: Source, now: datetime) -> None:
        self._ask, self._source, self._now = ask, source, now
        self._rows: list[Row] = []
        self._buckets = 0
        self._deadline = time.monotonic() + PATIENCE

    async def page(self, streams: Sequence[Stream]) -> Page:
        """The page of these datastreams, which are in the order of their ids."""
        spans = [span for one in streams if (span := self._span(one)) is not None]
        while spans and len(self._rows) <= self._ask.top:
            spans = await self._step(spans)
            late = time.monotonic() > self._deadline
            if late and spans and len(self._rows) <= self._ask.top:
                return Page(rows=self._rows, mark=self._mark(spans[0]))
        rows, more = self._rows[: self._ask.top], self._rows[self._ask.top :]
        if not more:
            return Page(rows=rows, mark=None)
        first = Span(stream=more[0].stream, low=more[0].start, high=more[0].end)
        return Page(rows=rows, mark=self._mark(first))

    @property
    def _wanted(self) -> int:
        """So many rows are missing, with one more that shows that there is a next page."""
        return self._ask.top + 1 - len(self._rows)

    def _mark(self, span: Span) -> Mark:
        edge = span.high if self._ask.descending else span.low
        return Mark(datastream=span.stream.id, edge=edge)

    def _span(self, stream: Stream) -> Span | None:
        ask, low, high = self._ask, stream.first, stream.last
        if high is not None:
            high += _TICK
        if ask.gaps:
            low = ask.low if ask.low > FIRST else low
            high = max(high, self._now) if high else self._now
        if low is None or high is None:
            return None
        low, high = max(low, ask.low), min(high, ask.high)
        if ask.mark and ask.mark.datastream > stream.id:
            return None
        if ask.mark and ask.mark.datastream == stream.id:
            edge = ask.mark.edge
            low, high = (low, min(high, edge)) if ask.descending else (max(low, edge), high)
        return Span(stream=stream, low=low, high=high) if low < high else None

    async def _step(self, spans: list[Span]) -> list[Span]:
        """The spans that remain after one more statement."""
        cells = min(max(4 * self._wanted, 1_000), CELLS if self._ask.rolled else CELLS_AT_FIRST)
        low, high = min(one.low for one in spans), max(one.high for one in spans)
        edges = self._ask.interval.following(low, cells, high)
        if edges[-1] >= high:
            group = spans[: max(1, cells // (len(edges) - 1))]
            ids = [one.stream.id for one in group]
            await self._add(group, Window(streams=ids, edges=edges, low=low, high=high))
            return spans[len(group) :]
        rest = await self._onward(spans[0])
        return [*([rest] if rest else []), *spans[1:]]

    async def _onward(self, span: Span) -> Span | None:
        """Some buckets of a long span, the more of them the fewer were filled before."""
        ask = self._ask
        first = self._wanted if ask.rolled else BUCKETS_AT_FIRST
        self._buckets = min(max(2 * self._buckets, first), CELLS)
        if not ask.gaps:
            at = await self._source.ahead(span.stream.id, span.low, span.high)
            if at is None:
                return None
            span = replace(span, high=at + _TICK) if ask.descending else replace(span, low=at)
        if ask.descending:
            edges = ask.interval.leading(span.high, self._buckets)
            low, high = max(span.low, edges[0]), span.high
            rest = replace(span, high=low)
        else:
            edges = ask.interval.following(span.low, self._buckets, span.high)
            low, high = span.low, min(span.high, edges[-1])
            rest = replace(span, low=high)
        await self._add([span], Window(streams=[span.stream.id], edges=edges, low=low, high=high))
        return rest if rest.low < rest.high else None

    async def _add(self, group: Sequence[Span], window: Window) -> None:
        found = {(one[0], one[1]): one[2:] for one in await self._source.sums(window)}
        for span in group:
            self._rows += self._of_span(span, window, found)

    def _of_span(
        self, span: Span, window: Window, found: dict[tuple[int, int], tuple[Any, ...]]
    ) -> Iterator[Row]:
        low, high = max(span.low, window.low), min(span.high, window.high)
        buckets = list(enumerate(pairwise(window.edges), start=1))
        for number, (start, end) in reversed(buckets) if self._ask.descending else buckets:
            sums = found.get((span.stream.id, number))
            if end > low and start < high and (sums or self._ask.gaps):
                figures = self._figures(span.stream, start, end, sums)
                yield Row(stream=span.stream, start=start, end=end, figures=figures)

    def _figures(
        self, stream: Stream, start: datetime, end: datetime, sums: tuple[Any, ...] | None
    ) -> tuple[Any, ...]:
        asked = self._ask.statistics
        count, *figures = sums or (0, *(0 if one.name == "count" else None for one in asked))
        share = self._share(stream, start, end, count)
        return tuple(
            share if one.name == "share" else figure
            for one, figure in zip(asked, figures, strict=True)
        )

    def _share(self, stream: Stream, start: datetime, end: datetime, count: int) -> float | None:
        """Counted of what was expected; in a bucket that is not over yet, expected by now."""
        low, high = max(start, self._ask.low), min(end, self._ask.high, self._now)
        if stream.every is None or high <= low:
            return None
        return float(count / ((high - low) / stream.every))
