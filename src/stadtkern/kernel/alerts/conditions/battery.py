"""A battery that is nearly empty, or will be soon."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar

import msgspec
from django.utils.translation import gettext as _

from stadtkern.kernel.alerts.conditions import states
from stadtkern.kernel.alerts.conditions.condition import Episode, Look, Looked, Span
from stadtkern.kernel.alerts.phrases import lasting, number
from stadtkern.kernel.alerts.subjects import Measured

JUDGED = """
select d.id, coalesce(o.since, d.battery_at, d.last_seen, %(now)s) as since,
  coalesce(o.since, d.battery_at, d.last_seen, %(now)s) as fired,
  coalesce(d.battery, 100) <= %(low)s
    or (o.id is not null and coalesce(d.battery, 100) < %(well)s)
    or coalesce(d.battery_until <= (%(now)s + %(soon)s::interval)::date, false) as holds,
  coalesce(d.battery_at, d.last_seen) as cleared,
  jsonb_build_object('value', d.battery, 'at', d.battery_at, 'until', d.battery_until) as found
from devices_device d left join open o on o.id = d.id
where d.id in (select id from subjects)
"""


class Battery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most `low` percent; well again from `well` on; or empty within `days` by the forecast."""

    kind: ClassVar[str] = "battery"
    about: ClassVar[tuple[str, ...]] = ("device",)
    every: ClassVar[timedelta] = timedelta(minutes=15)

    low: Annotated[float, msgspec.Meta(ge=0, le=100)] = 20.0
    well: Annotated[float, msgspec.Meta(ge=0, le=100)] = 30.0
    days: Annotated[int, msgspec.Meta(ge=1, le=365)] | None = None

    def __post_init__(self) -> None:
        if self.well < self.low:
            raise ValueError(_("A battery is well again at the same level or a higher one."))

    def words(self, what: Measured) -> str:
        """`Battery at 20 % or less, or empty within 30 days`."""
        if self.days is None:
            return _("Battery at %(low)s %% or less") % {"low": number(self.low)}
        said = {"low": number(self.low), "time": lasting(self.days * 1440)}
        return _("Battery at %(low)s %% or less, or forecast to be empty within %(time)s") % said

    def look(self, look: Look) -> Looked:
        """By what each device said last, and the forecast that is kept of it."""
        soon = timedelta(days=self.days) if self.days else None
        return states.look(look, JUDGED, {**self._fields(), "soon": soon})

    def rehearse(self, span: Span) -> list[Episode] | None:
        """By the last value of each day; forecasts of the past are not kept."""
        mark = "case when y.battery <= %(low)s then 1 when y.battery >= %(well)s then -1 else 0 end"
        return states.rehearse_days(span, "y.battery", mark, "-y.battery", self._fields())

    def _fields(self) -> dict[str, Any]:
        return {"low": self.low, "well": self.well}
