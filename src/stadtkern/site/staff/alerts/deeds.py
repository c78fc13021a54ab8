"""What people do with alerts; each deed has its note there and its audit entry."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.alerts.models import Alert, Incident, Note, State
from stadtkern.kernel.audit.models import record, record_all
from stadtkern.kernel.people.models import Account

DEEDS = ("acknowledge", "snooze", "wake", "assign", "resolve", "comment")


def acknowledge(alerts: Sequence[Alert], by: Account, text: str = "") -> int:
    """Somebody takes these alerts on; how many were not taken before."""
    return _do(
        alerts, by, "acknowledged", text,
        lambda a: a.state == State.FIRING and a.acknowledged is None,
        acknowledged=clock.now(), acknowledged_by=by,
    )  # fmt: skip


def snooze(alerts: Sequence[Alert], by: Account, until: datetime, text: str = "") -> int:
    """Nobody is reminded of these alerts until then."""
    return _do(alerts, by, "snoozed", text, lambda a: a.state == State.FIRING, snoozed_until=until)


def assign(alerts: Sequence[Alert], by: Account, to: Account | None) -> int:
    """Somebody is to look after these alerts."""
    name = str(to) if to else ""
    return _do(alerts, by, "assigned", name, lambda a: a.assigned_id != (to and to.pk), assigned=to)


def resolve(alerts: Sequence[Alert], by: Account, text: str = "") -> int:
    """Close these by hand: they are not raised again until the condition was seen to end."""
    now = clock.now()
    return _do(
        alerts, by, "resolved", text, lambda a: a.state == State.FIRING,
        state=State.RESOLVED, ended=now, resolved=now, why="hand", until_clear=True,
    )  # fmt: skip


def comment(alerts: Sequence[Alert], by: Account, text: str) -> int:
    """Leave a note for colleagues."""
    return _do(alerts, by, "comment", text, lambda a: bool(text))


def acknowledge_incident(incident: Incident, by: Account, text: str = "") -> None:
    """Somebody takes an incident on, with all its alerts and those that will join."""
    with transaction.atomic():
        Incident.objects.filter(pk=incident.pk, acknowledged=None).update(
            acknowledged=clock.now(), acknowledged_by=by
        )
        acknowledge(list(incident.alerts.all()), by, text)
        record(by, "alerts.incident", incident, text=text)


def _do(
    alerts: Sequence[Alert], by: Account, verb: str, text: str, concerns: Any, **fields: Any
) -> int:
    """Write the fields of those it concerns, with a note and an audit entry each."""
    with transaction.atomic():
        locked = Alert.objects.select_for_update(of=("self",)).filter(
            pk__in=[one.pk for one in alerts]
        )
        chosen = [one.pk for one in locked if concerns(one)]
        if fields:
            Alert.objects.filter(pk__in=chosen).update(**fields)
        Note.objects.bulk_create(
            [Note(alert_id=pk, by=by, verb=verb, text=text[:1000]) for pk in chosen]
        )
        targets = [f"alerts.alert:{pk}" for pk in chosen]
        record_all(f"account:{by.pk}", f"alerts.{verb}", targets)
    return len(chosen)
