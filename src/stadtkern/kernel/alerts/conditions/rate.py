"""A value that changes too fast."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from django.utils.translation import gettext as _

from stadtkern.kernel.alerts.conditions import series
from stadtkern.kernel.alerts.conditions.condition import MINUTE, Episode, Look, Looked, Span
from stadtkern.kernel.alerts.phrases import lasting, with_unit
from stadtkern.kernel.alerts.subjects import Measured

# Change per hour between a value and the first one of its window, which is at least half full.
JUDGED = """
select subject, at, id, value, also, gap,
  case when also is null then 0 when {beyond} then 1 else -1 end as mark, abs(also) as excess
from (
  select v.*, case when v.at - first_value(v.at) over w >= %(window)s / 2
    then (v.value - first_value(v.value) over w) * 3600
      / extract(epoch from v.at - first_value(v.at) over w)::float8 end as also
  from valued v window w as (partition by v.subject order by v.at
    range between %(window)s preceding and current row)
) r
"""
BEYOND = {
    "rises": "also > %(per_hour)s",
    "falls": "also < -%(per_hour)s",
    "changes": "abs(also) > %(per_hour)s",
}


class Rate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes by more than `per_hour`, seen over `window` minutes."""

    kind: ClassVar[str] = "rate"
    about: ClassVar[tuple[str, ...]] = ("datastream",)
    every: ClassVar[timedelta] = MINUTE

    per_hour: Annotated[float, msgspec.Meta(gt=0)]
    way: Literal["rises", "falls", "changes"] = "changes"
    window: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 60

    def words(self, what: Measured) -> str:
        """`Water level rises by more than 10 cm in an hour, seen over 30 minutes`."""
        said = {
            "what": what.name,
            "limit": with_unit(self.per_hour, what),
            "time": lasting(self.window),
        }
        texts = {
            "rises": _("%(what)s rises by more than %(limit)s per hour, seen over %(time)s"),
            "falls": _("%(what)s falls by more than %(limit)s per hour, seen over %(time)s"),
            "changes": _("%(what)s changes by more than %(limit)s per hour, seen over %(time)s"),
        }
        return texts[self.way] % said

    def look(self, look: Look) -> Looked:
        """By each new value."""
        return series.look(look, self._judged(), series.WARM, timedelta(), self._fields())

    def rehearse(self, span: Span) -> list[Episode]:
        """The same over history."""
        return series.rehearse(span, self._judged(), timedelta(), self._fields())

    def _judged(self) -> str:
        return JUDGED.format(beyond=BEYOND[self.way])

    def _fields(self) -> dict[str, Any]:
        window = timedelta(minutes=self.window)
        return {"per_hour": self.per_hour, "window": window, "warm": window * 2}
