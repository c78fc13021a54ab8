"""The kinds of conditions: one class each."""

from typing import Any, cast

import msgspec

from stadtkern.kernel.alerts.conditions.battery import Battery
from stadtkern.kernel.alerts.conditions.clock_drift import ClockDrift
from stadtkern.kernel.alerts.conditions.condition import Condition, Episode, Look, Looked, Span
from stadtkern.kernel.alerts.conditions.decoding import Decoding
from stadtkern.kernel.alerts.conditions.frames_lost import FramesLost
from stadtkern.kernel.alerts.conditions.geofence import Geofence
from stadtkern.kernel.alerts.conditions.rate import Rate
from stadtkern.kernel.alerts.conditions.silence import Silence
from stadtkern.kernel.alerts.conditions.threshold import Threshold

__all__ = ["KINDS", "Condition", "Episode", "Look", "Looked", "Span", "read"]

KINDS: dict[str, Any] = {
    one.kind: one
    for one in (Threshold, Rate, Silence, Geofence, Battery, ClockDrift, FramesLost, Decoding)
}


def read(kind: str, fields: Any, about: str = "") -> Condition:
    """The condition of a rule.

    Raises ValueError: no such kind, it does not fit what the rule is about, or wrong fields; the
    text says which.
    """
    if kind not in KINDS:
        raise ValueError(f"no condition is called {kind!r}")
    if about and about not in KINDS[kind].about:
        raise ValueError(f"{kind!r} is no condition about {about!r}")
    try:
        return cast("Condition", msgspec.convert(fields, KINDS[kind]))
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
