"""What a plate may do at an instant: tickets, permits, resident permits, parking discs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, Literal

from django.db import connection
from django.utils import timezone

from stadtkern.kernel.cases.models import Permit as CasePermit
from stadtkern.systems.parking_tickets.logic import settings

RESIDENT: Final = "resident-parking"
Kind = Literal["right", "permit", "resident", "disc"]
# A care service's permit may name 200 areas: whichever the officer stands in must be among them.
MOST: Final = 2000

# Three index scans by the plate's key. A permit holds where its plate's, its area's and the
# series' times meet. What is not paid yet is no right.
FOUND: Final = """
SELECT 'right', s.public_id::text, s.zone_id, z.number, '', s.source, coalesce(o.name, ''),
       lower(s.during), upper(s.during), s.created, s.changed
FROM parking_tickets_session s
JOIN parking_tickets_zone z ON z.id = s.zone_id
LEFT JOIN parking_tickets_operator o ON o.id = s.operator_id
WHERE s.plate_key = ANY(%(keys)s) AND s.state IN ('active', 'ended')
  AND s.during && tstzrange(%(since)s, %(at)s, '[]')
UNION ALL
SELECT 'permit', p.id::text, a.zone_id, coalesce(z.number, ''), a.code, p.kind,
       coalesce(o.name, ''), lower(s.during * i.during), upper(s.during * i.during),
       p.created, greatest(p.changed, x.changed)
FROM parking_tickets_permitsubject s
JOIN parking_tickets_permit p ON p.id = s.permit_id
JOIN parking_tickets_permitseries x ON x.id = p.series_id AND x.active
JOIN parking_tickets_permitin i ON i.permit_id = p.id AND i.during && s.during
JOIN parking_tickets_permitarea a ON a.id = i.area_id
LEFT JOIN parking_tickets_zone z ON z.id = a.zone_id
LEFT JOIN parking_tickets_operator o ON o.id = x.operator_id
WHERE s.plate_key = ANY(%(keys)s)
  AND s.during * i.during && tstzrange(%(since)s, %(at)s, '[]')
UNION ALL
SELECT 'disc', d.public_id::text, d.zone_id, coalesce(z.number, ''), '', 'disc', o.name,
       lower(d.disc), upper(d.disc), d.created, d.changed
FROM parking_tickets_parking d
LEFT JOIN parking_tickets_zone z ON z.id = d.zone_id
JOIN parking_tickets_operator o ON o.id = d.operator_id
WHERE d.plate_key = ANY(%(keys)s) AND d.deleted IS NULL
  AND d.disc && tstzrange(%(since)s, %(at)s, '[]')
LIMIT %(most)s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Right:
    """Something that lets a plate stand, at the instant that was asked about or just before.

    `zone` is a zone's row, `area` a code; `sort` the source of a ticket or the kind of a permit;
    `ends` is None where it is open. `ended` is how long ago it ended, zero while it holds. We
    learned of it at `learned`, and it was last changed at `changed`.
    """

    kind: Kind
    ref: str
    zone: int | None
    number: str
    area: str
    sort: str
    seller: str
    begins: datetime | None
    ends: datetime | None
    ended: timedelta
    learned: datetime
    changed: datetime

    @property
    def holds(self) -> bool:
        """Whether it holds at the instant."""
        return not self.ended


def holds(
    plate_key: int | Sequence[int],
    at: datetime,
    *,
    zone: int | None = None,
    area: str | None = None,
    plate: str = "",
) -> list[Right]:
    """What holds for a plate at an instant or had just ended, what lasts longest first.

    `plate_key` is from `plates.key_of` or `plates.keys_of`. `zone` (a row's number) and `area`
    narrow it to what is good there. Resident permits of the kernel are found by `plate` itself.
    """
    keys = [plate_key] if isinstance(plate_key, int) else list(plate_key)
    found = [*_found(keys, at), *_resident(plate, at)]
    if zone is not None or area is not None:
        found = [one for one in found if good_in(one, zone=zone, area=area)]
    return sorted(found, key=lambda one: (one.ended, -(one.ends or FOREVER).timestamp()))


FOREVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


def good_in(right: Right, *, zone: int | None = None, area: str | None = None) -> bool:
    """Whether a right is one for this zone or area; the price of a zone plays no part."""
    if right.kind == "disc":
        return right.zone == zone
    return (zone is not None and right.zone == zone) or bool(area and right.area == area)


def _found(keys: list[int], at: datetime) -> list[Right]:
    since = at - timedelta(minutes=settings().ended_minutes)
    with connection.cursor() as cursor:
        cursor.execute(FOUND, {"keys": keys, "at": at, "since": since, "most": MOST})
        rows = cursor.fetchall()
    return [_right(row, at) for row in rows if row[7] is None or row[7] <= at]


def _right(row: Sequence[Any], at: datetime) -> Right:
    kind, ref, zone, number, area, sort, seller, begins, ends, learned, changed = row
    ended = max(at - ends, timedelta(microseconds=1)) if ends and ends <= at else timedelta()
    return Right(kind=kind, ref=ref, zone=zone, number=number, area=area, sort=sort,
                 seller=seller, begins=begins, ends=ends, ended=ended, learned=learned,
                 changed=changed)  # fmt: skip


def _resident(plate: str, at: datetime) -> list[Right]:
    """Resident permits that the citizen office gave; they name a zone or an area.

    One that was taken back later held until then.
    """
    if not plate:
        return []
    held = CasePermit.objects.about(plate).filter(days__contains=timezone.localdate(at))
    rows = held.filter(kind=RESIDENT).exclude(revoked__lte=at)
    return [_given(one) for one in rows[:10]]


def _given(permit: CasePermit) -> Right:
    midnight, days = timezone.get_default_timezone(), permit.days
    where = str(permit.data.get("zone", ""))[:12]
    return Right(
        kind="resident", ref=permit.number, zone=None, number=where, area=where, sort="resident",
        seller="", ended=timedelta(), learned=permit.created,
        changed=permit.revoked or permit.created,
        begins=datetime.combine(days.lower, time(), midnight) if days.lower else None,
        ends=datetime.combine(days.upper, time(), midnight) if days.upper else None,
    )  # fmt: skip
