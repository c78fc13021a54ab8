"""What is to be handed over now, and how that went: the database side of sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel.devices.downlinks.address import Address, addresses
from stadtkern.kernel.devices.downlinks.limits import limit
from stadtkern.kernel.devices.downlinks.reasons import NEWER
from stadtkern.kernel.devices.downlinks.send import too_long
from stadtkern.kernel.devices.downlinks.steps import LOCK, News, advance
from stadtkern.kernel.devices.ingest.text import clean
from stadtkern.kernel.devices.models import Downlink
from stadtkern.kernel.devices.models.downlink import State, Step
from stadtkern.kernel.devices.networks.sending import Command, Parcel, Unknown
from stadtkern.kernel.devices.networks.sending.answer import Answer, Outcome

MOST = 100
# After this long whoever took it is taken to have died with it.
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
# A device that is not known yet to its network, or whose network is off, is asked for rarely.
LATER = timedelta(seconds=60)

# Of each device the one that is out already, else the first in its line; never a second one.
NEXT = """
with candidates as (
  select distinct on (device_id) id from devices_downlink
  where state in ('waiting', 'queued')
    and device_id in (select device_id from devices_downlink where due <= %s)
  order by device_id, (handed is not null) desc, priority desc, id
)
select d.id from devices_downlink d join candidates c on c.id = d.id
where d.state in ('waiting', 'queued') and d.due <= %s
order by d.id limit %s for update of d skip locked
"""
LEASED = """
update devices_downlink set handed = coalesce(handed, %s), tries = tries + 1, due = %s
where id = any(%s)
"""
POSTPONED = """
update devices_downlink d set due = r.due, reason = r.reason,
  handed = case when r.kept then d.handed end
from unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::boolean[], %s::timestamptz[])
  as r (id, due, reason, kept, before)
where d.id = r.id and d.state in ('waiting', 'queued') and d.due = r.before
"""


DONE = "update devices_downlink set due = null where id = any(%s) and due = %s"
Row = tuple[
    Downlink, datetime, str, bool, datetime
]  # due, reason, whether it may be out, due before


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A downlink with what its network is to be told: to take it, or to give it back."""

    downlink: Downlink
    address: Address
    parcel: Parcel
    lease: datetime
    recall: Step | None = None


def claim(now: datetime) -> list[Task]:
    """What is due, marked so that nobody else takes it; committed before anything is sent."""
    tasks: list[Task] = []
    news: list[News] = []
    later: list[Row] = []
    with transaction.atomic(), override(settings.LANGUAGE_CODE):
        rows = _next(now)
        where = addresses([row.device for row in rows]) if rows else {}
        for row in rows:
            found = _task(row, where[row.device_id], now)
            if isinstance(found, Task):
                tasks.append(found)
            elif isinstance(found, News):
                news.append(found)
            else:
                later.append((row, now + LATER, found, row.handed is not None, _due(row)))
        advance(news)
        _postpone(later)
        with connection.cursor() as cursor:
            cursor.execute(LEASED, [now, now + LEASE, [t.downlink.pk for t in tasks]])
    return tasks


def _next(now: datetime) -> list[Downlink]:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [now, now, MOST])
        ids = [number for (number,) in cursor.fetchall()]
    if not ids:
        return []
    rows = Downlink.objects.filter(id__in=ids).select_related("device__profile").order_by("id")
    return list(rows)


def _due(row: Downlink) -> datetime:
    assert row.due is not None
    return row.due


def _task(one: Downlink, where: Address, now: datetime) -> Task | News | str:
    """What is to be done with it; its end; or why it has to wait."""
    recall = Step(one.recall) if one.recall is not None else None
    if recall is None and one.expires is not None and one.expires <= now:
        if one.handed is None:
            return News(remote=one.remote, step=Step.EXPIRED, at=now)
        if not where.recalls:
            return one.reason  # its network drops it by itself, if it has it
        recall = Step.EXPIRED
    if where.sends is None:
        reason = _("The network of this device takes no downlinks.")
        return News(remote=one.remote, step=Step.REFUSED, at=now, reason=reason)
    size, most = len(one.payload), limit(where.spreading_factor)
    if recall is None and one.handed is None and size > most:
        reason = too_long(size, most, where.spreading_factor)
        return News(remote=one.remote, step=Step.REFUSED, at=now, reason=reason)
    if not where.on:
        return _("The network is switched off.")
    command = _command(one, where)
    try:
        parcel = where.sends.push(command) if recall is None else where.sends.recall(command)
    except Unknown as missing:
        return str(missing)
    return Task(downlink=one, address=where, parcel=parcel, lease=now + LEASE, recall=recall)


def _command(one: Downlink, where: Address) -> Command:
    return Command(
        id=str(one.remote),
        dev_eui=one.device.dev_eui,
        f_port=one.f_port,
        payload=bytes(one.payload),
        confirmed=one.confirmed,
        priority=one.priority,
        expires=one.expires,
        topic=where.topic,
        there=where.there,
        settings=where.settings,
        way=where.way,
    )


def settle(answers: Sequence[tuple[Task, Answer]], now: datetime) -> None:
    """Keep what came of it. What a network or a device has told meanwhile stays."""
    news, later = [], []
    for task, answer in answers:
        if found := _news(task, answer, now):
            news.append(found)
        else:
            later.append(_again(task, answer, now))
    with transaction.atomic():
        advance(news)
        _postpone(later)
        # Where the step was taken before, as after a join, only this is left of it.
        for task, answer in answers:
            if answer.outcome is Outcome.TAKEN and task.downlink.state == State.QUEUED:
                with connection.cursor() as cursor:
                    cursor.execute(DONE, [[task.downlink.pk], task.lease])


def _news(task: Task, answer: Answer, now: datetime) -> News | None:
    one = task.downlink
    if answer.outcome is Outcome.TAKEN:
        step = Step.QUEUED if task.recall is None else task.recall
        reason = NEWER if step is Step.SUPERSEDED else ""
        return News(remote=one.remote, step=step, at=now, reason=reason)
    if answer.outcome is Outcome.REFUSED and task.recall is None:
        return News(remote=one.remote, step=Step.REFUSED, at=now, reason=answer.reason)
    return None


def _again(task: Task, answer: Answer, now: datetime) -> Row:
    """Only what surely did not leave, and never before, may still be taken back here."""
    one = task.downlink
    stayed = answer.outcome is Outcome.NOT_SENT and one.handed is None
    return (one, now + _pause(one.tries + 1), answer.reason, not stayed, task.lease)


def _pause(tries: int) -> timedelta:
    doubled: timedelta = FIRST_PAUSE * 2 ** min(tries - 1, 10)
    return min(doubled, LONGEST_PAUSE)


def _postpone(rows: Sequence[Row]) -> None:
    """Unless somebody has set another time meanwhile, such as who takes it back."""
    if not rows:
        return
    table: list[tuple[Any, ...]] = [
        (row.pk, due, clean(reason)[:300], kept, before) for row, due, reason, kept, before in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [[row.remote for row, *_rest in rows]])
        cursor.execute(POSTPONED, [list(column) for column in zip(*table, strict=True)])
