"""Many silent at once: one cause, one incident, one message."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.alerts.models import Alert, Cause, Incident, Note, State

LOCK = 0x616C7275
# Only new alerts are grouped: what was told one by one stays so.
LATELY = timedelta(hours=2)
# So many messages should have come in meanwhile for their absence to mean something.
MISSED = 3.0

# What a device has in common with others: all of them, its network, gateway, place. A cause
# explains a silence if nobody under it was heard since about then, though the others should have
# sent several messages; so two devices that happen to fail together are no incident.
CAUSES = """
with fleet as materialized (
  select d.id, d.last_seen, k.cause, k.which,
    greatest(extract(epoch from coalesce(d.every, p.uplink_every)), 1)::float8 as every
  from devices_device d join devices_profile p on p.id = d.profile_id
  left join things_thing t on t.id = d.thing_id left join places_place pl on pl.id = t.place_id
  cross join lateral (values ('all', ''), ('network', d.network_id::text),
    ('gateway', nullif(d.gateway, '')),
    ('place', coalesce(pl.parent_id, pl.id)::text)) as k (cause, which)
  where not d.resting and d.last_seen is not null and k.which is not null
), causes as (
  select cause, which, count(*) as n, max(last_seen) as heard, sum(1 / every) as rate
  from fleet group by 1, 2
), silent as (
  select a.id as alert, f.* from alerts_alert a
  join alerts_rule r on r.id = a.rule_id and r.kind = 'silence'
  join fleet f on f.id = a.device_id
  where a.state = 'firing' and a.incident_id is null and a.raised > %(lately)s
)
select s.alert, c.cause, c.which, c.heard
from silent s join causes c on c.cause = s.cause and c.which = s.which
where c.n > 1 and c.heard <= s.last_seen + 2 * s.every * interval '1 second'
  and (c.rate - 1 / s.every) * extract(epoch from %(now)s - c.heard) >= %(missed)s
  and (c.cause <> 'gateway' or not exists (select from devices_gateway g
    where g.eui = c.which and g.last_seen > c.heard + interval '1 minute'))
"""
# A gateway that is silent is a cause by itself.
GATEWAYS = """
select a.id, 'gateway', g.eui, coalesce(g.last_seen, a.since) from alerts_alert a
join alerts_rule r on r.id = a.rule_id and r.kind = 'silence'
join devices_gateway g on g.id = a.gateway_id
where a.state = 'firing' and a.incident_id is null and a.raised > %(lately)s
"""
ORDER = (Cause.ALL, Cause.NETWORK, Cause.GATEWAY, Cause.PLACE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A cause that explains new alerts."""

    cause: str
    which: str
    since: datetime
    alerts: tuple[int, ...]


def group() -> int:
    """Put new alerts under their common cause, and close what is over; how many were grouped."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return 0
        joined = _join() + _open_all(CAUSES) + _join() + _open_all(GATEWAYS)
        _close()
        return joined


def _open_all(question: str) -> int:
    """Open an incident for the widest cause of each new alert; how many alerts that were."""
    now = clock.now()
    new = Alert.objects.filter(state=State.FIRING, incident=None, raised__gt=now - LATELY)
    if not new.filter(rule__kind="silence").exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(question, {"now": now, "lately": now - LATELY, "missed": MISSED})
        rows = cursor.fetchall()
    groups: dict[tuple[str, str, datetime], list[int]] = defaultdict(list)
    taken: set[int] = set()
    for alert, cause, which, since in sorted(rows, key=lambda row: ORDER.index(row[1])):
        if alert not in taken:
            taken.add(alert)
            groups[cause, which, since].append(alert)
    found = [
        Found(cause=cause, which=which, since=since, alerts=tuple(alerts))
        for (cause, which, since), alerts in groups.items()
    ]
    return sum(_open(one) for one in found)


def _open(found: Found) -> int:
    incident, _made = Incident.objects.get_or_create(
        cause=found.cause, which=found.which, closed=None,
        defaults={"title": _title(found), "since": found.since, "opened": clock.now()},
    )  # fmt: skip
    return _put(incident, found.alerts)


def _put(incident: Incident, alerts: tuple[int, ...]) -> int:
    """Alerts join an incident: it speaks for them from now on."""
    now = clock.now()
    Alert.objects.filter(pk__in=alerts).update(
        incident=incident, acknowledged=incident.acknowledged,
        acknowledged_by=incident.acknowledged_by,
    )  # fmt: skip
    Note.objects.bulk_create([Note(alert_id=one, at=now, verb="grouped") for one in alerts])
    return len(alerts)


JOIN = """
select a.id, i.id from alerts_alert a
join alerts_rule r on r.id = a.rule_id and r.kind = 'silence'
join devices_device d on d.id = a.device_id
join devices_profile p on p.id = d.profile_id
left join things_thing t on t.id = d.thing_id left join places_place pl on pl.id = t.place_id
join alerts_incident i on i.closed is null
  and a.since >= i.since - coalesce(d.every, p.uplink_every)
  and (i.cause = 'all' or (i.cause = 'network' and i.which = d.network_id::text)
    or (i.cause = 'gateway' and i.which = d.gateway)
    or (i.cause = 'place' and i.which = coalesce(pl.parent_id, pl.id)::text))
where a.state = 'firing' and a.incident_id is null
union all
select a.id, i.id from alerts_alert a
join alerts_rule r on r.id = a.rule_id and r.kind = 'silence'
join devices_gateway g on g.id = a.gateway_id
join alerts_incident i on i.closed is null
  and (i.cause = 'all' or (i.cause = 'gateway' and i.which = g.eui))
where a.state = 'firing' and a.incident_id is null
"""


def _join() -> int:
    """Later alerts join the open incident that explains them."""
    with connection.cursor() as cursor:
        cursor.execute(JOIN)
        rows = cursor.fetchall()
    groups: dict[int, list[int]] = defaultdict(list)
    for alert, incident in dict(rows).items():
        groups[incident].append(alert)
    known = Incident.objects.in_bulk(list(groups))
    return sum(_put(known[number], tuple(alerts)) for number, alerts in groups.items())


def _close() -> None:
    """An incident is over when all its alerts are."""
    rows = Incident.objects.filter(closed=None)
    still = Count("alerts", filter=Q(alerts__state=State.FIRING))
    over = rows.annotate(still=still).filter(still=0).values_list("pk", flat=True)
    Incident.objects.filter(pk__in=list(over)).update(closed=clock.now())


def _title(found: Found) -> str:
    """In the city's own language: a title is data."""
    with override("de"):
        return _words(found)[:200]


def _words(found: Found) -> str:
    if found.cause == Cause.ALL:
        return _("Nothing is heard from any device")
    names: dict[str, tuple[str, str]] = {
        Cause.NETWORK: ("select title from devices_network where id::text = %s", _("Network %s")),
        Cause.GATEWAY: (
            "select coalesce(nullif(name, ''), eui) from devices_gateway where eui = %s",
            _("Gateway %s"),
        ),
        Cause.PLACE: ("select name from places_place where id::text = %s", _("Place %s")),
    }
    sql, text = names[found.cause]
    with connection.cursor() as cursor:
        cursor.execute(sql, [found.which])
        row = cursor.fetchone()
    return _("%(cause)s: nothing is heard any more") % {"cause": text % (row or [found.which])[0]}
