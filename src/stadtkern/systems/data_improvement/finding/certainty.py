"""How sure a finding is: the share of such findings that were right where faults were planted.

Measured by `python -m benchmarks data_improvement` on open data (see decision 0019), not guessed.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from stadtkern.systems.data_improvement.finding.frame import Found

# Per kind and method: the share that was right below and from a strength of one half.
MEASURED: Final[Mapping[str, tuple[float, float]]] = {
    "address.damaged": (0.5, 0.98),
    "address.full": (0.5, 0.91),
    "address.misspelled": (0.72, 0.85),
    "duplicate.near": (0.99, 0.99),
    "fault.jump": (0.75, 0.98),
    "fault.nought": (0.99, 0.99),
    "fault.still": (0.5, 0.99),
    "meaning.values": (0.5, 0.92),
    "position.far": (0.5, 0.97),
    "position.metres": (0.5, 0.97),
    "position.point": (0.5, 0.97),
    "position.sign": (0.5, 0.98),
    "position.swapped": (0.5, 0.98),
    "position.zero": (0.5, 0.98),
    "postcode.both": (0.5, 0.95),
    "postcode.place": (0.52, 0.52),
    "record.model": (0.94, 0.94),
    "record.words": (0.67, 0.67),
    "spelling.form": (0.5, 0.98),
    "spelling.slip": (0.5, 0.98),
    "type.reading": (0.5, 0.94),
    "unit.factor": (0.93, 0.99),
}
# What was not measured with planted faults says so by a cautious figure.
UNKNOWN: Final = 0.5


def name_of(found: Found) -> str:
    """`spelling.slip`: what the measurement counts by."""
    return f"{found.kind}.{found.method}"


def confidence(found: Found) -> float:
    """Between 0 and 1, to two digits."""
    if found.kind == "gap":
        return round(found.strength, 2)
    weak, strong = MEASURED.get(name_of(found), (UNKNOWN, UNKNOWN))
    return strong if found.strength >= 0.5 else weak


def is_measured(kind: str, method: str) -> bool:
    """Whether the confidence of these findings was measured."""
    return kind == "gap" or f"{kind}.{method}" in MEASURED


def smoothed(right: Sequence[bool]) -> float:
    """The share that was right, drawn a little towards one half: few cases prove little."""
    return round((sum(right) + 1) / (len(right) + 2), 2)
