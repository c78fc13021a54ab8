"""Kilometres, minutes and grams of searching before and after, and how far they are unsure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.parking.logic.guidance.traffic.assumptions import ASSUMPTIONS

Floats = NDArray[np.float64]
PERCENTS = 101
DRAWS, SEED = 400, 20260301
# In eight of ten draws the truth lies between these.
LOW, HIGH = 0.1, 0.9
QUANTITIES = ("arrivals", "km", "minutes", "no2", "pm10")
# With fewer days nothing is said about a period.
LEAST = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """A quantity for each day on average, and where it lies in eight of ten draws."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether all of the band lies on one side of nought."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """By quantity: before, after, and the difference; `counted` is it without guided drivers."""

    before: Mapping[str, Band]
    after: Mapping[str, Band]
    change: Mapping[str, Band]
    counted: Mapping[str, Band]
    days: tuple[int, int]


def estimate(
    before: Sequence[Mapping[str, float]],
    after: Sequence[Mapping[str, float]],
    values: Mapping[str, float],
) -> Estimate | None:
    """From days as `{percent: arrivals}`; None where one of the periods has too few.

    The same draw of the assumptions holds before and after, so that what is unknown in both does
    not pass for a difference; days are drawn with replacement, each period for itself.
    """
    if min(len(before), len(after)) < LEAST:
        return None
    rng = np.random.default_rng(SEED)
    draws = drawn(values, rng)
    tables = (table(before), table(after))
    mixed = [_days(one, rng) for one in tables]
    first = _quantities(mixed[0], {**draws, "guided": np.zeros(DRAWS + 1)})
    second = _quantities(mixed[1], draws)
    alone = _quantities(mixed[1], {**draws, "guided": np.zeros(DRAWS + 1)})
    return Estimate(
        before={name: _band(first[name]) for name in QUANTITIES},
        after={name: _band(second[name]) for name in QUANTITIES},
        change={name: _band(second[name] - first[name]) for name in QUANTITIES},
        counted={name: _band(alone[name] - first[name]) for name in QUANTITIES},
        days=(len(before), len(after)),
    )


def table(days: Sequence[Mapping[str, float]]) -> Floats:
    """Days by percent of occupancy."""
    found = np.zeros((len(days), PERCENTS))
    for row, day in enumerate(days):
        for percent, arrivals in day.items():
            found[row, min(max(int(percent), 0), PERCENTS - 1)] += arrivals
    return found


def drawn(values: Mapping[str, float], rng: np.random.Generator) -> dict[str, Floats]:
    """The first of each is what is assumed; the others are drawn from its triangle."""
    found = {}
    for one in ASSUMPTIONS:
        value = values.get(one.slug, one.value)
        low, high = min(one.low, value), max(one.high, value)
        found[one.slug] = np.concatenate([[value], rng.triangular(low, value, high, DRAWS)])
    return found


def _days(found: Floats, rng: np.random.Generator) -> Floats:
    """The mean day, and mean days of as many days drawn with replacement."""
    size = len(found)
    shares = rng.multinomial(size, np.full(size, 1 / size), DRAWS) / size
    return np.vstack([found.mean(axis=0), shares @ found])


def way(draws: Mapping[str, Floats]) -> Floats:
    """Kilometres of search by draw and percent: sharply more above 85 to 90 percent."""
    taken = np.linspace(0, 1, PERCENTS)[None, :]
    with np.errstate(divide="ignore"):
        passed = 1 + draws["clumping"][:, None] * (1 / (1 - taken) - 1)
    most = draws["most"][:, None]
    return np.minimum(passed * draws["spacing"][:, None] / 1000, most)


def _quantities(days: Floats, draws: Mapping[str, Floats]) -> dict[str, Floats]:
    arrivals = days * draws["hidden"][:, None]
    guided = draws["guided"][:, None] / 100
    straight = draws["spacing"][:, None] / 1000
    km = (arrivals * ((1 - guided) * way(draws) + guided * straight)).sum(axis=1)
    return {
        "arrivals": arrivals.sum(axis=1), "km": km, "minutes": 60 * km / draws["speed"],
        "no2": km * draws["nox"] * draws["no2"] / 100,
        "pm10": km * (draws["wear"] + draws["exhaust"]),
    }  # fmt: skip


def _band(found: Floats) -> Band:
    low, high = np.quantile(found[1:], [LOW, HIGH])
    value = float(found[0])
    return Band(value=value, low=min(float(low), value), high=max(float(high), value))
