"""A car park with ten weeks of counts that follow a planted rhythm."""

from datetime import timedelta

import pytest

from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.forecasting.quarters import A_DAY, begin, quarter, wall
from stadtkern.systems.parking.tests.conftest import NOW
from stadtkern.systems.parking.tests.forecast.planted import ZONE, commuters

WEEKS = 10


def history(stream: Datastream, capacity: float, until=NOW, weeks=WEEKS) -> None:
    """A count every quarter of an hour up to now."""
    size = weeks * 7 * A_DAY
    first = quarter(until) - size + 1
    values = commuters(wall(first, size, ZONE, ()), capacity)
    rows = [
        store.Observation(datastream=stream.pk, at=begin(first + i), value=round(float(value)))
        for i, value in enumerate(values)
    ]
    store.ensure_partitions(rows[0].at, rows[-1].at)
    for start in range(0, len(rows), 500):
        store.write(rows[start : start + 500], announce=False)


def counted(park, weeks=WEEKS):
    """This car park with a history and a present number; its `models.Site`."""
    (site,) = logic.sites([park.place])
    stream = logic.count_stream(park.place)
    history(stream, len(park.bays), weeks=weeks)
    park.hear_all(len(park.bays) // 2, at=NOW - timedelta(minutes=1))
    logic.recount_site(park.place.pk)
    return site.facts


@pytest.fixture
def rhythm(car_park):
    park = car_park(20)
    return park, counted(park)
