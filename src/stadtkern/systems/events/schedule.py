"""Keeps the dates of an event in step with its series, and changes single ones."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.events import series
from stadtkern.systems.events.models import Event, Occasion
from stadtkern.systems.events.series import Span

# How far ahead the dates of a series are laid out.
AHEAD = timedelta(days=400)


def horizon() -> date:
    """The last day that has dates."""
    return timezone.localdate(clock.now()) + AHEAD


def spans(event: Event) -> Sequence[Span]:
    """When its series says that it takes place."""
    zone = city_zone()
    found = series.dates(event.begins, event.ends, event.rule, until=horizon(), zone=zone)
    if event.all_day:
        found = series.whole_days(event.begins, event.ends, found, zone)
    left_out = set(event.without)
    return [one for one in found if one.begins not in left_out]


@transaction.atomic
def lay_out(event: Event) -> int:
    """Write the dates that are missing and take out those that are no more; how many changed.

    A date that was moved or cancelled stays so, also where the series moves within its day.
    """
    wanted = {one.begins: one for one in spans(event)}
    zone = city_zone()
    changed = 0
    by_day = {at.astimezone(zone).date(): at for at in wanted}
    for row in list(event.occasions.select_for_update()):
        span = wanted.pop(row.original, None)
        if span is None and row.state != Occasion.SCHEDULED:
            span = wanted.pop(by_day.get(row.original.astimezone(zone).date()), None)  # type: ignore[arg-type]
        changed += _keep(row, span)
    made = [Occasion(event=event, original=one.begins, begins=one.begins, ends=one.ends)
            for one in wanted.values()]  # fmt: skip
    Occasion.objects.bulk_create(made)
    return changed + len(made)


def _keep(row: Occasion, span: Span | None) -> bool:
    if span is None:
        row.delete()
        return True
    was = (row.original, row.begins, row.ends)
    row.original = span.begins
    if row.state == Occasion.SCHEDULED:
        row.begins, row.ends = span.begins, span.ends
    if (row.original, row.begins, row.ends) == was:
        return False
    row.save()
    return True


def cancel(row: Occasion, note: str = "") -> None:
    """This date does not take place; it stays visible."""
    row.state, row.note = Occasion.CANCELLED, note
    _stored(row)


def move(row: Occasion, begins: datetime, ends: datetime, note: str = "") -> None:
    """This date takes place at another time."""
    row.state, row.begins, row.ends, row.note = Occasion.MOVED, begins, ends, note
    _stored(row)


def restore(row: Occasion) -> None:
    """This date takes place as the series says."""
    length = row.event.ends - row.event.begins
    row.state, row.note = Occasion.SCHEDULED, ""
    row.begins, row.ends = row.original, row.original + length
    _stored(row)


@transaction.atomic
def _stored(row: Occasion) -> None:
    row.save()
    touch(row.event)


def touch(event: Event) -> None:
    """Calendar programs take a change only with a higher number (RFC 5545, 3.8.7.4)."""
    event.sequence += 1
    event.changed = clock.now()
    event.save()
