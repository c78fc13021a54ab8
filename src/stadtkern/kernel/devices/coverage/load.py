"""What gateways bear: their hours, the devices they hear, and what would be lost without one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Gateway, GatewayHour
from stadtkern.kernel.things.series import city_zone

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Days over which it is judged who depends on whom: most devices speak within.
LATELY = 7
# A gateway is silent after ten times its usual pause: messages that come by chance pause so long
# once in twenty thousand times. Not before an hour, and after three days in any case.
PAUSES, SHORTEST, LONGEST = 10, HOUR, 3 * DAY

HEARS = """
with here as (
  select device_id, sum(heard)::bigint as heard, sum(best)::bigint as best,
    sum(alone)::bigint as alone, max(rssi_best) as rssi, max(snr_best) as snr,
    max(worst_sf) as sf, max(last) as last
  from devices_heard where gateway_id = %(gateway)s and day >= %(since)s group by 1
), sent as (
  select device_id, sum(best)::bigint as sent from devices_heard
  where day >= %(since)s and device_id in (select device_id from here) group by 1
)
select d.id, d.name, d.dev_eui, here.heard, here.best, here.alone, sent.sent, here.rssi, here.snr,
  here.sf, here.last
from here join sent using (device_id) join devices_device d on d.id = device_id
order by (here.alone = sent.sent) desc, here.alone::float8 / greatest(sent.sent, 1) desc,
  d.name, d.id
"""
HEARD_BY = """
select g.id, g.name, g.eui, g.own, sum(h.heard)::bigint, sum(h.best)::bigint,
  sum(h.alone)::bigint, max(h.rssi_best), max(h.snr_best),
  sum(h.rssi_sum) / nullif(sum(h.levels), 0), max(h.worst_sf), max(h.last)
from devices_heard h join devices_gateway g on g.id = h.gateway_id
where h.device_id = %s and h.day >= %s group by g.id order by 6 desc, g.id
"""
TALKERS = """
select d.id, d.name, d.dev_eui, sum(h.airtime)::float8 / 1000 / count(distinct h.day) as a_day,
  sum(h.best)::float8 / count(distinct h.day)
from devices_heard h join devices_device d on d.id = h.device_id
where h.day >= %s and h.day < %s group by d.id
having sum(h.airtime) > 0 order by a_day desc, d.id limit %s
"""
NUMBERS = """
select count(distinct h.device_id),
  coalesce(sum(h.best), 0)::bigint, coalesce(sum(h.alone), 0)::bigint,
  (select coalesce(sum(best), 0)::bigint from devices_gatewayhour where hour >= %(day)s)
from devices_heard h where h.day >= %(week)s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hears:
    """A device that a gateway heard lately; `alone` of the `sent` uplinks only this one heard."""

    device: int
    name: str
    dev_eui: str
    heard: int
    best: int
    alone: int
    sent: int
    rssi: float | None
    snr: float | None
    worst_sf: int | None
    last: datetime

    @property
    def is_lost_without(self) -> bool:
        """Whether nobody else hears it."""
        return self.alone == self.sent

    @property
    def share(self) -> float:
        """The share of its uplinks that would be lost without this gateway."""
        return self.alone / self.sent if self.sent else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class HeardBy:
    """A gateway that heard a device lately; the middle RSSI is the mean."""

    gateway: int
    name: str
    eui: str
    own: bool
    heard: int
    best: int
    alone: int
    rssi: float | None
    snr: float | None
    mean_rssi: float | None
    worst_sf: int | None
    last: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Talker:
    """A device with its seconds on air and its uplinks on a day when it sends."""

    device: int
    name: str
    dev_eui: str
    airtime: float
    uplinks: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """The network in numbers: devices and uplinks of a week, and all uplinks of 24 hours."""

    devices: int
    week: int
    alone: int
    day: int

    @property
    def doubled(self) -> float | None:
        """The share of uplinks that two or more gateways heard."""
        return 1 - self.alone / self.week if self.week else None


def today() -> date:
    """The present day of the city."""
    return clock.now().astimezone(city_zone()).date()


def since(days: int) -> date:
    """The first of so many days that end today."""
    return today() - timedelta(days=days - 1)


def hears(gateway: int, days: int = LATELY) -> list[Hears]:
    """The devices that this gateway heard, those first that nobody else hears; one query."""
    return [Hears(**row) for row in _rows(HEARS, Hears, {"gateway": gateway, "since": since(days)})]


def heard_by(device: int, days: int = LATELY) -> list[HeardBy]:
    """The gateways that heard this device, the best first; one query."""
    return [HeardBy(**row) for row in _rows(HEARD_BY, HeardBy, [device, since(days)])]


def talkers(most: int, days: int = LATELY) -> list[Talker]:
    """Those that are longest on air, by whole days; one query."""
    return [Talker(**row) for row in _rows(TALKERS, Talker, [since(days + 1), today(), most])]


def numbers() -> Numbers:
    """What the network carries; one query. What no device of ours sent counts in the day alone."""
    (row,) = _rows(NUMBERS, Numbers, {"week": since(LATELY), "day": clock.now() - DAY})
    return Numbers(**row)


def _rows(statement: str, shape: Any, values: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [dict(zip(shape.__slots__, row, strict=True)) for row in cursor]


def with_load(gateways: QuerySet[Gateway]) -> QuerySet[Any]:
    """Each with `day` (uplinks of 24 hours), `week`, `airtime` (ms of 24 hours) and `state`.

    The state is one of reporting, silent, never.
    """
    now = clock.now()
    day, week = now - DAY, now - LATELY * DAY
    rows = gateways.annotate(
        day=_sum("heard", day), week=_sum("heard", week), airtime=_sum("airtime", day)
    )
    pause = ExpressionWrapper(
        Value(PAUSES * LATELY * DAY) / Greatest(F("week"), 1), output_field=DurationField()
    )
    patience = Least(Greatest(pause, Value(SHORTEST)), Value(LONGEST))
    return rows.annotate(
        state=Case(
            When(last_seen=None, then=Value("never")),
            When(last_seen__lt=Value(now, DateTimeField()) - patience, then=Value("silent")),
            default=Value("reporting"),
            output_field=CharField(),
        )
    )


def _sum(what: str, start: datetime) -> Coalesce:
    rows = GatewayHour.objects.filter(gateway=OuterRef("pk"), hour__gte=start).order_by()
    total = rows.values("gateway").annotate(total=Sum(what)).values("total")
    return Coalesce(Subquery(total), Value(0))
