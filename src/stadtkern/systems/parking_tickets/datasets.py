"""The rows of phone parking's open data. No row is about a vehicle."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.db import connection

from stadtkern.kernel import clock, registry
from stadtkern.systems.parking_tickets.logic import tariffs, words, zones
from stadtkern.systems.parking_tickets.models import Machine, Tariff

# Fewer rights than this in an hour are not told.
FEWEST: Final = 4
KEPT: Final = timedelta(days=396)
# A right counts in the hour in which it began; plates, providers and lengths are left out.
USAGE: Final = """
select z.number, date_trunc('hour', lower(s.during) at time zone %s) as hour, count(*)
from parking_tickets_session s join parking_tickets_zone z on z.id = s.zone_id
where s.state in ('active', 'ended') and lower(s.during) >= %s
group by 1, 2 having count(*) >= %s order by 2, 1
"""


def zone_rows() -> Iterator[dict[str, Any]]:
    """Zones with their areas and the prices that hold now."""
    for one in zones.all_zones():
        place = one.zone.place
        yield {
            "number": one.zone.number, "name": place.name,
            "prices": " ".join(words.sentences(one.rules)) if one.rules else "",
            "longest_minutes": one.rules.longest_minutes if one.rules else None,
            "machines": len(one.machines), "tax_rate": one.zone.tax_rate / 10,
            "source": place.source, "invented": one.zone.invented, "geometry": place.geometry,
        }  # fmt: skip


def tariff_rows() -> Iterator[dict[str, Any]]:
    """Every published version, one row for each window and step."""
    rows = Tariff.objects.filter(published__isnull=False).select_related("zone")
    for one in rows.order_by("zone__number", "number"):
        rules = tariffs.read(one.rules)
        for window in rules.windows:
            for number, step in enumerate(window.steps, start=1):
                yield {
                    "zone": one.zone.number, "version": one.number, "window": window.name,
                    "step": number, "valid_from": one.during.lower, "valid_to": one.during.upper,
                    "days": " ".join(window.days), "begins": window.begins, "ends": window.ends,
                    "minutes": step.minutes, "cents": step.cents, "per_minutes": step.per_minutes,
                    "invented": one.zone.invented,
                }  # fmt: skip


def machine_rows() -> Iterator[dict[str, Any]]:
    """Ticket machines with their state."""
    for one in Machine.objects.exclude(state="removed").select_related("zone", "place"):
        yield {
            "number": one.number, "zone": one.zone.number, "state": one.state,
            "last_seen": one.last_seen, "invented": one.place.invented,
            "geometry": one.place.geometry,
        }  # fmt: skip


def usage_rows() -> Iterator[dict[str, Any]]:
    """Rights begun by zone and hour; hours with three or fewer are not told."""
    with connection.cursor() as cursor:
        zone = registry.city().city.time_zone
        cursor.execute(USAGE, (zone, clock.now() - KEPT, FEWEST))
        for number, hour, count in cursor.fetchall():
            yield {"zone": number, "hour": hour.isoformat(timespec="minutes"), "rights": count}
