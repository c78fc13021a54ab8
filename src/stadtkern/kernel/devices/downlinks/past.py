"""Brings downlinks to their end of which nobody will say anything any more."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from stadtkern.kernel import clock, registry
from stadtkern.kernel.devices.downlinks.address import addresses
from stadtkern.kernel.devices.downlinks.reasons import DROPPED, NEVER_ANSWERED, NEVER_SENT
from stadtkern.kernel.devices.downlinks.steps import News, advance
from stadtkern.kernel.devices.models import Downlink
from stadtkern.kernel.devices.models.downlink import State, Step

MOST = 500
STEP = 10_000
# A network that was told the time drops it by itself; its clock and ours may differ.
GRACE = timedelta(minutes=1)
# So often a device has been heard, and so long ago was it, before a silent network is given up:
# gateways sometimes fail to send, and the network then tries again after the next message.
HEARD = 5
QUIET = timedelta(minutes=30)

SILENT = """
select d.remote, d.state from devices_downlink d
where (d.state = 'queued' or (d.state = 'sent' and d.confirmed)) and d.recall is null
  and d.due is null and d.changed < %s
  and (select count(*) from (
    select 1 from devices_uplink u
    where u.device_id = d.device_id and u.event = 'up' and u.time > d.changed limit %s
  ) heard) >= %s
order by d.id limit %s
"""


def end(now: datetime) -> int:
    """Expired ones and those that a network has forgotten. Returns how many."""
    with transaction.atomic():
        return len(advance([*_expired(now), *_forgotten(now)]))


def _expired(now: datetime) -> list[News]:
    """What waits here is over at once; what is out is taken back, or its network drops it."""
    open_ = Downlink.objects.filter(state__in=(State.WAITING, State.QUEUED), expires__lte=now)
    rows = list(open_.filter(recall=None).select_related("device").order_by("id")[:MOST])
    where = addresses([row.device for row in rows if row.handed]) if rows else {}
    news, recalled = [], []
    for row in rows:
        if row.handed is None:
            news.append(News(remote=row.remote, step=Step.EXPIRED, at=now))
        elif where[row.device_id].recalls:
            recalled.append(row.pk)
        elif row.expires and row.expires <= now - GRACE:
            reason = DROPPED if row.state == State.QUEUED else ""
            news.append(News(remote=row.remote, step=Step.EXPIRED, at=now, reason=reason))
    Downlink.objects.filter(pk__in=recalled).update(recall=int(Step.EXPIRED), due=now)
    return news


def _forgotten(now: datetime) -> list[News]:
    with connection.cursor() as cursor:
        cursor.execute(SILENT, [now - QUIET, HEARD, HEARD, MOST])
        rows = cursor.fetchall()
    return [
        News(remote=remote, step=Step.REFUSED, at=now, reason=NEVER_SENT)
        if state == State.QUEUED
        else News(remote=remote, step=Step.UNANSWERED, at=now, reason=NEVER_ANSWERED)
        for remote, state in rows
    ]


def forget() -> str:
    """Delete what ended before the city's retention of messages, in steps that block nobody."""
    limit = clock.now() - timedelta(days=registry.city().keep.uplinks_days)
    ended = Downlink.objects.filter(changed__lt=limit).exclude(
        state__in=(State.WAITING, State.QUEUED)
    )
    gone = 0
    while ids := list(ended.values_list("id", flat=True)[:STEP]):
        Downlink.objects.filter(id__in=ids).delete()
        gone += len(ids)
    return f"{gone} downlinks forgotten"
