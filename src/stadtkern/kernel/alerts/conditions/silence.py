"""Nothing is heard any more."""

import json
from datetime import timedelta
from typing import Annotated, Any, ClassVar, LiteralString

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from stadtkern.kernel.alerts.conditions import states
from stadtkern.kernel.alerts.conditions.condition import MINUTE, Episode, Look, Looked, Span
from stadtkern.kernel.alerts.conditions.series import MANY
from stadtkern.kernel.alerts.phrases import lasting
from stadtkern.kernel.alerts.subjects import Measured

# Of each subject: when it was last heard, its rhythm, and how long it may be quiet.
HEARD: dict[str, LiteralString] = {
    "device": """
select d.id, d.last_seen as last, coalesce(d.every, p.uplink_every) as every,
  coalesce(d.patience, greatest(3 * greatest(d.every, p.uplink_every), interval '5 minutes'))
    as patience
from devices_device d join devices_profile p on p.id = d.profile_id
where d.id in (select id from subjects) and d.last_seen is not null""",
    # A gateway is heard as often as the devices that it hears best.
    "gateway": """
select g.id, g.last_seen as last, c.every, 3 * c.every as patience
from devices_gateway g left join (
  select d.gateway, min(coalesce(d.every, p.uplink_every)) as every
  from devices_device d join devices_profile p on p.id = d.profile_id
  where not d.resting group by 1
) c on c.gateway = g.eui
where g.id in (select id from subjects) and g.last_seen is not null""",
    "datastream": """
select d.id, l.at as last, (l.at - l.first_at) / greatest(l.n - 1, 1) as every,
  coalesce(d.stale_after, 3 * (l.at - l.first_at) / greatest(l.n - 1, 1)) as patience
from things_datastream d join things_latest l on l.datastream_id = d.id
where d.id in (select id from subjects)""",
}
LIMITED = """
select h.*, coalesce(%(after)s::interval,
  greatest(h.patience, %(at_least)s::interval)) as most from ({heard}) h
"""
JUDGED = """
select h.id, least(h.last + coalesce(h.every, h.most), h.last + h.most) as since,
  h.last + h.most as fired, h.last + h.most <= %(now)s as holds, h.last as cleared,
  jsonb_build_object('at', h.last, 'every', extract(epoch from h.every)::int,
    'limit', extract(epoch from h.most)::int) as found
from ({limited}) h
"""
# Signs of life of each subject; of gateways only the hours are kept, so what is missed is coarse.
SIGNS = {
    "device": "select u.device_id as id, u.time as at, 0 as width from devices_uplink u",
    "gateway": "select u.gateway_id as id, u.hour as at, 3600 as width from devices_gatewayhour u",
    "datastream": "select u.datastream_id as id, u.at, 0 as width from things_observation u",
    "hours": "select u.datastream_id as id, u.at, 3600 as width from things_hour u",
}
COUNTED = {
    "device": "select sum(uplinks) from devices_deviceday where device_id in ({subjects})"
    " and day >= %(start)s::date",
    "datastream": "select sum(n) from things_day where datastream_id in ({subjects})"
    " and at >= %(start)s",
}
REHEARSE = """
with subjects as materialized ({subjects}), limited as materialized ({limited}), signs as (
  select s.*, lead(s.at) over (partition by s.id order by s.at) as next
  from ({signs}) s where s.id in (select id from subjects)
    and s.at >= %(start)s and s.at < %(end)s
)
select s.id, least(s.at + coalesce(l.every, l.most), s.at + l.most),
  s.at + l.most, s.next,
  jsonb_build_object('at', s.at, 'limit', extract(epoch from l.most)::int)
from signs s join limited l on l.id = s.id
where coalesce(s.next, %(end)s) - s.at > l.most + s.width * interval '1 second'
order by 1, 2
"""


class Silence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Quiet for longer than it ever should, but at least `at_least` minutes; or for `after`."""

    kind: ClassVar[str] = "silence"
    about: ClassVar[tuple[str, ...]] = ("device", "gateway", "datastream")
    every: ClassVar[timedelta] = MINUTE

    at_least: Annotated[int, msgspec.Meta(ge=5, le=20_160)] = 30
    after: Annotated[int, msgspec.Meta(ge=5, le=43_200)] | None = None

    def words(self, what: Measured) -> str:
        """`Device silent for longer than its own rhythm allows, and at least 30 minutes`."""
        if self.after:
            said = {"what": what.name, "time": lasting(self.after)}
            return _("%(what)s silent for longer than %(time)s") % said
        said = {"what": what.name, "time": lasting(self.at_least)}
        return (
            _("%(what)s silent for longer than its own rhythm allows, and at least %(time)s") % said
        )

    def look(self, look: Look) -> Looked:
        """By when each was last heard, in its own time."""
        judged = JUDGED.format(limited=self._limited(look.subjects.about))
        return states.look(look, judged, self._fields())

    def rehearse(self, span: Span) -> list[Episode] | None:
        """Gaps between the signs of life that are kept."""
        about = span.subjects.about
        known = {**span.subjects.parameters, **self._fields()}
        known |= {"start": span.start, "end": span.end}
        with connection.cursor() as cursor:
            signs = SIGNS[about]
            if about in COUNTED:
                cursor.execute(COUNTED[about].format(subjects=span.subjects.sql), known)
                many = (cursor.fetchone()[0] or 0) > MANY
                if many and about == "device":
                    return None
                signs = SIGNS["hours"] if many else signs
            sql = REHEARSE.format(
                subjects=span.subjects.sql, limited=self._limited(about), signs=signs
            )
            cursor.execute(sql, known)
            return [
                Episode(
                    subject=subject, since=since, fired=fired, ended=ended, found=json.loads(found)
                )
                for subject, since, fired, ended, found in cursor.fetchall()
            ]

    def _limited(self, about: str) -> str:
        return LIMITED.format(heard=HEARD[about])

    def _fields(self) -> dict[str, Any]:
        after = timedelta(minutes=self.after) if self.after else None
        return {"after": after, "at_least": timedelta(minutes=self.at_least)}
