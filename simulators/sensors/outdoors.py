"""Weather, air and passers-by that look like the season and the hour; invented, but smooth."""

import itertools
import math
import random
from datetime import datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Berlin")

WORKDAY_TRAFFIC = (
    (0, 0.05), (4, 0.05), (6, 0.5), (7.5, 1.0), (9, 0.6), (12, 0.55),
    (15, 0.7), (17, 1.0), (19, 0.5), (22, 0.15), (24, 0.05),
)  # fmt: skip
WEEKEND_TRAFFIC = ((0, 0.1), (5, 0.04), (9, 0.2), (12, 0.5), (16, 0.55), (20, 0.3), (24, 0.1))


class Outdoors:
    """Everything here is a function of seed, place and time: a restart goes on where it was."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def temperature(self, place: int, when: datetime) -> float:
        """Degrees Celsius."""
        summer = season(when)
        by_day = (2.6 + 1.6 * summer) * math.cos((hour(when) - 15) / 12 * math.pi)
        weather = 3.2 * self.noise("warm", when, 3 * 86400) + 0.7 * self.noise("gust", when, 7200)
        here = 0.6 * self.noise(f"place {place}", when, 14 * 86400)
        return 10.8 + 8.2 * summer + by_day + weather + here

    def humidity(self, place: int, when: datetime) -> float:
        """Percent."""
        by_day = (7 + 4 * season(when)) * math.cos((hour(when) - 15) / 12 * math.pi)
        weather = 9 * self.noise("damp", when, 86400) + 1.5 * self.noise(f"d{place}", when, 3600)
        return min(100.0, max(25.0, 79 - 8 * season(when) - by_day + weather))

    def pressure(self, when: datetime) -> float:
        """Pascal, some 60 m above the sea."""
        return 100_700 + 1300 * self.noise("pressure", when, 4 * 86400)

    def dust(self, place: int, when: datetime) -> dict[str, float]:
        """Micrograms per cubic metre."""
        weather = 7 * self.noise("dust", when, 2 * 86400) - 5 * season(when)
        here = 1.5 * self.noise(f"dust {place}", when, 1200)
        pm10 = max(3.0, 15 + weather + here + 6 * traffic(when))
        pm2_5 = pm10 * (0.56 - 0.1 * season(when))
        return {"pm1_0": 0.8 * pm2_5, "pm2_5": pm2_5, "pm4": 0.5 * (pm2_5 + pm10), "pm10": pm10}

    def noise(self, name: str, when: datetime, seconds: float) -> float:
        """Smooth, between -1 and 1, with a new value every so many seconds."""
        step, part = divmod(when.timestamp() / seconds, 1)
        weight = (1 - math.cos(part * math.pi)) / 2
        return self._fixed(name, step) * (1 - weight) + self._fixed(name, step + 1) * weight

    def _fixed(self, name: str, step: float) -> float:
        return random.Random(f"{self.seed} {name} {step}").uniform(-1, 1)


def season(when: datetime) -> float:
    """-1 in the coldest days of January, 1 in the warmest of July."""
    day = when.astimezone(LOCAL).timetuple().tm_yday
    return -math.cos((day - 20) / 365.25 * 2 * math.pi)


def hour(when: datetime) -> float:
    local = when.astimezone(LOCAL)
    return local.hour + local.minute / 60 + local.second / 3600


def weekend(when: datetime) -> bool:
    return when.astimezone(LOCAL).weekday() >= 5


def traffic(when: datetime) -> float:
    """How busy the streets are, from 0 to 1."""
    return along(WEEKEND_TRAFFIC if weekend(when) else WORKDAY_TRAFFIC, hour(when))


def along(curve: tuple[tuple[float, float], ...], at: float) -> float:
    """The value of a curve of straight pieces."""
    for (left, low), (right, high) in itertools.pairwise(curve):
        if at <= right:
            return low + (high - low) * (at - left) / (right - left)
    return curve[-1][1]
