"""Measures that the city takes, the series that are to show their effect, and the analyses."""

from stadtkern.kernel.effects.models.analysis import Analysis
from stadtkern.kernel.effects.models.intervention import (
    KINDS,
    MOST_CONTROLS,
    STAGES,
    Chosen,
    Intervention,
)

__all__ = ["KINDS", "MOST_CONTROLS", "STAGES", "Analysis", "Chosen", "Intervention"]
