"""The state machine: what the episodes of a look mean for the alerts that stand."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stadtkern.kernel.alerts.conditions import Episode
from stadtkern.kernel.alerts.conditions.fold import FAR
from stadtkern.kernel.alerts.models import Alert, Rule, State

# (subject, instant) -> whether work is done there, so that nothing is raised.
Covered = Callable[[int, datetime], bool]


@dataclass(kw_only=True, slots=True)
class Changes:
    """What a look changes: rows to make, to write again, to delete; and what people hear of."""

    made: list[Alert] = field(default_factory=list)
    changed: list[Alert] = field(default_factory=list)
    dropped: list[Alert] = field(default_factory=list)
    raised: list[Alert] = field(default_factory=list)
    resolved: list[Alert] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The alerts of a rule before a look: open or held back by a person, and those that are over.

    Of those that are over, only the ones are needed that overlap an episode.
    """

    open: Sequence[Alert]
    past: Sequence[Alert] = ()


def reconcile(
    rule: Rule, episodes: Iterable[Episode], standing: Standing, covered: Covered, now: datetime
) -> Changes:
    """What to change. Episodes that had ended before we looked are noted, and nobody is told."""
    found: dict[int, list[Episode]] = defaultdict(list)
    for one in sorted(episodes, key=lambda e: (e.subject, e.since)):
        found[one.subject].append(one)
    past: dict[int, list[Alert]] = defaultdict(list)
    for alert in standing.past:
        past[alert.subject_id].append(alert)
    changes = Changes()
    for alert in standing.open:
        step = _held if alert.state == State.RESOLVED else _open
        found[alert.subject_id] = step(changes, alert, found[alert.subject_id], covered, now)
    for subject, rest in found.items():
        for episode in rest:
            _new(changes, rule, episode, past[subject], covered, now)
    return changes


def _open(
    changes: Changes, alert: Alert, episodes: list[Episode], covered: Covered, now: datetime
) -> list[Episode]:
    """Go on with an open alert, or end it; the episodes after its own."""
    mine, rest = _split(alert, episodes)
    if mine is None or mine.ended is not None:
        _end(changes, alert, mine, now)
    else:
        _go_on(changes, alert, mine, covered, now)
    return rest


def _held(
    changes: Changes, alert: Alert, episodes: list[Episode], covered: Covered, now: datetime
) -> list[Episode]:
    """What a person resolved stays so while its episode lasts."""
    mine, rest = _split(alert, episodes)
    if mine is None or mine.ended is not None:
        alert.until_clear = False
        changes.changed.append(alert)
    return rest


def _split(alert: Alert, episodes: list[Episode]) -> tuple[Episode | None, list[Episode]]:
    """The first episode that was not over before the alert began, and those after it."""
    for place, one in enumerate(episodes):
        if one.ended is None or one.ended > alert.since:
            return one, episodes[place + 1 :]
    return None, []


def _end(changes: Changes, alert: Alert, mine: Episode | None, now: datetime) -> None:
    if alert.state == State.FIRING:
        alert.ended = mine.ended if mine and mine.ended else now
        alert.state, alert.resolved, alert.why = State.RESOLVED, now, "over"
        changes.changed.append(alert)
        changes.resolved.append(alert)
    elif mine is not None and mine.fired is not None:
        _unseen(alert, mine, now)
        changes.changed.append(alert)
    else:
        changes.dropped.append(alert)


def _go_on(changes: Changes, alert: Alert, mine: Episode, covered: Covered, now: datetime) -> None:
    before = (alert.state, alert.since, alert.fired, alert.found)
    # Late values may move the beginning; one from before what a look goes back to, stays.
    alert.since = mine.since if alert.since > now - FAR else min(alert.since, mine.since)
    alert.found = dict(mine.found)
    if alert.state == State.FIRING:
        alert.fired = mine.fired or alert.fired
    elif mine.fired is not None and not covered(mine.subject, now):
        _fire(alert, mine, now)
        changes.raised.append(alert)
    if before != (alert.state, alert.since, alert.fired, alert.found):
        changes.changed.append(alert)


def _new(
    changes: Changes, rule: Rule, episode: Episode, past: list[Alert], covered: Covered,
    now: datetime,
) -> None:  # fmt: skip
    alert = Alert(
        rule=rule, severity=rule.severity, since=episode.since, found=dict(episode.found),
        **subject(rule, episode.subject),
    )  # fmt: skip
    if episode.ended is None:
        if episode.fired is not None and not covered(episode.subject, now):
            _fire(alert, episode, now)
            changes.raised.append(alert)
        changes.made.append(alert)
    elif (
        episode.fired is not None
        and not covered(episode.subject, episode.fired)
        and not any(_overlap(one, episode) for one in past)
    ):
        _unseen(alert, episode, now)
        changes.made.append(alert)


def _overlap(alert: Alert, episode: Episode) -> bool:
    """Whether an alert that is over was about this episode."""
    ended = alert.ended or alert.resolved
    assert ended is not None
    assert episode.ended is not None
    return alert.since < episode.ended and episode.since < ended


def _fire(alert: Alert, episode: Episode, now: datetime) -> None:
    alert.state, alert.fired, alert.raised = State.FIRING, episode.fired, now


def _unseen(alert: Alert, episode: Episode, now: datetime) -> None:
    """An alert that was over before anybody could know."""
    alert.state, alert.why, alert.since = State.RESOLVED, "unseen", episode.since
    alert.fired, alert.ended = episode.fired, episode.ended
    alert.raised = alert.resolved = alert.told = alert.told_over = now
    alert.found = dict(episode.found)


def subject(rule: Rule, number: int) -> dict[str, Any]:
    """The column of an alert that names its subject."""
    return {f"{rule.about}_id": number}
