"""The estimate that is published: the mean of three methods that err in different ways."""

from dataclasses import dataclass

import numpy as np

from stadtkern.kernel.effects.methods.frame import Frame
from stadtkern.kernel.effects.methods.simple import difference
from stadtkern.kernel.effects.methods.structural import Step, structural
from stadtkern.kernel.effects.methods.synthetic import synthetic


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """Three methods and their mean; the half width is that of the structural model's interval.

    Each errs otherwise: the difference with a drift between the places, the mixture with a control
    that breaks, the model with a level that wanders. Their mean errs less than each (see the
    decision record), so the model's own interval around it is on the safe side.
    """

    difference: float
    synthetic: float
    model: Step

    @property
    def parts(self) -> tuple[float, float, float]:
        """The three."""
        return (self.difference, self.synthetic, self.model.effect)

    @property
    def effect(self) -> float:
        """Their mean."""
        return float(np.mean(self.parts))

    @property
    def half(self) -> float:
        """Half of the 95 % interval; NaN where the model did not settle."""
        return (self.model.high - self.model.low) / 2 if self.model.settled else float("nan")

    @property
    def apart(self) -> float:
        """How far the farthest of the three lies from their mean."""
        return float(max(abs(one - self.effect) for one in self.parts))


def estimate(frame: Frame) -> Estimate:
    """All three on these weeks."""
    return Estimate(
        difference=difference(frame), synthetic=synthetic(frame), model=structural(frame)
    )
