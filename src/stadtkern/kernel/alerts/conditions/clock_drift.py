"""A device whose clock runs off."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel.alerts.conditions import states
from stadtkern.kernel.alerts.conditions.condition import Episode, Look, Looked, Span
from stadtkern.kernel.alerts.subjects import Measured

# Over only when it is clearly back: a fifth below the limit.
JUDGED = """
select d.id, coalesce(o.since, d.last_uplink, %(now)s) as since,
  coalesce(o.since, d.last_uplink, %(now)s) as fired,
  abs(d.clock_offset) > %(seconds)s
    or (o.id is not null and abs(d.clock_offset) > %(seconds)s * 0.8) as holds,
  d.last_uplink as cleared,
  jsonb_build_object('value', d.clock_offset, 'at', d.last_uplink) as found
from devices_device d left join open o on o.id = d.id
where d.id in (select id from subjects) and d.clock_offset is not null
"""


class ClockDrift(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Its time stamps are more than `seconds` behind or ahead of when its messages come in."""

    kind: ClassVar[str] = "clock"
    about: ClassVar[tuple[str, ...]] = ("device",)
    every: ClassVar[timedelta] = timedelta(minutes=15)

    seconds: Annotated[int, msgspec.Meta(ge=5, le=604_800)] = 300

    def words(self, what: Measured) -> str:
        """`Clock more than 300 seconds off`."""
        text = ngettext(
            "Clock more than %(n)d second off", "Clock more than %(n)d seconds off", self.seconds
        )
        return text % {"n": self.seconds}

    def look(self, look: Look) -> Looked:
        """By the offset that ingest keeps of each device."""
        return states.look(look, JUDGED, self._fields())

    def rehearse(self, span: Span) -> list[Episode] | None:
        """By the offset of each day."""
        mark = """case when abs(y.clock_offset) > %(seconds)s then 1
          when abs(y.clock_offset) > %(seconds)s * 0.8 then 0 else -1 end"""
        return states.rehearse_days(
            span, "y.clock_offset", mark, "abs(y.clock_offset)", self._fields()
        )

    def _fields(self) -> dict[str, Any]:
        return {"seconds": self.seconds}

    @staticmethod
    def found_words(offset: float) -> str:
        """`120 seconds ahead`."""
        seconds = round(abs(offset))
        text = (
            ngettext("%(n)d second behind", "%(n)d seconds behind", seconds)
            if offset > 0
            else ngettext("%(n)d second ahead", "%(n)d seconds ahead", seconds)
        )
        return text % {"n": seconds} if seconds else _("exact")
