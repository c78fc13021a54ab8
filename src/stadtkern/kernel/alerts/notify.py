"""Makes the messages about alerts: who hears what, and when it may leave."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import mail
from stadtkern.kernel.alerts.models import Alert, Delivery, Incident, Rule, Sending, Severity, State
from stadtkern.kernel.alerts.models.delivery import Event
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.things.series import city_zone

LOCK = 0x616C7276
DAILY = time(7, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A mailbox with its reader's language, or a webhook."""

    address: str = ""
    language: str = ""
    webhook: int | None = None

    @property
    def name(self) -> str:
        """As the key of a message names it."""
        return f"hook:{self.webhook}" if self.webhook else f"mail:{self.address.lower()}"


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """One thing to tell: about an alert, or about an incident for all its alerts."""

    event: str
    rule: Rule
    alert: Alert | None = None
    incident: Incident | None = None

    @property
    def key(self) -> str:
        """What makes it the same news when it is made again."""
        about = f"incident:{self.incident.pk}" if self.incident else f"alert:{self.alert_id}"
        return f"{self.event}:{about}"

    @property
    def alert_id(self) -> int | None:
        """The alert's id, if it is about one."""
        return self.alert.pk if self.alert else None


def make() -> int:
    """Messages about what nobody was told yet; how many. May run twice: keys keep them single."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return 0
        now = clock.now()
        return _raised(now) + _escalated(now) + _resolved(now)


def _with_rules(rows: QuerySet[Alert]) -> list[Alert]:
    """Alerts with all that decides who hears of them; thousands share few rules and incidents."""
    alerts = list(rows)
    rules = Rule.objects.prefetch_related(
        "roles__accounts", "people", "webhooks", "escalate_roles__accounts"
    ).in_bulk({one.rule_id for one in alerts})
    incidents = Incident.objects.in_bulk({one.incident_id for one in alerts if one.incident_id})
    for one in alerts:
        one.rule = rules[one.rule_id]
        one.incident = incidents[one.incident_id] if one.incident_id else None
    return alerts


def _raised(now: datetime) -> int:
    alerts = _with_rules(Alert.objects.firing().filter(told=None).order_by("pk"))
    news = list(_news(Event.RAISED, [a for a in alerts if _tells(a)]))
    made = _keep(_limited(news, now), now)
    _mark(alerts, "told", now)
    return made


def _tells(alert: Alert) -> bool:
    """Nobody hears of what joins an incident that they know of."""
    return alert.incident is None or alert.incident.told is None


def _escalated(now: datetime) -> int:
    rows = (
        Alert.objects.waiting()
        .filter(escalated=None, raised__lte=now - F("rule__escalate_after"))
        .exclude(rule__escalate_after=None)
    )
    alerts = _with_rules(rows.order_by("pk"))
    made = _keep(_news(Event.ESCALATED, alerts), now)
    Alert.objects.filter(pk__in=[one.pk for one in alerts]).update(escalated=now)
    return made


def _resolved(now: datetime) -> int:
    """An incident is told to be over once, when its last alert is."""
    rows = Alert.objects.filter(state=State.RESOLVED, told_over=None).exclude(told=None)
    alerts = _with_rules(rows.filter(Q(incident=None) | ~Q(incident__closed=None)).order_by("pk"))
    wanted = [
        a for a in alerts
        if a.rule.tell_resolved and (a.incident is None or a.incident.told_over is None)
    ]  # fmt: skip
    made = _keep(_news(Event.RESOLVED, wanted), now)
    _mark(alerts, "told_over", now)
    return made


def _mark(alerts: Sequence[Alert], field: str, now: datetime) -> None:
    """These alerts and their incidents were told of."""
    Alert.objects.filter(pk__in=[one.pk for one in alerts]).update(**{field: now})
    incidents = {one.incident_id for one in alerts if one.incident_id}
    if incidents:
        Incident.objects.filter(pk__in=incidents, **{field: None}).update(**{field: now})


def _news(event: str, alerts: Iterable[Alert]) -> Iterator[News]:
    """One for each alert, or for each rule of an incident: who hears of it is up to the rules."""
    told: set[tuple[int, int]] = set()
    for alert in alerts:
        if alert.incident is None:
            yield News(event=event, rule=alert.rule, alert=alert)
        elif (alert.incident.pk, alert.rule_id) not in told:
            told.add((alert.incident.pk, alert.rule_id))
            yield News(event=event, rule=alert.rule, incident=alert.incident)


def _limited(news: Sequence[News], now: datetime) -> list[News]:
    """What is beyond a rule's limit for an hour becomes one message: many more."""
    if not news:
        return []
    counted: dict[int, int] = defaultdict(int)
    rows = Delivery.objects.filter(
        rule__in={one.rule.pk for one in news}, event=Event.RAISED,
        created__gt=now - timedelta(hours=1),
    )  # fmt: skip
    for rule, _alert, _incident in rows.values_list("rule", "alert", "incident").distinct():
        counted[rule] += 1
    kept: list[News] = []
    flooded: dict[int, News] = {}
    for one in news:
        counted[one.rule.pk] += 1
        if counted[one.rule.pk] <= one.rule.per_hour:
            kept.append(one)
        else:
            flooded[one.rule.pk] = News(event=Event.FLOOD, rule=one.rule, alert=one.alert,
                                        incident=one.incident)  # fmt: skip
    return [*kept, *flooded.values()]


def _keep(news: Iterable[News], now: datetime) -> int:
    """One row for each message and target; a key that exists changes nothing."""
    rows = [
        _row(one, target, now)
        for one in news
        for target in targets(one.rule, escalated=one.event == Event.ESCALATED)
    ]
    known = set(
        Delivery.objects.filter(key__in=[r.key for r in rows]).values_list("key", flat=True)
    )
    fresh = {row.key: row for row in rows if row.key not in known}
    Delivery.objects.bulk_create(fresh.values(), ignore_conflicts=True, batch_size=1000)
    return len(fresh)


def _row(news: News, target: Target, now: datetime) -> Delivery:
    key = f"{news.key}:{target.name}"
    if news.event == Event.FLOOD:
        key = f"flood:rule:{news.rule.pk}:{now:%Y%m%d%H}:{target.name}"
    gather = bool(target.address) and news.rule.digest != "none" and not _urgent(news)
    return Delivery(
        key=key, event=news.event, rule=news.rule, alert=news.alert, incident=news.incident,
        webhook_id=target.webhook, address=target.address, language=target.language,
        gather=gather, created=now, due=when(news.rule, now, gather=gather, urgent=_urgent(news)),
    )  # fmt: skip


def _urgent(news: News) -> bool:
    """Critical alerts and what nobody took on wait for no digest and no morning."""
    return news.rule.severity == Severity.CRITICAL or news.event == Event.ESCALATED


def targets(rule: Rule, *, escalated: bool = False) -> list[Target]:
    """Who hears of a rule's alerts, each once; people first, so that their language counts.

    Without a mail server these are the webhooks alone; the list of alerts says so.
    """
    roles = rule.escalate_roles if escalated else rule.roles
    people: list[Account] = [] if escalated else list(rule.people.all())
    people += [one for role in roles.all() for one in role.accounts.all()]
    addresses = rule.escalate_addresses if escalated else rule.addresses
    city = settings.LANGUAGE_CODE
    found = [
        Target(address=p.email, language=p.language) for p in people if p.is_active and p.email
    ]
    found += [Target(address=address, language=city) for address in addresses]
    if not mail.is_set_up():
        found = []
    found += [Target(webhook=hook.pk, language=city) for hook in rule.webhooks.all() if hook.on]
    return list({one.name: one for one in reversed(found)}.values())


def when(rule: Rule, now: datetime, *, gather: bool, urgent: bool) -> datetime:
    """When a message may leave: after quiet hours, or with the next digest."""
    if urgent:
        return now
    due = _digest(rule, now) if gather else now
    if rule.quiet_from is None or rule.quiet_to is None:
        return due
    return after_quiet(due, rule.quiet_from, rule.quiet_to, city_zone())


def _digest(rule: Rule, now: datetime) -> datetime:
    local = timezone.localtime(now)
    if rule.digest == "hourly":
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    today = datetime.combine(local.date(), DAILY, tzinfo=local.tzinfo)
    if today > now:
        return today
    return datetime.combine(local.date() + timedelta(days=1), DAILY, tzinfo=local.tzinfo)


def after_quiet(at: datetime, start: time, end: time, zone: ZoneInfo) -> datetime:
    """The instant, or the end of the quiet hours it lies in, by the city's clock."""
    local = at.astimezone(zone)
    here = local.time()
    over_midnight = start > end
    quiet = (here >= start or here < end) if over_midnight else start <= here < end
    if not quiet:
        return at
    day = local.date() + timedelta(days=1 if over_midnight and here >= start else 0)
    return datetime.combine(day, end, tzinfo=zone)


def due(now: datetime | None = None) -> QuerySet[Delivery]:
    """Messages that may leave now."""
    return Delivery.objects.filter(state=Sending.WAITING, due__lte=now or clock.now())


def again(delivery: Any) -> None:
    """Let a message that was given up be tried anew."""
    delivery.state, delivery.tries, delivery.problem = Sending.WAITING, 0, ""
    delivery.due = clock.now()
    delivery.save(update_fields=["state", "tries", "problem", "due"])
