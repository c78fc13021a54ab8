"""The datastreams of a place as pages show them: value, unit, age, quality, source and licence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things import series, store
from stadtkern.kernel.things.models import Datastream, Latest
from stadtkern.kernel.ui.numbers import MISSING, figure

DIMENSIONLESS = ("", "1", None)
QUALITY: dict[int, str | Promise] = {
    store.ESTIMATED: _("estimated"),
    store.SUSPECT: _("doubtful"),
    store.INVALID: _("invalid"),
}


@dataclass(frozen=True, kw_only=True)
class Value:
    """The newest value of a datastream. What was marked invalid is missing."""

    stream: Datastream
    title: str
    text: str
    unit: str
    at: datetime | None
    stale: bool
    quality: str | Promise
    numeric: bool
    source: str
    licence: str
    trend: series.Values = ()

    @property
    def missing(self) -> bool:
        """Whether there is nothing to show."""
        return self.text == MISSING


def values(place: Place) -> list[Value]:
    """Public datastreams of the things at this place, with the last day of each; two queries."""
    streams = list(Datastream.objects.public().at_place(place).to_show())
    trends = series.trends([stream.pk for stream in streams])
    return [value(stream, trends[stream.pk]) for stream in streams]


def value(stream: Datastream, trend: series.Values = ()) -> Value:
    """The newest value of one datastream that was selected with `to_show`."""
    latest: Latest | None = getattr(stream, "latest", None)
    at = latest.at if latest else None
    return Value(
        stream=stream,
        title=title(stream),
        text=_text(stream, latest),
        unit=unit(stream),
        at=at,
        stale=series.is_stale(at, stream.stale_after),
        quality=QUALITY.get(latest.quality, "") if latest else "",
        numeric=latest is None or latest.value is not None,
        source=_source(stream),
        licence=stream.licence,
        trend=trend,
    )


def _text(stream: Datastream, latest: Latest | None) -> str:
    if latest is None or latest.quality == store.INVALID:
        return MISSING
    if latest.value is not None:
        return figure(latest.value, stream.decimals)
    return MISSING if latest.other is None else str(latest.other)


def unit(stream: Datastream) -> str:
    """The unit's symbol; nothing for plain counts, whose UCUM unit is `1`."""
    return "" if stream.unit_symbol in DIMENSIONLESS else str(stream.unit_symbol)


def title(stream: Datastream) -> str:
    """The observed property in the reader's language; its stored name where nobody declares it."""
    observed = stream.observed_property
    return property_title(observed.slug, observed.name)


def property_title(slug: str | None, name: str) -> str:
    """The declared title of a property, or the stored one."""
    declared = registry.observed().get(slug or "")
    return str(declared.title) if declared else name


def _source(stream: Datastream) -> str:
    """The source in the reader's language, where it is kept in several."""
    properties: Any = stream.properties
    said = properties.get("source") if isinstance(properties, Mapping) else None
    if isinstance(said, Mapping):
        return str(said.get(get_language() or "de") or stream.source)
    return stream.source


def sources(shown: Iterable[Value]) -> list[tuple[str, str]]:
    """Sources with their licences, each once."""
    return list(dict.fromkeys((one.source, one.licence) for one in shown if one.source))


def newest(shown: Sequence[Value]) -> Value | None:
    """The value that came last."""
    known = [one for one in shown if one.at is not None]
    return max(known, key=lambda one: one.at.timestamp() if one.at else 0.0, default=None)
