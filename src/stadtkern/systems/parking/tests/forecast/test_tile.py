"""The dashboard's tile of what parking will be like at the next full hour."""

from datetime import UTC, datetime, timedelta

import pytest

from stadtkern.systems.parking import jobs, logic, tiles
from stadtkern.systems.parking.forecasting import bands
from stadtkern.systems.parking.models import Forecast
from stadtkern.systems.parking.tests.conftest import NOW


def foreseen(park, free, *, closed=False):
    """A forecast of every quarter from 9:45 UTC on: so many free, five more or less."""
    site = logic.facts_of([park.place])[park.place.pk]
    spread = [free] * len(bands.LEVELS)
    spread[bands.LOW], spread[bands.HIGH] = free - 5, free + 5
    return Forecast.objects.create(
        site=site, made=NOW, begins=NOW + timedelta(minutes=15), capacity=40,
        free=[None if closed else free] * 96, quantities=[None if closed else spread] * 96,
        ways=["blend"] * 96,
    )  # fmt: skip


def test_the_next_hour_is_told_with_its_band_and_only_of_what_is_foreseen(car_park, later):
    one, two, three = (car_park(1, f"P+R {n}") for n in range(3))
    jobs.recount_all()
    assert tiles.ahead_tile() is None
    foreseen(one, 10)
    foreseen(two, 20)
    foreseen(three, 30, closed=True)
    tile = tiles.ahead_tile()
    assert (tile.value, tile.unit) == ("30", "um 11:00 Uhr")
    assert tile.detail == "etwa 30, wahrscheinlich 20 bis 40; 2 von 3 Parkplätzen"
    assert tile.at == NOW
    later(minutes=31)
    assert tiles.ahead_tile() is None, "the job that foresees stands still"


@pytest.mark.parametrize(
    ("now", "hour"),
    [
        (datetime(2026, 11, 23, 9, 44, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)),
        (datetime(2026, 11, 23, 9, 45, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)),
        (datetime(2026, 11, 23, 9, 46, tzinfo=UTC), datetime(2026, 11, 23, 11, tzinfo=UTC)),
        # The clocks are put back at 1:00 UTC: 2:00 comes twice.
        (datetime(2026, 10, 25, 0, 20, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
        # And forward at 1:00 UTC: 3:00 follows 1:59.
        (datetime(2026, 3, 29, 0, 20, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ],
)
def test_the_hour_is_the_next_one_that_is_not_just_about_to_come(now, hour):
    assert tiles.next_hour(now).astimezone(UTC) == hour
