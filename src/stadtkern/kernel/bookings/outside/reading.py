"""Brings outside calendars and absences in step, without doubles; what cannot be read stays."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from psycopg.types.range import Range

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Absence, Source
from stadtkern.kernel.bookings.outside import fetching
from stadtkern.kernel.bookings.outside.events import Away, away
from stadtkern.kernel.bookings.outside.fetching import NotRead
from stadtkern.kernel.things.series import city_zone

log = structlog.get_logger("bookings")
AHEAD = timedelta(days=370)
# What the file itself did not change is still read anew so often: repeated events come closer.
ANYWAY = timedelta(hours=20)


def run() -> str:
    """Read every outside calendar that is on; one that fails does not keep the others waiting."""
    done, failed = 0, 0
    for number in list(Source.objects.filter(active=True).values_list("pk", flat=True)):
        problem = read(number)
        done, failed = done + (not problem), failed + bool(problem)
    return f"{done} calendars read, {failed} not"


def read(number: int) -> str:
    """Read one; empty, or why it could not be read."""
    rows = Source.objects.select_related("unit__resource__calendar")
    source = rows.filter(pk=number, active=True).first()
    if source is None:
        return ""
    now = clock.now()
    if source.read is None or source.read < now - ANYWAY:
        source.etag = ""
    try:
        got = fetching.get(source, now, now + AHEAD)
        if not got.unchanged:
            _keep(source, _found(source, got, now))
    except NotRead as problem:
        source.problem = str(problem)[:300]
        log.warning("calendar not read", source=source.pk, problem=source.problem)
    else:
        source.problem, source.etag = "", got.etag
        source.read = source.read if got.unchanged else now
    # Not `save`: somebody may have taken the calendar out meanwhile.
    told = {"problem": source.problem, "etag": source.etag, "read": source.read, "checked": now}
    Source.objects.filter(pk=number).update(**told)
    return source.problem


def _found(source: Source, got: fetching.Got, now: datetime) -> dict[str, Away]:
    calendar = source.unit.resource.calendar
    zone = ZoneInfo(calendar.zone) if calendar else city_zone()
    spans = (one for text in got.texts for one in away(text, now, now + AHEAD, zone))
    return {f"{_prefix(source)}{one.key}": one for one in spans}


def _prefix(source: Source) -> str:
    return f"ics:{source.pk}:"


@transaction.atomic
def forget(source: Source) -> None:
    """The calendar says nothing any more: what it brought goes with it."""
    list(Source.objects.select_for_update().filter(pk=source.pk))
    brought = Absence.objects.filter(unit=source.unit, source__startswith=_prefix(source))
    brought.delete()
    Source.objects.filter(pk=source.pk).delete()


@transaction.atomic
def _keep(source: Source, found: dict[str, Away]) -> None:
    """What is new is added, what was moved is changed, what is gone or past is taken out."""
    # Two workers that read the same calendar go one after the other.
    if not Source.objects.select_for_update().filter(pk=source.pk).exists():
        return
    known = {
        one.source: one
        for one in Absence.objects.filter(unit=source.unit, source__startswith=_prefix(source))
    }
    Absence.objects.filter(pk__in=[o.pk for key, o in known.items() if key not in found]).delete()
    spans = {key: Range(one.begins, one.ends) for key, one in found.items()}
    moved = [known[key] for key in spans if key in known and known[key].during != spans[key]]
    for one in moved:
        one.during = spans[one.source]
    Absence.objects.bulk_update(moved, ["during"])
    Absence.objects.bulk_create(
        Absence(unit=source.unit, source=key, during=span)
        for key, span in spans.items() if key not in known
    )  # fmt: skip
