"""People who pass a counter: a running total that is the same in every run of the simulator."""

from datetime import datetime, timedelta

from simulators.sensors.outdoors import LOCAL, WEEKEND_TRAFFIC, WORKDAY_TRAFFIC, along

FIRST_DAY = datetime(2025, 1, 1, tzinfo=LOCAL)
SLICES = 96
PEOPLE_AT_FULL_TRAFFIC = 420.0  # an hour


def cumulated(curve: tuple[tuple[float, float], ...]) -> tuple[float, ...]:
    """People up to each quarter of an hour of a day."""
    total, table = 0.0, [0.0]
    for part in range(SLICES):
        total += along(curve, (part + 0.5) * 24 / SLICES) * PEOPLE_AT_FULL_TRAFFIC * 24 / SLICES
        table.append(total)
    return tuple(table)


WORKDAY = cumulated(WORKDAY_TRAFFIC)
WEEKEND = cumulated(WEEKEND_TRAFFIC)


def passed_by(when: datetime, share: float) -> int:
    """How many have passed since the first day; `share` tells a busy counter from a quiet one."""
    local = when.astimezone(LOCAL)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    days = (midnight.date() - FIRST_DAY.date()).days
    whole = sum(day_table(FIRST_DAY + timedelta(days=day))[-1] for day in range(days % 7))
    week = 5 * WORKDAY[-1] + 2 * WEEKEND[-1]
    position = (local.hour * 3600 + local.minute * 60 + local.second) / 86400 * SLICES
    table = day_table(local)
    today = table[int(position)] + (position % 1) * (
        table[int(position) + 1] - table[int(position)]
    )
    return int(share * (days // 7 * week + whole + today))


def day_table(day: datetime) -> tuple[float, ...]:
    return WEEKEND if day.weekday() >= 5 else WORKDAY
