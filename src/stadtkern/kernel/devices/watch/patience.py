"""How long a device may be quiet: its own rhythm where it is known, else its profile's."""

from datetime import timedelta
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.db.models.functions import Coalesce, Greatest

# Uplinks that a device may miss in a row: radio loses one now and then.
MISSED = 3
# Nobody is called for less.
LEAST = timedelta(minutes=5)
# Part of the patience after which a device is late; one lost frame makes none late.
LATE = 0.7


def expected() -> Any:
    """The interval at which a device sends: learned, or what its profile says."""
    return Coalesce(F("every"), F("profile__uplink_every"))


def patience() -> Any:
    """The time without a sign of life after which a device is silent."""
    known = Greatest(Coalesce(F("every"), Value(timedelta(0))), F("profile__uplink_every"))
    first = Greatest(_times(known, MISSED), Value(LEAST))
    return Coalesce(F("patience"), first, output_field=DurationField())


def silent_from() -> Any:
    """The instant from which a device counts as silent, if it does not send before."""
    return Coalesce(F("last_seen"), F("created")) + patience()


def late_from() -> Any:
    """The instant from which a device is late."""
    return Coalesce(F("last_seen"), F("created")) + _times(patience(), LATE)


def _times(length: Any, factor: float) -> Any:
    return ExpressionWrapper(length * factor, output_field=DurationField())
