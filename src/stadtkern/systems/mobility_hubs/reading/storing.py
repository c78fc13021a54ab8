"""Stores a timetable: the new one replaces the old one in one transaction."""

from collections.abc import Iterable

from django.db import transaction

from stadtkern.systems.mobility_hubs.models import (
    Call,
    Change,
    Line,
    Run,
    ServiceDay,
    Source,
    Stop,
)
from stadtkern.systems.mobility_hubs.reading.gtfs import Timetable

BATCH = 5000


def store(source: Source, told: Timetable) -> int:
    """How many departures there are now. Runs twice without harm."""
    with transaction.atomic():
        Source.objects.select_for_update().get(pk=source.pk)
        for model in (Change, ServiceDay):
            model.objects.filter(source__in=[source.pk, *source.delays.values_list("pk")]).delete()
        Call.objects.filter(run__source=source)._raw_delete(using="default")
        for rows in (Run, Line, Stop):
            rows.objects.filter(source=source).delete()
        stops = _kept(Stop(source=source, uid=one.uid, name=one.name, platform=one.platform,
                           lon=one.lon, lat=one.lat, wheelchair=one.wheelchair)
                      for one in told.stops.values())  # fmt: skip
        lines = _kept(Line(source=source, uid=uid, short=short, long=long, kind=kind)
                      for uid, (short, long, kind) in told.lines.items())  # fmt: skip
        runs = _kept(Run(source=source, uid=uid, line_id=lines[line], service=service,
                         headsign=sign)
                     for uid, (line, service, sign) in told.trips.items())  # fmt: skip
        calls = [Call(run_id=runs[trip], stop_id=stops[stop], sequence=number, departs=at)
                 for trip, stop, number, at in told.calls]  # fmt: skip
        Call.objects.bulk_create(calls, batch_size=BATCH, ignore_conflicts=True)
        ServiceDay.objects.bulk_create(
            [ServiceDay(source=source, service=service, day=day)
             for service, days in told.days.items() for day in sorted(days)],
            batch_size=BATCH,
        )  # fmt: skip
    return len(calls)


def _kept(rows: Iterable[Stop | Line | Run]) -> dict[str, int]:
    """Keys of new rows by what the feed calls them."""
    made = list(rows)
    if not made:
        return {}
    type(made[0])._default_manager.bulk_create(made, batch_size=BATCH)  # type: ignore[arg-type]
    return {one.uid: one.pk for one in made}
