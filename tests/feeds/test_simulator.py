"""The simulated operator speaks the real formats, to those who have its key."""

import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from lxml import etree

# The simulators are programs, not a part of the installed package.
sys.path.insert(0, str(Path(__file__).parents[2]))

from simulators.car_park_operator import formats
from simulators.car_park_operator.houses import HOUSES, Operator
from simulators.car_park_operator.server import Server
from stadtkern.systems.parking.sources.reading import READERS
from stadtkern.systems.parking.sources.reading.told import joined

MONDAY = datetime(2026, 11, 23, 11, 7, 30, tzinfo=UTC)


def test_all_formats_tell_the_same():
    now = Operator().now(MONDAY)
    live, static = formats.datex2_status(now), formats.datex2_table(now)
    read = [
        READERS["parkapi-v3"](formats.parkapi_v3(now)),
        READERS["parkapi-v1"](formats.parkapi_v1(now)),
        joined(READERS["datex2-v2"](static), READERS["datex2-v2"](live)),
    ]
    for batch in read:
        assert batch.refused == []
        told = [(one.uid, one.free, one.capacity, one.measured) for one in batch.told]
        at = MONDAY.replace(second=0)
        assert told == [(one.house.id, one.free, one.house.capacity, at) for one in now]


def test_its_datex_is_valid(schemas):
    xsd = etree.XMLSchema(etree.parse(schemas / "datex2-v2.3" / "DATEXIISchema_2_2_3.xsd"))
    now = Operator().now(MONDAY)
    for document in (formats.datex2_table(now), formats.datex2_status(now)):
        xsd.assertValid(etree.fromstring(document))


def test_a_whole_week_stays_within_the_capacity_and_moves():
    operator = Operator()
    seen = {house.id: set() for house in HOUSES}
    for hour in range(168):
        for one in operator.now(MONDAY + timedelta(hours=hour)):
            assert 0 <= one.free <= one.house.capacity
            seen[one.house.id].add(one.free)
    assert all(len(numbers) > 40 for numbers in seen.values())
    assert all("erfunden" in house.name for house in HOUSES)


@pytest.fixture
def served():
    server = Server("127.0.0.1", 0, Operator(), key="geheim")
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_it_asks_for_the_key_and_knows_what_has_not_changed(served):
    url = f"{served}/parkapi/v3/parking-sites"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url)
    assert refused.value.code == 401
    known = {"Authorization": "Bearer geheim"}
    with urllib.request.urlopen(urllib.request.Request(url, headers=known)) as answer:
        assert len(READERS["parkapi-v3"](answer.read()).told) == 2
        mark = answer.headers["ETag"]
    assert mark
