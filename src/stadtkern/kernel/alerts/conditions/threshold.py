"""A value beyond a limit, for long enough."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar

import msgspec
from django.utils.translation import gettext as _

from stadtkern.kernel.alerts.conditions import series
from stadtkern.kernel.alerts.conditions.condition import MINUTE, Episode, Look, Looked, Span
from stadtkern.kernel.alerts.phrases import for_longer_than, number, with_unit
from stadtkern.kernel.alerts.subjects import Measured

JUDGED = """
select v.subject, v.at, v.id, v.value, null::float8 as also, v.gap,
  case when v.value > %(high)s::float8 or v.value < %(low)s::float8 then 1
       when {clear} then -1 else 0 end as mark,
  greatest(v.value - %(high)s::float8, %(low)s::float8 - v.value) as excess
from valued v
"""
# Without one of the limits, that side is clear.
CLEAR = """(coalesce({v}.value <= %(high)s::float8 - %(slack)s::float8, true)
  and coalesce({v}.value >= %(low)s::float8 + %(slack)s::float8, true))"""


class Threshold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Above `high` or below `low` for `minutes`; over only where `slack` inside these limits."""

    kind: ClassVar[str] = "threshold"
    about: ClassVar[tuple[str, ...]] = ("datastream",)
    every: ClassVar[timedelta] = MINUTE

    high: float | None = None
    low: float | None = None
    slack: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    minutes: Annotated[int, msgspec.Meta(ge=0, le=20_160)] = 0

    def __post_init__(self) -> None:
        if self.high is None and self.low is None:
            raise ValueError(_("Give an upper or a lower limit."))
        if self.high is not None and self.low is not None:
            if self.low >= self.high:
                raise ValueError(_("The lower limit lies above the upper one."))
            if self.low + 2 * self.slack > self.high:
                raise ValueError(_("With so much slack no value would ever be well again."))

    def words(self, what: Measured) -> str:
        """`PM10 over 50 µg/m³ for longer than 30 minutes`."""
        return for_longer_than(self._limit(what), self.minutes)

    def _limit(self, what: Measured) -> str:
        low = self.low is not None and with_unit(self.low, what)
        high = self.high is not None and with_unit(self.high, what)
        said = {"what": what.name, "low": low, "high": high}
        if low and high:
            said["low"] = number(self.low)
            return _("%(what)s not between %(low)s and %(high)s") % said
        return (_("%(what)s above %(high)s") if high else _("%(what)s below %(low)s")) % said

    def look(self, look: Look) -> Looked:
        """By each new value, from the last one that was well."""
        start = series.LAST_CLEAR.format(clear=CLEAR.format(v="x"))
        return series.look(look, self._judged(), start, self._lasting(), self._fields())

    def rehearse(self, span: Span) -> list[Episode]:
        """The same over history."""
        return series.rehearse(span, self._judged(), self._lasting(), self._fields())

    def _judged(self) -> str:
        return JUDGED.format(clear=CLEAR.format(v="v"))

    def _lasting(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    def _fields(self) -> dict[str, Any]:
        return {"high": self.high, "low": self.low, "slack": self.slack}
