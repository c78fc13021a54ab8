"""Whether work is done somewhere at an instant: windows, those that come again each week too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from stadtkern.kernel.alerts.models import Maintenance
from stadtkern.kernel.things.series import city_zone

WEEK = timedelta(days=7)
# Subjects of each kind among the devices of a window. A gateway is where its thing stands.
COVERED = {
    "device": "select d.id from devices_device d where {devices}",
    "datastream": """select s.id from things_datastream s
      where s.thing_id in (select d.thing_id from devices_device d where {devices})
        or s.thing_id in (select t.id from things_thing t where {place})""",
    "gateway": """select g.id from devices_gateway g left join things_thing t on t.id = g.thing_id
      where {anything} or {place}""",
}
PLACE = """t.place_id in (with recursive below (id) as (
    select %(place)s::bigint
    union select p.id from places_place p join below on p.parent_id = below.id
  ) select id from below)"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Windows:
    """The windows that matter to a look, each with the subjects that it covers."""

    found: Sequence[tuple[Maintenance, frozenset[int]]]

    def cover(self, subject: int, at: datetime) -> bool:
        """Whether work is done at this subject at this instant."""
        return any(subject in whom and is_on(one, at) for one, whom in self.found)


def windows(about: str, now: datetime) -> Windows:
    """The windows of the last month that cover subjects of this kind; one query each, few exist."""
    lately = now - timedelta(days=31)
    rows = Maintenance.objects.filter(starts__lte=now)
    wanted = [one for one in rows if one.weekly or one.ends >= lately]
    return Windows(found=[(one, _whom(one, about)) for one in wanted])


def is_on(window: Maintenance, at: datetime) -> bool:
    """Whether an instant lies in a window, or in one of its weeks."""
    return any(start <= at < end for start, end in _near(window, at))


def _near(window: Maintenance, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The window itself, or the weeks of it about this instant, by the city's clock."""
    if not window.weekly:
        yield window.starts, window.ends
        return
    zone = city_zone()
    starts, ends = (timezone.make_naive(x, zone) for x in (window.starts, window.ends))
    here = timezone.make_naive(at, zone)
    for week in {max((here - starts) // WEEK + shift, 0) for shift in (-1, 0, 1)}:
        start = starts + WEEK * week
        if window.weekly_until is None or start.date() <= window.weekly_until:
            yield start.replace(tzinfo=zone), (ends + WEEK * week).replace(tzinfo=zone)


def _whom(window: Maintenance, about: str) -> frozenset[int]:
    wheres, fields = ["true"], dict[str, Any]()
    given: tuple[tuple[str, str, Any], ...] = (
        ("label", "d.labels ? %(label)s", window.label),
        ("profile", "d.profile_id = %(profile)s", window.profile_id),
        ("network", "d.network_id = %(network)s", window.network_id),
        ("device", "d.id = %(device)s", window.device_id),
        ("place", f"d.thing_id in (select t.id from things_thing t where {PLACE})",  # noqa: S608
         window.place_id),
    )  # fmt: skip
    for name, where, value in given:
        if value:
            wheres.append(where)
            fields[name] = value
    place_alone = set(fields) == {"place"}
    sql = COVERED[about].format(
        devices=" and ".join(wheres),
        place=PLACE if place_alone else "false",
        anything="false" if fields else "true",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, fields)
        return frozenset(row[0] for row in cursor.fetchall())
