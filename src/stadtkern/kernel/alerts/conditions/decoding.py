"""A device whose messages cannot be read."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar

import msgspec
from django.utils.translation import ngettext

from stadtkern.kernel import registry
from stadtkern.kernel.alerts.conditions import states
from stadtkern.kernel.alerts.conditions.condition import Episode, Look, Looked, Span
from stadtkern.kernel.alerts.subjects import Measured

# `problem` is that of the last message, so that one which can be read ends it.
JUDGED = """
select d.id, coalesce(o.since, d.last_uplink, %(now)s) as since,
  coalesce(o.since, d.last_uplink, %(now)s) as fired,
  d.problem <> '' and (o.id is not null or coalesce(f.failed, 0) >= %(failures)s) as holds,
  d.last_uplink as cleared,
  jsonb_build_object('value', f.failed, 'at', d.last_uplink, 'reason', d.problem) as found
from devices_device d left join open o on o.id = d.id
left join (
  select y.device_id, sum(y.failed) as failed from devices_deviceday y
  where y.day >= (%(now)s at time zone %(zone)s)::date - 1 group by 1
) f on f.device_id = d.id
where d.id in (select id from subjects) and (d.problem <> '' or o.id is not null)
"""


class Decoding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At least `failures` messages of today and yesterday could not be read, the last one too."""

    kind: ClassVar[str] = "decoding"
    about: ClassVar[tuple[str, ...]] = ("device",)
    every: ClassVar[timedelta] = timedelta(minutes=5)

    failures: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 3

    def words(self, what: Measured) -> str:
        """`3 messages or more could not be read, today or yesterday`."""
        text = ngettext(
            "%(n)d message or more could not be read, today or yesterday",
            "%(n)d messages or more could not be read, today or yesterday",
            self.failures,
        )
        return text % {"n": self.failures}

    def look(self, look: Look) -> Looked:
        """By what ingest counted."""
        return states.look(look, JUDGED, self._fields())

    def rehearse(self, span: Span) -> list[Episode] | None:
        """By how many failed on each day."""
        mark = "case when y.failed >= %(failures)s then 1 else -1 end"
        return states.rehearse_days(span, "y.failed::float8", mark, "y.failed", self._fields())

    def _fields(self) -> dict[str, Any]:
        return {"failures": self.failures, "zone": registry.city().city.time_zone}
