"""Range: beyond what is plausible, or beyond what the sensor can say at all."""

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.things.quality.checks.settings import Setting
from stadtkern.kernel.things.quality.flags import Reason
from stadtkern.kernel.things.quality.scope import Scope, Settings, Verdict
from stadtkern.kernel.things.store import INVALID, SUSPECT


class Range:
    """QARTOD test 4, gross range: what the sensor can say, and what is plausible."""

    kind = "range"
    settings = (
        Setting(name="low", title=_("Lowest plausible value")),
        Setting(name="high", title=_("Highest plausible value")),
        Setting(name="lowest", title=_("Lowest possible value"), help=_("Invalid below it.")),
        Setting(name="highest", title=_("Highest possible value"), help=_("Invalid above it.")),
    )

    def find(self, scope: Scope) -> list[Verdict]:
        """Values beyond a limit."""
        found = ((place, beyond(row.value, given)) for place, row, given in scope.concerned())
        return [Verdict(place, reason) for place, reason in found if reason is not None]


def beyond(value: float, given: Settings) -> Reason | None:
    """Why a value is not plausible; ingest asks this too, so that a flag is there at once."""
    limits = (
        (INVALID, "lowest", "highest"),
        (SUSPECT, "low", "high"),
    )
    for grade, below, above in limits:
        low, high = given.get(below), given.get(above)
        if low is not None and value < low:
            return Reason(check="range", grade=grade, text=f"{value:g} is below {low:g}")
        if high is not None and value > high:
            return Reason(check="range", grade=grade, text=f"{value:g} is above {high:g}")
    return None
