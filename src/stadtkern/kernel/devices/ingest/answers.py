"""What networks tell of downlinks, taken from the events that were just stored."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection

from stadtkern.kernel import clock
from stadtkern.kernel.devices.downlinks.reasons import JOINED, UNANSWERED
from stadtkern.kernel.devices.downlinks.steps import News, advance
from stadtkern.kernel.devices.ingest.event import HOME
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.ingest.text import clean
from stadtkern.kernel.devices.models import Network
from stadtkern.kernel.devices.models.downlink import Step
from stadtkern.kernel.devices.networks.sending import SENDERS
from stadtkern.kernel.devices.networks.sending.things_stack import MARK

STEPS = {
    "queued": Step.QUEUED,
    "txack": Step.SENT,
    "ack": Step.ACKNOWLEDGED,
    "nack": Step.UNANSWERED,
    "failed": Step.REFUSED,
    "log": Step.REFUSED,
}
# ChirpStack's log code for what stood in its queue too long.
EXPIRED = "EXPIRED"
# A log event without a queue item: the gateway could not send, the network will try again.
GATEWAY = "DOWNLINK_GATEWAY"
# What was sent in answer to the join is told within this time.
SETTLES = timedelta(seconds=20)

NOTE = """
update devices_downlink d set reason = r.reason
from unnest(%s::bigint[], %s::text[]) as r (device, reason)
where d.device_id = r.device and d.state = 'queued'
"""
# A join that was before it, and comes late, says nothing about it; clocks differ a little.
REJOINED = """
update devices_downlink d set due = %s, changed = clock_timestamp()
from unnest(%s::bigint[], %s::timestamptz[]) as j (device, at)
where d.device_id = j.device and d.state = 'queued' and d.recall is null
  and d.handed < j.at + interval '1 minute'
"""
UNHEARD = """
select d.remote from devices_downlink d
join unnest(%s::bigint[], %s::timestamptz[]) as j (device, at) on j.device = d.device_id
where d.state = 'sent' and d.confirmed and (d.history -> '40' ->> 'at')::timestamptz < j.at
order by d.id
"""


def take(fresh: Sequence[Judged]) -> None:
    """Apply what these new events tell, in the caller's transaction."""
    if not any(one.event.event in STEPS or one.event.event == "join" for one in fresh):
        return
    advance([news for one in fresh if (news := _news(one))])
    _note_gateways(fresh)
    _after_joins(fresh)


def _news(one: Judged) -> News | None:
    """Only the device's own network speaks for it."""
    event = one.event
    remote = _ours(event.command)
    if event.event not in STEPS or remote is None or event.problem or one.device is None:
        return None
    step, reason = STEPS[event.event], event.told
    if event.event == "log" and reason.startswith(EXPIRED):
        step = Step.EXPIRED
    if step is Step.UNANSWERED:
        reason = UNANSWERED
    return News(remote=remote, step=step, at=event.time, reason=reason, device=one.device.id)


def _ours(command: str) -> UUID | None:
    try:
        return UUID(command.removeprefix(MARK))
    except ValueError:
        return None


def _note_gateways(fresh: Sequence[Judged]) -> None:
    notes = {
        one.device.id: clean(one.event.told)[:300]
        for one in fresh
        if one.device and one.event.event == "log" and one.event.told.startswith(GATEWAY)
    }
    if notes:
        with connection.cursor() as cursor:
            cursor.execute(NOTE, [list(notes), list(notes.values())])


def _after_joins(fresh: Sequence[Judged]) -> None:
    """Some networks empty a device's queue when it joins: then it is handed over again.

    What was out for an acknowledgement gets none: the counters begin anew.
    """
    joined = {one.device.id: one.event for one in fresh if one.device and one.event.event == "join"}
    if not joined:
        return
    names, now = _forgetful(), clock.now()
    forgot = {device: event.time for device, event in joined.items() if event.source in names}
    with connection.cursor() as cursor:
        cursor.execute(REJOINED, [now + SETTLES, list(forgot), list(forgot.values())])
        cursor.execute(UNHEARD, [list(joined), [event.time for event in joined.values()]])
        unheard = [remote for (remote,) in cursor.fetchall()]
    advance([News(remote=r, step=Step.UNANSWERED, at=now, reason=JOINED) for r in unheard])


def _forgetful() -> set[str]:
    kinds = {HOME: HOME, **dict(Network.objects.values_list("slug", "kind"))}
    return {slug for slug, kind in kinds.items() if kind in SENDERS and SENDERS[kind].drops_at_join}
