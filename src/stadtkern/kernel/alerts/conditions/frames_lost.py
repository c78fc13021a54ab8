"""A device of which too many messages do not arrive."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar

import msgspec
from django.utils.translation import gettext as _

from stadtkern.kernel.alerts.conditions import states
from stadtkern.kernel.alerts.conditions.condition import Episode, Look, Looked, Span
from stadtkern.kernel.alerts.phrases import number
from stadtkern.kernel.alerts.subjects import Measured

JUDGED = """
select d.id, coalesce(o.since, d.last_uplink, %(now)s) as since,
  coalesce(o.since, d.last_uplink, %(now)s) as fired,
  d.loss * 100 > %(percent)s
    or (o.id is not null and d.loss * 100 > %(percent)s * 0.8) as holds,
  d.last_uplink as cleared,
  jsonb_build_object('value', d.loss * 100, 'at', d.last_uplink) as found
from devices_device d left join open o on o.id = d.id
where d.id in (select id from subjects) and d.loss is not null
"""
DAILY = "100.0 * greatest(y.lost, 0) / nullif(y.uplinks + greatest(y.lost, 0), 0)"


class FramesLost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """More than `percent` of the frames of the last seven days are missing."""

    kind: ClassVar[str] = "frames"
    about: ClassVar[tuple[str, ...]] = ("device",)
    every: ClassVar[timedelta] = timedelta(minutes=30)

    percent: Annotated[float, msgspec.Meta(gt=0, le=100)] = 20.0

    def words(self, what: Measured) -> str:
        """`More than 20 % of the messages of seven days lost`."""
        said = {"percent": number(self.percent)}
        return _("More than %(percent)s %% of the messages of seven days lost") % said

    def look(self, look: Look) -> Looked:
        """By the share that is learned of each device."""
        return states.look(look, JUDGED, self._fields())

    def rehearse(self, span: Span) -> list[Episode] | None:
        """By the share of each single day."""
        mark = f"""case when {DAILY} > %(percent)s then 1
          when {DAILY} > %(percent)s * 0.8 then 0 else -1 end"""
        return states.rehearse_days(span, DAILY, mark, DAILY, self._fields())

    def _fields(self) -> dict[str, Any]:
        return {"percent": self.percent}
