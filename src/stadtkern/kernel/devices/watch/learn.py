"""Jobs that learn from the days: how long each device may be quiet, its losses, its battery."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from stadtkern.kernel.devices.models import Device, DeviceDay
from stadtkern.kernel.devices.watch.battery import Forecast, forecast

# Devices are locked for a moment, a few at a time: their messages come in meanwhile.
STEP = 500
REMEMBERED = timedelta(days=180)
KEPT = timedelta(days=800)

# Devices that send on events are quiet for longer at times: a tenth of the longest quiet time of
# each of the last 14 days on which they were heard may be outages. Until there are seven such
# days, the profile has its say too.
LEARN = """
update devices_device d set patience = n.patience, loss = n.loss
from (
  select v.id, w.loss, case when g.days > 0 then greatest(
      interval '5 minutes', 3 * v.every, 1.5 * g.gap * interval '1 second',
      case when g.days < 7 then 3 * p.uplink_every end) end as patience
  from devices_device v join devices_profile p on p.id = v.profile_id
  cross join lateral (
    select percentile_disc(0.9) within group (order by gap) as gap, count(*) as days
    from (select gap from devices_deviceday where device_id = v.id and gap is not null
          order by day desc limit 14) as heard) as g
  cross join lateral (
    select greatest(sum(lost), 0)::float8 / nullif(sum(uplinks) + greatest(sum(lost), 0), 0) as loss
    from devices_deviceday where device_id = v.id and day > %s) as w
  where v.id = any(%s)
) as n
where d.id = n.id and (d.patience, d.loss) is distinct from (n.patience, n.loss)
"""


def learn() -> str:
    """Learn each device's patience and its share of lost frames in the last seven days."""
    week = timezone.localdate() - timedelta(days=7)
    changed = 0
    for ids in _steps():
        with transaction.atomic(), connection.cursor() as cursor:
            _lock(ids)
            cursor.execute(LEARN, [week, ids])
            changed += cursor.rowcount
    return f"{changed} devices changed"


def foresee() -> str:
    """Keep for each device when its battery will be empty, and forget days that are too old."""
    known = 0
    for ids in _steps():
        until = {pk: _until(values) for pk, values in _batteries(ids).items()}
        with transaction.atomic():
            _lock(ids)
            devices = Device.objects.in_bulk(ids)
            changed = [d for d in devices.values() if d.battery_until != until.get(d.pk)]
            for device in changed:
                device.battery_until = until.get(device.pk)
            Device.objects.bulk_update(changed, ["battery_until"])
        known += sum(day is not None for day in until.values())
    DeviceDay.objects.filter(day__lt=timezone.localdate() - KEPT).delete()
    return f"{known} batteries foreseen"


def _steps() -> Iterator[list[int]]:
    ids = Device.objects.order_by("id").values_list("id", flat=True)
    return (list(ids[at : at + STEP]) for at in range(0, len(ids), STEP))


def _lock(ids: Sequence[int]) -> None:
    rows = Device.objects.select_for_update(no_key=True).filter(id__in=ids)
    list(rows.order_by("id").values_list("id"))


def _batteries(ids: Sequence[int]) -> dict[int, list[tuple[date, float]]]:
    start = timezone.localdate() - REMEMBERED
    rows = DeviceDay.objects.filter(device__in=ids, day__gt=start, battery__isnull=False)
    found: dict[int, list[tuple[date, float]]] = defaultdict(list)
    for pk, day, value in rows.order_by("device", "day").values_list("device", "day", "battery"):
        found[pk].append((day, float(value or 0)))
    return found


def _until(values: list[tuple[date, float]]) -> date | None:
    found: Any = forecast(values)
    return found.day if isinstance(found, Forecast) else None
