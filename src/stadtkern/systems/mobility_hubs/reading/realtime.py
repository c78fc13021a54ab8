"""Reads delays (GTFS Realtime 2.0, TripUpdate) for trips of a timetable that is here."""

from datetime import UTC, date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.systems.mobility_hubs.logic import timing
from stadtkern.systems.mobility_hubs.models import Call, Change, Run, Source
from stadtkern.systems.mobility_hubs.reading.refusing import NotUnderstood, Refusals

# TripDescriptor.ScheduleRelationship and StopTimeUpdate.ScheduleRelationship.
CANCELED: Final = 3
DELETED: Final = 7
SKIPPED: Final = 1
# What a number of the database holds; a delay beyond two days is none.
MOST: Final = 2**31 - 1
LATEST: Final = 2 * 86_400
NO_DATA: Final = 2


def read(source: Source, content: bytes, *, keep: bool = True) -> tuple[int, Refusals]:
    """Replace what was known of delays by this message; returns how many trips have news.

    Raises NotUnderstood.
    """
    from google.protobuf.message import DecodeError  # noqa: PLC0415  only who pulls needs it
    from google.transit import gtfs_realtime_pb2  # noqa: PLC0415

    message = gtfs_realtime_pb2.FeedMessage()
    try:
        message.ParseFromString(content)
    except DecodeError as error:
        raise NotUnderstood(_("This is no GTFS Realtime: %(why)s") % {"why": error}) from None
    at = min(_instant(message.header.timestamp) or clock.now(), clock.now())
    updates = [one.trip_update for one in message.entity if one.HasField("trip_update")]
    return _store(source, updates, at, keep)


def _instant(stamp: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(stamp, UTC) if stamp else None
    except (ValueError, OverflowError, OSError):
        return None


def _store(source: Source, updates: list[Any], at: datetime, keep: bool) -> tuple[int, Refusals]:
    refused = Refusals()
    runs = _runs(source, updates)
    planned = _planned(runs)
    changes: dict[tuple[int, date, int], Change] = {}
    known = set()
    for one in updates:
        run = runs.get(one.trip.trip_id)
        day = timing.day_of(one.trip.start_date, source.base, at)
        if run is None or day is None:
            refused.add(one.trip.trip_id, "trip_id", _("no such trip in the timetable"))
            continue
        known.add(run.pk)
        for change in _changes(source, run, day, one, planned.get(run.pk, {}), at):
            changes[change.run_id, change.day, change.sequence] = change
    if not keep:
        return len(known), refused
    with transaction.atomic():
        Source.objects.select_for_update().get(pk=source.pk)
        Change.objects.filter(source=source).delete()
        Change.objects.bulk_create(changes.values(), batch_size=2000, ignore_conflicts=True)
    return len(known), refused


def _runs(source: Source, updates: list[Any]) -> dict[str, Run]:
    names = [one.trip.trip_id for one in updates]
    return {one.uid: one for one in Run.objects.filter(source=source.base, uid__in=names)}


def _planned(runs: dict[str, Run]) -> dict[int, dict[int, tuple[str, int]]]:
    """By trip and sequence: which stop, and when by the timetable."""
    found: dict[int, dict[int, tuple[str, int]]] = {}
    rows = Call.objects.filter(run__in=[one.pk for one in runs.values()])
    for run, sequence, stop, departs in rows.values_list("run", "sequence", "stop__uid", "departs"):
        found.setdefault(run, {})[sequence] = (stop, departs)
    return found


def _changes(
    source: Source, run: Run, day: date, update: Any, planned: dict[int, tuple[str, int]],
    at: datetime,
) -> list[Change]:  # fmt: skip
    base = {"source": source, "run": run, "day": day, "at": at}
    if update.trip.schedule_relationship in (CANCELED, DELETED):
        return [Change(**base, sequence=0, cancelled=True)]
    found = []
    for one in update.stop_time_update:
        sequence = _sequence(one, planned)
        if sequence is None or sequence > MOST or one.schedule_relationship == NO_DATA:
            continue
        skipped = one.schedule_relationship == SKIPPED
        delay = None if skipped else _delay(one, source, day, planned.get(sequence))
        if skipped or delay is not None:
            found.append(Change(**base, sequence=sequence, delay=delay, skipped=skipped))
    if not found and update.HasField("delay") and abs(update.delay) <= LATEST:
        found.append(Change(**base, sequence=0, delay=update.delay))
    return found


def _sequence(one: Any, planned: dict[int, tuple[str, int]]) -> int | None:
    if one.HasField("stop_sequence"):
        return int(one.stop_sequence)
    return next((n for n, (stop, _at) in planned.items() if stop == one.stop_id), None)


def _delay(one: Any, source: Source, day: date, planned: tuple[str, int] | None) -> int | None:
    """By `departure`, else `arrival`; a time alone is compared with the timetable."""
    found = _told_delay(one, source, day, planned)
    return found if found is not None and abs(found) <= LATEST else None


def _told_delay(one: Any, source: Source, day: date, planned: tuple[str, int] | None) -> int | None:
    for name in ("departure", "arrival"):
        if one.HasField(name):
            event = getattr(one, name)
            if event.HasField("delay"):
                return int(event.delay)
            if event.HasField("time") and planned is not None and source.base is not None:
                return int(event.time - timing.instant(source.base, day, planned[1]).timestamp())
    return None
