"""What of a source's numbers is believed: within the capacity, and measured at a time that was."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.systems.parking.models import Offer
from stadtkern.systems.parking.sources.reading.told import Told, Wrong

# Clocks differ a little.
AHEAD: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Believed:
    """A number to be shown, and in words what was not believed of it; None: nothing new."""

    free: int | None
    notice: str = ""


def check(told: Told, now: datetime) -> None:
    """Raises Wrong: a number without a time, or measured in the future."""
    if told.free is not None and told.measured is None:
        raise Wrong("measured", _("there is no time at which it was measured"))
    if told.measured is not None and told.measured > now + AHEAD:
        raise Wrong("measured", _("lies in the future"))


def number(told: Told, capacity: int) -> Believed:
    """The free spaces within 0 and the capacity; what was said is kept beside it, in German."""
    if told.free is None:
        return Believed(free=None)
    words = {"free": told.free, "all": capacity}
    with override("de"):
        if told.free < 0:
            return Believed(free=0, notice=_("%(free)d free was told: shown as 0.") % words)
        if told.free > capacity:
            said = _("%(free)d free of %(all)d was told: shown as %(all)d.")
            return Believed(free=capacity, notice=said % words)
    return Believed(free=told.free)


def is_news(told: Told, known: Offer | None) -> bool:
    """Whether it was measured after what we have."""
    if told.measured is None or told.free is None:
        return False
    return known is None or known.measured is None or told.measured > known.measured
