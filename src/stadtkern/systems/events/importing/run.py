"""Reads the sources: only what has changed, and one that fails keeps what it told before."""

from collections.abc import Callable, Mapping
from typing import Final

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.harvest import fetch
from stadtkern.systems.events.importing import feed, ical, schema_org
from stadtkern.systems.events.importing.item import NotRead, Reading
from stadtkern.systems.events.importing.store import store, summary
from stadtkern.systems.events.models import Source

READERS: Final[Mapping[str, Callable[[bytes], Reading]]] = {
    "ical": ical.read,
    "rss": feed.read,
    "json": schema_org.read,
}


def all_sources() -> str:
    """Read every source that is on."""
    told = [f"{one.name}: {read(one.pk)}" for one in Source.objects.filter(active=True)]
    return "; ".join(told) or "no sources"


def read(number: int) -> str:
    """Read one source now; what went wrong stands at the source."""
    source = Source.objects.filter(pk=number).first()
    if source is None:
        return "no such source"
    try:
        told, document = _read(source)
        facts = {"problem": "", "read": clock.now(), "said": told[:200], "etag": document.etag,
                 "last_modified": document.last_modified}  # fmt: skip
        if document.unchanged:
            facts = {"problem": ""}
    except (fetch.NotRead, NotRead) as problem:
        told, facts = str(problem), {"problem": str(problem)[:500]}
    Source.objects.filter(pk=number).update(checked=clock.now(), **facts)
    return told


def _read(source: Source) -> tuple[str, fetch.Document]:
    document = fetch.get(source.url, etag=source.etag, last_modified=source.last_modified)
    if document.unchanged:
        return "unchanged", document
    reading = READERS[source.kind](document.body)
    if not reading.items and source.origins.exists():
        # Rather a broken answer than a city without events.
        raise NotRead(summary(reading.left_out) or "no events in it, so what was read before stays")
    done = store(source, reading)
    return "; ".join(part for part in (str(done), summary(reading.left_out)) if part), document
