"""Every bay with what its sensor last said: the one place that reads bay sensors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.contract import State
from stadtkern.kernel.sharing import once
from stadtkern.kernel.things.store import INVALID
from stadtkern.kernel.things.visibility import PUBLIC_STREAM

SITE, BAY, SENSOR, COUNT = "parking.site", "parking.bay", "parking.bay-sensor", "parking.count"
OCCUPIED = "occupied"

BayState = Literal["free", "taken", "unknown", "blocked"]
SIGNS: dict[BayState, State] = {
    "free": "good", "taken": "bad", "unknown": "none", "blocked": "none",
}  # fmt: skip
WORDS = {
    "free": _("free"), "taken": _("occupied"), "unknown": _("unknown"),
    "blocked": _("out of service"),
}  # fmt: skip
AUDIENCES = {
    "": _("for everybody"),
    "disabled": _("for disabled people"),
    "electric": _("for electric cars"),
    "family": _("for families"),
}
# One and the same person may park there every day: how long it is taken is told to nobody.
PRIVATE = "disabled"
MARKS = {"disabled": "♿\ufe0e", "electric": "E", "family": "F"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Bay:
    """One bay; `state` is unknown where the sensor is missing, silent or out of order.

    Public pages and data show `told_at` and `told_by`, which say nothing of a private bay.
    """

    place: int
    public_id: UUID
    site: int
    name: str
    row: str
    number: int
    audience: str
    lon: float | None
    lat: float | None
    state: BayState
    at: datetime | None
    datastream: int | None

    @property
    def short(self) -> str:
        """`A 12`."""
        return f"{self.row} {self.number}".strip()

    @property
    def told_at(self) -> datetime | None:
        """When its sensor last said something, for everybody to see."""
        return None if self.audience == PRIVATE else self.at

    @property
    def told_by(self) -> int | None:
        """The datastream of its sensor, for everybody to see."""
        return None if self.audience == PRIVATE else self.datastream

    @property
    def sign(self) -> State:
        """The state as maps and lists show it."""
        return SIGNS[self.state]

    @property
    def kept(self) -> str:
        """For whom it is kept, in words."""
        return str(AUDIENCES.get(self.audience, self.audience))

    @property
    def mark(self) -> str:
        """For whom it is kept, as one sign beside its number."""
        return MARKS.get(self.audience, "")

    @property
    def word(self) -> str:
        """The state in words."""
        return str(WORDS[self.state])


# Tuples, not models: a map asks for every bay there is. Of a bay whose sensor was replaced, the
# sensor that was heard last counts. A sensor that is known to be wrong knows nothing.
BAYS = f"""
select distinct on (b.id) b.id, b.public_id, b.parent_id, b.name, b.name_en,
  b.properties ->> 'row', b.properties ->> 'number', b.properties ->> 'audience',
  (b.west + b.east) / 2, (b.south + b.north) / 2,
  s.id, s.at, s.stale_after, case when s.quality <> %(invalid)s and not exists (
    select from parking_fault f where f.place_id = b.id and f.until is null
      and f.checked_at is null and f.kind in ('stuck', 'flapping')
  ) then s.value >= 0.5 end,
  exists (
    select from parking_closure c
    where c.bay_id = b.id and (c.until is null or c.until > %(now)s)
  )
from places_place b
join places_place site on site.id = b.parent_id and site.kind = %(site)s
left join (
  select t.place_id, d.id, d.stale_after, l.at, l.value, l.quality
  from things_thing t
  join things_datastream d on d.thing_id = t.id and not d.multi
  join things_observedproperty p on p.id = d.observed_property_id and p.slug = %(occupied)s
  left join things_latest l on l.datastream_id = d.id
  join places_place own on own.id = t.place_id
  where t.kind = %(sensor)s and ({PUBLIC_STREAM}
    or (t.project_id is null and own.properties ->> 'audience' = %(private)s))
) s on s.place_id = b.id
where b.kind = %(bay)s and (%(sites)s::bigint[] is null or b.parent_id = any (%(sites)s))
order by b.id, s.at desc nulls last, s.id
"""  # noqa: S608  a constant of the kernel
KINDS: dict[str, Any] = {
    "site": SITE, "bay": BAY, "sensor": SENSOR, "occupied": OCCUPIED, "invalid": INVALID,
    "private": PRIVATE,
}  # fmt: skip


def bays(sites: Iterable[int] | None = None) -> list[Bay]:
    """The bays of these sites (by key), or of all, by row and number. Always one query."""
    return list(_bays(None if sites is None else tuple(sites)))


@once
def _bays(sites: tuple[int, ...] | None) -> list[Bay]:
    chosen, now = None if sites is None else list(sites), clock.now()
    with connection.cursor() as cursor:
        cursor.execute(BAYS, {**KINDS, "sites": chosen, "now": now})
        rows = cursor.fetchall()
    english = get_language() == "en"
    found = [_bay(now, english, *row) for row in rows]
    return sorted(found, key=lambda bay: (bay.site, bay.row, bay.number, bay.place))


def _bay(
    now: datetime, english: bool, place: int, public_id: UUID, site: int, name: str, name_en: str,
    row: str | None, number: str | None, audience: str | None, lon: float | None,
    lat: float | None, datastream: int | None, at: datetime | None,
    stale_after: timedelta | None, taken: bool | None, blocked: bool,
) -> Bay:  # fmt: skip
    return Bay(
        place=place,
        public_id=public_id,
        site=site,
        name=name_en if name_en and english else name,
        row=row or "",
        number=int(number) if number and number.isdecimal() else 0,
        audience=audience or "",
        lon=lon,
        lat=lat,
        state="blocked" if blocked else _state(now, at, stale_after, taken),
        at=at,
        datastream=datastream,
    )


def _state(
    now: datetime, at: datetime | None, stale_after: timedelta | None, taken: bool | None
) -> BayState:
    """A sensor that is silent for too long knows nothing about its bay any more."""
    if at is None or taken is None:
        return "unknown"
    if stale_after is not None and now - at > stale_after:
        return "unknown"
    return "taken" if taken else "free"
