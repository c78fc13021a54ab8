"""Rules of the demo city, and the alerts that they would have raised in the last weeks."""

from typing import Any

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import rehearsal
from stadtkern.kernel.alerts.conditions import Episode
from stadtkern.kernel.alerts.models import Alert, Note, Rule
from stadtkern.kernel.things.models import ObservedProperty

DAYS = 21
# Of each rule; a list with thousands shows nothing.
MOST = 12
RULES: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("demo-dust", "Feinstaub hoch", "warning", "pm10", {"high": 45, "slack": 10, "minutes": 60}),
    ("demo-cold", "Kälte", "warning", "air_temperature", {"low": 6, "slack": 1, "minutes": 60}),
    ("demo-warm", "Wärme", "info", "air_temperature", {"high": 26, "slack": 2, "minutes": 60}),
    ("demo-full", "Parkplatz fast voll", "info", "free_bays",
     {"low": 10, "slack": 15, "minutes": 30}),
)  # fmt: skip


def load_rules() -> None:
    """Rules over what the city measures; a second run changes nothing."""
    for slug, title, severity, prop, condition in RULES:
        observed = ObservedProperty.objects.filter(slug=prop).first()
        if observed is None or Rule.objects.filter(slug=slug).exists():
            continue
        with transaction.atomic():
            rule = Rule.objects.create(
                slug=slug, title=title, about="datastream", kind="threshold", condition=condition,
                observed_property=observed, severity=severity,
            )  # fmt: skip
            _past(rule)


def _past(rule: Rule) -> None:
    """Alerts that are over, from the same data and by the same rule."""
    found = rehearsal.rehearse(rule, DAYS)
    over = [one for one in found.episodes or () if one.ended is not None]
    over.sort(key=lambda one: one.since)
    alerts = Alert.objects.bulk_create(_over(rule, one) for one in over[-MOST:])
    Note.objects.bulk_create(
        Note(alert=alert, at=at, verb=verb)
        for alert in alerts
        for verb, at in (("raised", alert.raised), ("over", alert.resolved))
        if at is not None
    )


def _over(rule: Rule, episode: Episode) -> Alert:
    now = clock.now()
    return Alert(
        rule=rule, datastream_id=episode.subject, severity=rule.severity, state="resolved",
        since=episode.since, fired=episode.fired, raised=episode.fired, ended=episode.ended,
        resolved=episode.ended, why="over", found=dict(episode.found), told=now, told_over=now,
    )  # fmt: skip
