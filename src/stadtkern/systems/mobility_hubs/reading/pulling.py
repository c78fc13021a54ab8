"""Asks the feeds that are due, and keeps account of what came and what failed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, fetching, registry, sealing
from stadtkern.kernel.fetching import Document, Limits, NotRead
from stadtkern.systems.mobility_hubs import logic
from stadtkern.systems.mobility_hubs.models import Source
from stadtkern.systems.mobility_hubs.reading import gbfs, gtfs, realtime, storing
from stadtkern.systems.mobility_hubs.reading.refusing import NotUnderstood, Refusals

SETTING: Final = "[systems.mobility_hubs] private_networks"
# A timetable of a whole region may be large; everything else is small.
MOST: Final = {"gtfs": 500 * 1024**2, "gtfs-rt": 50 * 1024**2, "gbfs": 20 * 1024**2}
# Degrees round the city that belong to it: a stop on the other side of the street.
MARGIN: Final = 0.01
# A timetable is read anew at least so often, since it names days by their dates.
OLD: Final = timedelta(days=7)

log = structlog.get_logger("mobility")


@dataclass(frozen=True, kw_only=True, slots=True)
class Came:
    """What a round brought: rows, what was refused, facts; `document` has the new marks."""

    rows: int
    refused: Refusals
    facts: dict[str, Any]
    document: Document


def pull_all() -> str:
    """Every feed that is due, the longest waiting first; the answer says how many."""
    rows = Source.objects.filter(paused=False).select_related("base")
    due = [one for one in rows.order_by("tried") if _is_due(one)]
    read = sum(pull(one) for one in due)
    return f"{len(due)} feeds asked, {read} read"


def _is_due(source: Source) -> bool:
    # A little early, since the clock of the job is not that of the last round.
    pause = timedelta(minutes=source.every_minutes, seconds=-10)
    # A feed of shared vehicles says how long it holds: before that it is not asked again.
    pause = max(pause, timedelta(seconds=source.facts.get("ttl") or 0))
    return source.tried is None or clock.age(source.tried) >= pause


def pull_one(number: int) -> str:
    """The one with this key, due or not."""
    source = Source.objects.select_related("base").filter(pk=number).first()
    return "gone" if source is None else "read" if pull(source) else "not read"


def pull(source: Source) -> bool:
    """Ask one feed; never raises for what the other side does. Whether it was read."""
    now = clock.now()
    try:
        came = ask(source, known=True)
    except (NotRead, NotUnderstood) as problem:
        return _failed(source, str(problem))
    except Exception:
        log.exception("feed not read", source=source.slug)
        return _failed(source, _("A fault of our own: the log says more."))
    fields: dict[str, Any] = {"tried": now, "read": now, "failed_since": None, "failure": ""}
    if came is not None:
        fields |= {
            "rows": came.rows, "refused": came.refused.rows, "facts": came.facts,
            "etag": came.document.etag, "last_modified": came.document.last_modified,
        }  # fmt: skip
    Source.objects.filter(pk=source.pk).update(**fields)
    return True


def _failed(source: Source, why: str) -> bool:
    now = clock.now()
    Source.objects.filter(pk=source.pk, failed_since=None).update(failed_since=now)
    Source.objects.filter(pk=source.pk).update(tried=now, failure=why[:500])
    return False


def ask(source: Source, *, known: bool, keep: bool = True) -> Came | None:
    """What the feed says now, stored if `keep`; None where it is unchanged.

    Raises NotRead, NotUnderstood.
    """
    fresh = source.read is not None and clock.age(source.read) < OLD
    marks = {"etag": source.etag, "last_modified": source.last_modified} if known and fresh else {}
    document = _get(source, source.address, **marks)
    if document.unchanged:
        return None
    return READERS[source.format](source, document, keep)


def _get(source: Source, url: str, **marks: str) -> Document:
    limits = Limits(
        networks=logic.settings().private_networks, setting=SETTING, most=MOST[source.format],
        longest=300.0,
    )  # fmt: skip
    try:
        key = sealing.unseal(source.key)
    except ValueError:
        raise NotRead(_("The key was sealed with another secret: enter it anew.")) from None
    # The key is for the host that staff named; a feed may name files anywhere.
    is_home = urlsplit(url)[:2] == urlsplit(source.address)[:2]
    secret = {source.key_header or "Authorization": key} if key and is_home else None
    return fetching.get(url, limits, secret=secret, **marks)  # type: ignore[arg-type]


def box() -> tuple[float, float, float, float]:
    """The city with a margin: west, south, east, north."""
    west, south, east, north = registry.city().city.bounds
    return west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN


def _timetable(source: Source, document: Document, keep: bool) -> Came:
    told = gtfs.read(document.body, box(), timezone.localdate(clock.now()))
    count = storing.store(source, told) if keep else len(told.calls)
    last = max((day for days in told.days.values() for day in days), default=None)
    facts = {"zone": told.zone, "version": told.version[:100], "stops": len(told.stops),
             "last_day": last.isoformat() if last else ""}  # fmt: skip
    return Came(rows=count, refused=told.refused, facts=facts, document=document)


def _delays(source: Source, document: Document, keep: bool) -> Came:
    count, refused = realtime.read(source, document.body, keep=keep)
    return Came(rows=count, refused=refused, facts=source.facts, document=document)


def _sharing(source: Source, document: Document, keep: bool) -> Came:
    """The directory may be unchanged while the vehicles move, so its marks are not kept."""
    wanted = gbfs.addresses(document.body)
    parts = {name: _get(source, url).body for name, url in wanted.items()}
    told = gbfs.read(parts, box())
    count = gbfs.store(source, told) if keep else len(told.docks) + len(told.vehicles)
    return Came(rows=count, refused=told.refused, facts=told.facts,
                document=Document(url=document.url))  # fmt: skip


READERS: Final = {"gtfs": _timetable, "gtfs-rt": _delays, "gbfs": _sharing}


def failing() -> Any:
    """Feeds that have failed for an hour or longer, or whose timetable ends within a week."""
    soon = (timezone.localdate(clock.now()) + timedelta(days=7)).isoformat()
    return Source.objects.filter(paused=False).filter(
        Q(failed_since__lte=clock.now() - timedelta(hours=1))
        | Q(format="gtfs", facts__last_day__lt=soon, read__isnull=False)
    )
