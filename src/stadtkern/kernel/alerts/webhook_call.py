"""A signed POST to another program."""

import json
from datetime import datetime
from typing import Any

from stadtkern.kernel.alerts import guard, wording
from stadtkern.kernel.alerts.models import Alert, Delivery, Incident
from stadtkern.kernel.sealing import unseal
from stadtkern.kernel.webhooks import NotTaken, post, signature

__all__ = ["NotTaken", "call", "document", "signature"]

VERSION = 1


def call(delivery: Delivery) -> None:
    """Post a message. Raises NotTaken or guard.Refused."""
    assert delivery.webhook is not None
    body = json.dumps(document(delivery), ensure_ascii=False).encode()
    way = guard.way_to(delivery.webhook.url)
    post(way, body, secret=unseal(delivery.webhook.secret), key=delivery.key)


def document(delivery: Delivery) -> dict[str, Any]:
    """What a webhook gets (docs/reference/alert-webhook.md)."""
    rule = delivery.rule
    return {
        "version": VERSION,
        "key": delivery.key,
        "event": delivery.event,
        "at": delivery.created.isoformat(),
        "rule": {
            "id": rule.pk, "title": rule.title, "severity": rule.severity, "kind": rule.kind,
            "words": wording.rule_words(rule),
        },
        "alert": _alert(delivery.alert) if delivery.alert else None,
        "incident": _incident(delivery.incident) if delivery.incident else None,
    }  # fmt: skip


def _alert(alert: Alert) -> dict[str, Any]:
    place = wording.place_of(alert)
    return {
        "id": alert.pk, "state": alert.state, "severity": alert.severity,
        "about": alert.rule.about, "subject": wording.subject_name(alert),
        "device": alert.device.dev_eui if alert.device else None,
        "gateway": alert.gateway.eui if alert.gateway else None,
        "datastream": alert.datastream_id,
        "place": {"name": place.name, "lon": place.lon, "lat": place.lat} if place else None,
        "since": _iso(alert.since), "fired": _iso(alert.fired), "ended": _iso(alert.ended),
        "found": alert.found, "words": wording.found_words(alert),
        "url": wording.link("staff-alert", alert),
    }  # fmt: skip


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.pk, "title": incident.title, "cause": incident.cause,
        "which": incident.which, "since": _iso(incident.since), "closed": _iso(incident.closed),
        "alerts": incident.alerts.count(), "url": wording.link("staff-incident", incident),
    }  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
