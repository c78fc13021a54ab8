"""Car parks whose rhythm is planted, so that a forecast can be held against what is true."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from stadtkern.systems.parking.forecasting.compute import framed
from stadtkern.systems.parking.forecasting.quarters import A_DAY, quarter, wall

ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 2, tzinfo=UTC)


def commuters(calendar, capacity=200.0):
    """Full by nine, empty by six in the evening on working days; nearly empty on others."""
    hours = calendar.slots / 4
    inside = np.clip((hours - 6) / 3, 0, 1) * np.clip((18 - hours) / 3, 0, 1)
    return capacity * (1 - 0.9 * inside * np.where(calendar.working, 1.0, 0.15))


def calendar_of(days, start=START, holidays=()):
    return wall(quarter(start), days * A_DAY, ZONE, holidays)


def frame_of(days, *, noise=0.0, seed=7, capacity=200.0, start=START):
    """Commuters with noise that lasts some hours, as real deviations do."""
    calendar = calendar_of(days, start)
    rng = np.random.default_rng(seed)
    values = commuters(calendar, capacity)
    drift = np.zeros(len(values))
    for i in range(1, len(drift)):
        drift[i] = 0.95 * drift[i - 1] + noise * rng.standard_normal()
    return framed(np.clip(values + drift, 0, capacity), capacity, calendar)


def day(year, month, number):
    return date(year, month, number).toordinal()
