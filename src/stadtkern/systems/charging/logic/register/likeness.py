"""How well a station of the register fits a location that is there, with stated weights."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from stadtkern.systems.charging.logic.register.table import fold

# They add up to 1. Distance counts most, since operators rename themselves and houses differ.
WEIGHTS: Final[Mapping[str, float]] = {
    "distance": 0.45, "address": 0.25, "operator": 0.15, "points": 0.15,
}  # fmt: skip
SURE: Final = 0.75
DOUBT: Final = 0.45
# Two that fit nearly alike are a question for people.
CLOSE: Final = 0.08


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """What is compared: of the register, or of a location."""

    lon: float | None
    lat: float | None
    address: str
    operator: str
    points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """A score from 0 to 1 with its parts."""

    score: float
    parts: Mapping[str, float]
    metres: float | None


def metres(a: Spot, b: Spot) -> float | None:
    """The distance on the ground; None where one has no position."""
    if a.lon is None or a.lat is None or b.lon is None or b.lat is None:
        return None
    x = (b.lon - a.lon) * math.cos(math.radians((a.lat + b.lat) / 2))
    return math.hypot(x, b.lat - a.lat) * 111_195


def fit(a: Spot, b: Spot, reach: float) -> Fit:
    """Distance as a bell of width `reach`/2, texts as shared trigrams, points as their ratio."""
    far = metres(a, b)
    parts = {
        "distance": 0.0 if far is None else math.exp(-0.5 * (far / (reach / 2)) ** 2),
        "address": grams(street(a.address), street(b.address)),
        "operator": grams(fold(a.operator), fold(b.operator)),
        "points": min(a.points, b.points) / max(a.points, b.points, 1),
    }
    score = sum(WEIGHTS[name] * part for name, part in parts.items())
    return Fit(score=round(score, 3), parts={k: round(v, 3) for k, v in parts.items()}, metres=far)


def grams(a: str, b: str) -> float:
    """Shared trigrams of two folded texts (Dice), 0 to 1."""
    one, two = _grams(a), _grams(b)
    return 2 * len(one & two) / (len(one) + len(two)) if one and two else 0.0


def _grams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[n : n + 3] for n in range(len(padded) - 2)} if text else set()


def street(text: str) -> str:
    """An address folded, `Str.` written out."""
    return fold(text.casefold().replace("str.", "strasse"))
