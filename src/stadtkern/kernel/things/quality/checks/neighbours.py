"""Neighbours: far from what the stations around it said at that time."""

from statistics import median

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.things.quality.checks import nearby
from stadtkern.kernel.things.quality.checks.settings import Setting
from stadtkern.kernel.things.quality.flags import Reason
from stadtkern.kernel.things.quality.scope import Scope, Settings, Verdict
from stadtkern.kernel.things.store import SUSPECT

# Of a normal distribution, the standard deviation in median absolute deviations (Hampel 1974).
SIGMA = 1.4826


class Neighbours:
    """A robust test against the median of the stations around, and their own spread (MAD)."""

    kind = "neighbours"
    settings = (
        Setting(name="metres", title=_("Neighbours within"), unit="m", default=5_000, low=1),
        Setting(name="seconds", title=_("At most apart in time"), unit="s", default=1_800, low=1),
        Setting(name="least", title=_("Neighbours at least"), unit="1", default=3, low=2),
        Setting(name="away", title=_("Apart by more than"), default=10, low=0),
        Setting(
            name="factor",
            title=_("And by more than their own spread times"),
            unit="1",
            default=4,
            low=0,
        ),
    )

    def find(self, scope: Scope) -> list[Verdict]:
        """Values that none of the stations around bears out."""
        around = nearby.near([(d, given["metres"], "") for d, given in scope.settings.items()])
        asked = [
            (place, other, row.at, given["seconds"])
            for place, row, given in scope.concerned()
            for other in around.get(row.stream, ())
        ]
        found = []
        for place, values in nearby.values_then(asked).items():
            row = scope.rows[place]
            reason = _judged(row.value, values, scope.settings[row.stream])
            if reason is not None:
                found.append(Verdict(place, reason))
        return found


def _judged(value: float, others: list[float], given: Settings) -> Reason | None:
    if len(others) < given["least"]:
        return None
    middle = median(others)
    spread = SIGMA * median(abs(one - middle) for one in others)
    if abs(value - middle) <= max(given["away"], given["factor"] * spread):
        return None
    text = f"{len(others)} stations around it say {middle:g}"
    return Reason(check="neighbours", grade=SUSPECT, text=text)
