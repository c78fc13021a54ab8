"""A round over the sources that are due: get, read, store, and remember what went wrong."""

from dataclasses import asdict
from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings as django_settings
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.systems.parking.models import Source
from stadtkern.systems.parking.sources import fetching, storing
from stadtkern.systems.parking.sources.reading import READERS
from stadtkern.systems.parking.sources.reading.told import Batch, NotUnderstood, joined

log = structlog.get_logger("parking-sources")
# A round comes a little early or late.
SLACK: Final = timedelta(seconds=30)
MOST_REFUSED: Final = 100


def pull_due() -> str:
    """Ask every source whose time has come; one that breaks does not hold up the others."""
    due = [one for one in Source.objects.filter(paused=False, removed=None) if _is_due(one)]
    worked = sum(_survived(one) for one in due)
    return f"{len(due)} sources asked, {worked} answered"


def _survived(source: Source) -> bool:
    """What nobody thought of is a failure of this source alone."""
    try:
        return pull(source)
    except Exception as error:
        log.exception("source broke", source=source.slug)
        return _failed(source, f"{type(error).__name__}")


def _is_due(source: Source) -> bool:
    every = timedelta(minutes=source.every_minutes) - SLACK
    return source.tried is None or clock.now() - source.tried >= every


def pull(source: Source) -> bool:
    """Ask one source; whether it answered with something that could be read."""
    # Staff read later what went wrong, in the language of the site.
    with override(django_settings.LANGUAGE_CODE):
        return _pulled(source)


def _pulled(source: Source) -> bool:
    source.tried = clock.now()
    try:
        batch = read(source, known=True)
    except (fetching.NotRead, NotUnderstood) as problem:
        return _failed(source, str(problem))
    if batch is None:
        storing.hold(source)
    else:
        done = storing.store_batch(source, batch)
        source.rows = len(batch.told)
        source.refused = [asdict(one) for one in batch.refused[:MOST_REFUSED]]
        log.info("source read", source=source.slug, rows=source.rows, numbers=done.numbers)
    source.read, source.failed_since, source.failure = clock.now(), None, ""
    source.save(update_fields=["tried", "read", "failed_since", "failure", "rows", "refused",
                               "etag", "last_modified"])  # fmt: skip
    return True


def _failed(source: Source, why: str) -> bool:
    source.failed_since = source.failed_since or clock.now()
    source.failure = why[:500]
    source.save(update_fields=["tried", "failed_since", "failure"])
    log.warning("source failed", source=source.slug, why=source.failure)
    return False


def read(source: Source, *, known: bool = False) -> Batch | None:
    """What a source says now; None where it says that nothing changed.

    Raises fetching.NotRead, NotUnderstood. Where car parks and numbers come apart, both are got.
    """
    document = fetching.get(source, source.address, known=known)
    if document.unchanged:
        return None
    live = READERS[source.format](document.body)
    source.etag, source.last_modified = document.etag, document.last_modified
    if not source.static_address:
        return live
    facts = fetching.get(source, source.static_address)
    return joined(READERS[source.static_format or source.format](facts.body), live)


def pull_one(number: int) -> str:
    """Ask one source now, by its key."""
    source = Source.objects.filter(pk=number, paused=False, removed=None).first()
    if source is None:
        return "not to be read"
    return "answered" if pull(source) else f"failed: {source.failure}"
