"""One round: every rule that is due looks at its subjects, and alerts follow."""

from datetime import datetime

import structlog
from django.db import DatabaseError, connection, transaction

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import conditions, maintenance, progress, subjects
from stadtkern.kernel.alerts.conditions import Episode, Look
from stadtkern.kernel.alerts.models import Alert, Note, Rule, State
from stadtkern.kernel.alerts.reconcile import Changes, Standing, reconcile

log = structlog.get_logger("alerts")

LOCK = 0x616C7274  # one number for all locks of rules; the rule's id is the other
WRITTEN = (
    "state", "since", "fired", "raised", "ended", "resolved", "why", "until_clear", "found",
    "told", "told_over",
)  # fmt: skip
SERIES = ("threshold", "rate", "geofence")


def rules(*, only: tuple[str, ...] = ()) -> int:
    """Let every rule that is due have its look; how many alerts were raised or ended.

    A rule that fails keeps its reason and stops no other one. Where another worker is at a rule,
    it is left to that one.
    """
    progress.mark()
    found = Rule.objects.filter(on=True).order_by("pk")
    if only:
        found = found.filter(kind__in=only)
    return sum(_guarded(rule) for rule in found if is_due(rule, clock.now()))


def is_due(rule: Rule, now: datetime) -> bool:
    """Whether a rule's condition is worth another look."""
    kind = conditions.KINDS.get(rule.kind)
    return kind is None or rule.seen is None or rule.seen + kind.every * 0.9 <= now


def _guarded(rule: Rule) -> int:
    try:
        with transaction.atomic():
            return one(rule)
    except (ValueError, DatabaseError) as error:
        log.warning("rule failed", rule=rule.pk, error=str(error)[:300])
        reason = str(error).partition("\n")[0][:300] or type(error).__name__
        Rule.objects.filter(pk=rule.pk).update(problem=reason, seen=clock.now())
        return 0


def one(rule: Rule) -> int:
    """One look of one rule, in the caller's transaction; how many alerts it raised or ended."""
    if not _locked(rule):
        return 0
    rule.refresh_from_db(fields=["done", "seen"])
    now, safe, first = clock.now(), progress.safe(), rule.done is None
    condition = conditions.read(rule.kind, rule.condition, rule.about)
    look = Look(rule=rule.pk, subjects=subjects.of(rule), now=now, done=rule.done)
    looked = condition.look(look)
    episodes = [e for e in looked.episodes if e.subject not in looked.unchanged]
    standing = [a for a in _standing(rule) if a.subject_id not in looked.unchanged]
    if first:  # a new rule does not dig up what was over before it
        known = {alert.subject_id for alert in standing}
        episodes = [e for e in episodes if e.ended is None or e.subject in known]
    past = _past(rule, episodes)
    windows = maintenance.windows(rule.about, now)
    changes = reconcile(rule, episodes, Standing(open=standing, past=past), windows.cover, now)
    write(changes, now)
    Rule.objects.filter(pk=rule.pk).update(seen=now, done=safe, problem="")
    return len(changes.raised) + len(changes.resolved)


def _locked(rule: Rule) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [LOCK, rule.pk % 2**31])
        return bool(cursor.fetchone()[0])


def _standing(rule: Rule) -> list[Alert]:
    """Alerts that are open, or held back by a person."""
    rows = Alert.objects.filter(rule=rule)
    open_ones = rows.filter(state__in=(State.PENDING, State.FIRING))
    return list(open_ones | rows.filter(until_clear=True))


def _past(rule: Rule, episodes: list[Episode]) -> list[Alert]:
    """Alerts that are over, and that an ended episode may be about."""
    ended = [e for e in episodes if e.ended is not None]
    if not ended:
        return []
    whom = {f"{rule.about}_id__in": [e.subject for e in ended]}
    earliest = min(e.since for e in ended)
    rows = Alert.objects.filter(rule=rule, state=State.RESOLVED, ended__gte=earliest)
    return list(rows.filter(**whom))


def write(changes: Changes, now: datetime) -> None:
    """Write what a look changed, each kind of change in one statement, with a note for people."""
    if changes.dropped:
        Alert.objects.filter(pk__in=[one.pk for one in changes.dropped]).delete()
    Alert.objects.bulk_update(changes.changed, WRITTEN, batch_size=500)
    Alert.objects.bulk_create(changes.made, batch_size=2000)
    notes = [Note(alert=one, at=now, verb="raised") for one in changes.raised]
    notes += [Note(alert=one, at=now, verb="over") for one in changes.resolved]
    Note.objects.bulk_create(notes, batch_size=2000)
