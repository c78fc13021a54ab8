"""Switching a rule on and off."""

from datetime import datetime

from stadtkern.kernel.alerts.models import Alert, Rule, State


def switch(rule: Rule, *, on: bool, now: datetime) -> int:
    """In the caller's transaction. Off: its open alerts are over, and nobody is told; how many.

    On: it looks at all its subjects anew.
    """
    rule.on, rule.done, rule.seen = on, None, None
    rule.save(update_fields=["on", "done", "seen"])
    if on:
        return 0
    rows = Alert.objects.filter(rule=rule)
    rows.filter(state=State.PENDING).delete()
    rows.filter(until_clear=True).update(until_clear=False)
    return rows.filter(state=State.FIRING).update(
        state=State.RESOLVED, ended=now, resolved=now, why="off", told_over=now
    )
