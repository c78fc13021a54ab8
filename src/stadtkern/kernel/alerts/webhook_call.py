"""A signed POST to another program."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

import httpx

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import guard, wording
from stadtkern.kernel.alerts.models import Alert, Delivery, Incident
from stadtkern.kernel.sealing import unseal

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
VERSION = 1


class NotTaken(Exception):
    """The other side did not take the message; the text says what it answered."""


def call(delivery: Delivery) -> None:
    """Post a message. Raises NotTaken or guard.Refused."""
    assert delivery.webhook is not None
    body = json.dumps(document(delivery), ensure_ascii=False).encode()
    way = guard.way_to(delivery.webhook.url)
    headers = {
        "Host": way.host_header,
        "Content-Type": "application/json",
        "User-Agent": "Stadtkern",
        "Idempotency-Key": delivery.key,
        "Stadtkern-Signature": signature(unseal(delivery.webhook.secret), body, clock.now()),
    }
    # No proxy from the environment and no redirect: the checked address is the one that is called.
    with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
        request = client.build_request(
            "POST", way.url, content=body, headers=headers, extensions={"sni_hostname": way.host}
        )
        _send(client, request)


def _send(client: httpx.Client, request: httpx.Request) -> None:
    try:
        answer = client.send(request, stream=True)  # what it says is not read
        answer.close()
    except httpx.HTTPError as error:
        raise NotTaken(f"{type(error).__name__}: {error}"[:300]) from None
    if not 200 <= answer.status_code < 300:
        raise NotTaken(f"HTTP {answer.status_code}")


def signature(secret: str, body: bytes, at: datetime) -> str:
    """`t=<seconds>,v1=<HMAC-SHA256 of "t.body" in hex>`."""
    seconds = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={digest.hexdigest()}"


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
