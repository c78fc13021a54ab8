"""`/health/` for everybody and `/metrics` for the operator's addresses or token."""

import hmac
import ipaddress
import os
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from stadtkern.kernel import clock, registry
from stadtkern.kernel.devices.models import Device, Uplink
from stadtkern.kernel.jobs.models import Heartbeat
from stadtkern.kernel.people.access import public

EXPECTED = ("web", "worker", "ingest")


@public
def health(_request: HttpRequest) -> JsonResponse:
    """200 while pages can be answered, with the processes heard from. 503 without database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        alive = set(Heartbeat.objects.alive().values_list("role", flat=True))
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "away"}, status=503)
    processes = {role: "alive" if role in alive else "silent" for role in EXPECTED}
    whole = all(state == "alive" for state in processes.values())
    status = "ok" if whole else "degraded"
    return JsonResponse({"status": status, "database": "ok", "processes": processes})


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text; 403 for addresses that `[web] metrics_from` does not name."""
    if not _operator(request):
        return HttpResponse(
            "Not for this address: see [web] metrics_from in city.toml.\n", status=403
        )
    return HttpResponse(generate_latest(_measure()), content_type="text/plain; version=0.0.4")


def _operator(request: HttpRequest) -> bool:
    token = os.environ.get("STADTKERN_METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(token.encode(), given.encode()):
        return True
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    networks = (ipaddress.ip_network(n) for n in registry.city().web.metrics_from)
    return any(address in network for network in networks)


def _measure() -> CollectorRegistry:
    """Everything from the database, so that one answer speaks for all processes."""
    found = CollectorRegistry()
    _heartbeats(found)
    devices = Gauge("stadtkern_devices", "Devices by state", ["state"], registry=found)
    silent = Device.objects.silent().count()
    resting = Device.objects.filter(resting=True).count()
    devices.labels("silent").set(silent)
    devices.labels("resting").set(resting)
    devices.labels("reporting").set(Device.objects.count() - silent - resting)
    uplinks = Gauge(
        "stadtkern_uplinks_last_hour", "Uplinks of the last hour", ["outcome"], registry=found
    )
    hour_ago = clock.now() - timedelta(hours=1)
    recent = Uplink.objects.filter(received__gte=hour_ago).order_by()
    for row in recent.values("outcome").annotate(n=Count("id")):
        uplinks.labels(row["outcome"]).set(row["n"])
    jobs = Gauge("stadtkern_jobs", "Jobs in the queue", ["status"], registry=found)
    with connection.cursor() as cursor:
        cursor.execute("select status::text, count(*) from procrastinate_jobs group by 1")
        for status, number in cursor.fetchall():
            jobs.labels(status).set(number)
        cursor.execute("select pg_database_size(current_database())")
        size = Gauge("stadtkern_database_bytes", "Size of the database", registry=found)
        size.set(cursor.fetchone()[0])
    return found


INGESTED = (
    *("messages", "new", "observations", "troubled"),
    *("posted_created", "posted_known", "posted_refused", "published"),
)


def _heartbeats(found: CollectorRegistry) -> None:
    memory = Gauge("stadtkern_process_memory_bytes", "Resident memory", ["process"], registry=found)
    taken = Gauge(
        "stadtkern_ingest_messages", "Messages since start", ["process", "kind"], registry=found
    )
    for one in Heartbeat.objects.alive():
        memory.labels(one.name).set(one.details.get("memory", 0))
        for kind in INGESTED:
            if kind in one.details:
                taken.labels(one.name, kind).set(one.details[kind])
