"""What gateways heard as observations of their things, every hour; and what is forgotten."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from django.db.models import Count

from stadtkern.kernel import clock, registry
from stadtkern.kernel.devices.coverage import load, standing
from stadtkern.kernel.devices.models import GatewayHour, Heard
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.series import city_zone

# How far back what is missing is still written, after an outage of the worker.
REACH = timedelta(days=2)
STEP = 20_000
Streams = dict[tuple[int, str], tuple[int, datetime | None]]


def count_gateways() -> str:
    """Write the full hours and days that are not written yet; can run twice.

    A gateway heard nothing in an hour (0) only where another one heard something: where none did,
    ingest may have been away, and nobody knows that it was quiet.
    """
    now = clock.now()
    last_hour = now.replace(minute=0, second=0, microsecond=0)
    streams = _streams()
    rows = [*_hours(streams, last_hour), *_days(streams)]
    store.write(rows, kinds={standing.KIND} if rows else ())
    return f"{len(rows)} values of {len({gateway for gateway, _slug in streams})} gateways"


def _streams() -> Streams:
    """By gateway and property: the datastream and its newest instant."""
    slugs = [observed.slug for observed in standing.GATEWAY.observes]
    rows = Datastream.objects.filter(
        thing__gateway__isnull=False, observed_property__slug__in=slugs
    )
    return {
        (gateway, slug or ""): (stream, at)
        for gateway, slug, stream, at in rows.values_list(
            "thing__gateway", "observed_property__slug", "pk", "latest__at"
        )
    }


def _hours(streams: Streams, end: datetime) -> Iterator[store.Observation]:
    heard = GatewayHour.objects.filter(hour__gte=end - REACH, hour__lt=end)
    known = {(row.gateway_id, row.hour): row for row in heard}
    lively = sorted({hour for _gateway, hour in known})
    for (gateway, slug), (stream, written) in streams.items():
        if slug == standing.devices.slug:
            continue
        for hour in lively:
            if written is None or hour > written:
                row = known.get((gateway, hour))
                value = _value(row, slug)
                yield store.Observation(
                    datastream=stream, at=hour, until=hour + timedelta(hours=1), value=value
                )


def _value(row: GatewayHour | None, slug: str) -> float:
    if row is None:
        return 0.0
    return float(row.heard) if slug == standing.uplinks.slug else row.airtime / 1000


def _days(streams: Streams) -> Iterator[store.Observation]:
    """Yesterday, and the days before that are missing."""
    zone = city_zone()
    rows = Heard.objects.filter(day__gte=load.since(3), day__lt=load.today()).order_by()
    counted = rows.values_list("gateway", "day").annotate(n=Count("device", distinct=True))
    for gateway, day, count in counted:
        stream, written = streams.get((gateway, standing.devices.slug), (0, None))
        begins = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
        ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
        if stream and (written is None or begins > written):
            yield store.Observation(datastream=stream, at=begins, until=ends, value=float(count))


def forget_old_receptions() -> str:
    """Delete receptions past the city's retention, and load with the raw messages."""
    keep = registry.city().keep
    day = load.today() - timedelta(days=keep.receptions_days)
    gone = 0
    while ids := list(Heard.objects.filter(day__lt=day).values_list("id", flat=True)[:STEP]):
        Heard.objects.filter(id__in=ids).delete()
        gone += len(ids)
    limit = clock.now() - timedelta(days=keep.uplinks_days)
    hours, _by_model = GatewayHour.objects.filter(hour__lt=limit).delete()
    return f"{gone} receptions and {hours} hours forgotten"
