"""How far a published number can be trusted, from 0 to 1, and what lowers it.

confidence = known x age x faults x calibration, each from 0 to 1:

- known: share of the spaces whose state is known.
- age: 1 up to ten minutes, then falling evenly to 0.5 when the number is no longer shown.
- faults: 0.5 where the site itself or one of its counters has an open fault. Bays whose sensor is
  wrong are among the unknown already.
- calibration, for counters at lanes only: 1 for a week after somebody counted by hand, then falling
  evenly to 0.6 after 90 days; 0.6 where nobody ever did.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _

from stadtkern.kernel import clock

Level = Literal["high", "medium", "low"]
HIGH, MEDIUM = 0.9, 0.7
FRESH = timedelta(minutes=10)
OLD_SHARE, FAULT_SHARE, DRIFT_SHARE = 0.5, 0.5, 0.6
TRUSTED, FORGOTTEN = timedelta(days=7), timedelta(days=90)


@dataclass(frozen=True, kw_only=True, slots=True)
class Confidence:
    """The factors of a confidence by their names."""

    factors: Mapping[str, float]

    @property
    def value(self) -> float:
        """Their product."""
        product = 1.0
        for factor in self.factors.values():
            product *= factor
        return round(product, 3)

    @property
    def level(self) -> Level:
        """High, medium or low."""
        return "high" if self.value >= HIGH else "medium" if self.value >= MEDIUM else "low"

    @property
    def word(self) -> str:
        """The same in words."""
        return {"high": _("high"), "medium": _("medium"), "low": _("low")}[self.level]

    @property
    def why(self) -> str:
        """What lowers it the most, in words; nothing where it is high."""
        if self.level == "high":
            return ""
        weakest = min(self.factors, key=lambda name: self.factors[name])
        words = {
            "known": _("not all bays are known"),
            "age": _("the number is some minutes old"),
            "faults": _("sensors have faults"),
            "calibration": _("nobody counted by hand for a while"),
        }
        return words[weakest]


def of_age(at: datetime, stale_after: timedelta) -> float:
    """1 while it is fresh, 0.5 when it goes stale."""
    old = clock.age(at) - FRESH
    if old <= timedelta():
        return 1.0
    return falling(old / max(stale_after - FRESH, timedelta(minutes=1)), OLD_SHARE)


def of_calibration(counted: datetime | None) -> float:
    """1 while a count by hand is fresh."""
    if counted is None:
        return DRIFT_SHARE
    return falling((clock.age(counted) - TRUSTED) / (FORGOTTEN - TRUSTED), DRIFT_SHARE)


def falling(share: float, lowest: float) -> float:
    """Evenly from 1 at a share of 0 to the lowest at 1, and no further."""
    return 1 - min(max(share, 0.0), 1.0) * (1 - lowest)
