"""Cars: when they come, how much they want, and what they draw while their battery fills."""

import random
from dataclasses import dataclass

# Arrivals in an hour at one outlet, by hour of the day: before work, at noon, after work.
ARRIVALS = (
    0.01, 0.01, 0.01, 0.01, 0.02, 0.05, 0.12, 0.22, 0.28, 0.24, 0.2, 0.22,
    0.26, 0.22, 0.2, 0.22, 0.3, 0.36, 0.34, 0.26, 0.16, 0.1, 0.05, 0.02,
)  # fmt: skip
# (kWh of the battery, watt on alternating current, watt on direct current)
MODELS = ((77, 11_000, 125_000), (52, 22_000, 100_000), (38, 7_400, 0), (64, 11_000, 150_000),
          (14, 3_700, 0))  # fmt: skip
NEARLY_FULL = 0.8
VOLTS = 230.0


@dataclass
class Car:
    """A car at an outlet; `stays` is in seconds, and it may be full before it goes."""

    battery_wh: float
    most_w: float
    soc: float
    wants: float
    stays: float
    card: str
    drew: float = 0.0

    @property
    def full(self) -> bool:
        return self.soc >= self.wants

    def watt(self, offered: float) -> float:
        """Constant until 80 %, then falling to a tenth, as batteries are charged."""
        if self.full:
            return 0.0
        part = 1.0 if self.soc < NEARLY_FULL else max(0.1, 1 - (self.soc - NEARLY_FULL) * 4.5)
        return min(self.most_w * part, offered)

    def charge(self, watt: float, seconds: float) -> float:
        """Returns the energy in Wh."""
        energy = watt * seconds / 3600
        self.soc = min(1.0, self.soc + energy / self.battery_wh)
        self.drew += energy
        return energy


def come(rng: random.Random, cards: list[str], *, direct: bool) -> Car:
    """Somebody plugs in."""
    models = [one for one in MODELS if one[2]] if direct else list(MODELS)
    battery, alternating, fast = rng.choice(models)
    minutes = rng.uniform(12, 40) if direct else rng.uniform(25, 240)
    return Car(
        battery_wh=battery * 1000, most_w=float(fast if direct else alternating),
        soc=rng.uniform(0.15, 0.7), wants=rng.uniform(0.8, 1.0), stays=minutes * 60,
        card=rng.choice(cards),
    )  # fmt: skip


def arrives(rng: random.Random, hour: int, seconds: float) -> bool:
    """Whether somebody comes to a free outlet within so many seconds of this hour."""
    return rng.random() < ARRIVALS[hour] * seconds / 3600
