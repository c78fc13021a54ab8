"""Reads of SensorThings beside plain PostgreSQL, at 0.1, 1 and 10 million observations."""

import http.client
import json
import statistics
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote, urlsplit

import psutil
import psycopg

from benchmarks.pages import API, over_http, timed
from benchmarks.running import RunningCity
from benchmarks.table import Row, percentile, progress, times

SIZES = (100_000, 1_000_000, 10_000_000)
NEWEST = "$top=1000&$orderby=phenomenonTime desc"
DASHBOARD = (
    "Datastreams?$top=500&$expand=Thing($expand=Locations),"
    "Observations($top=1;$orderby=phenomenonTime desc)"
)
PLAIN_NEWEST = (
    "select * from things_observation where datastream_id = %(one)s order by at desc limit 1000"
)
PLAIN_COUNT = (
    "select count(*) from things_observation"
    " where datastream_id = %(one)s and value > 24 and at >= %(since)s"
)
PLAIN_DASHBOARD = (
    "select d.id, d.name, t.name, p.geometry, l.at, l.value from things_datastream d"
    " join things_thing t on t.id = d.thing_id join places_place p on p.id = t.place_id"
    " join things_latest l on l.datastream_id = d.id order by d.id limit 500"
)
# Seconds.
NEWEST_MIDDLE, NEWEST_LATE, DASHBOARD_MIDDLE, COUNT_MORE = 0.006, 0.015, 0.030, 0.010
TIMES_PLAIN = 3


def measure(city: RunningCity) -> Iterator[Row]:
    """The same questions at each size; then answers of a million rows."""
    from benchmarks import stations
    from stadtkern.kernel import clock

    streams = stations.make()
    end = clock.now().replace(second=0, microsecond=0)
    back = end
    for size in SIZES:
        back = stations.fill(streams, size, end, back)
        yield from _at(city, streams[0], size, back + (end - back) / 4)
    yield from _long(city, streams[0])


def _at(city: RunningCity, one: int, size: int, since: object) -> Iterator[Row]:
    progress(f"Asking with {size:,} observations ...")
    last = size == SIZES[-1]
    with psycopg.connect(city.url, autocommit=True) as database:

        def plain(statement: str) -> list[float]:
            values = {"one": one, "since": since}
            return timed(lambda: database.execute(statement, values).fetchall())

        yield from _newest(city, one, size, plain(PLAIN_NEWEST), last)
        yield from _dashboard(city, size, plain(PLAIN_DASHBOARD), last)
        yield from _count(city, one, size, since, plain(PLAIN_COUNT), last)
        yield from _paging(city, one, size)


def _asked(city: RunningCity, address: str) -> list[float]:
    return timed(over_http(city, f"{API}/{_quoted(address)}"))


def _quoted(address: str) -> str:
    return quote(address, safe="/$=&()?,;%")


def _shown(found: list[float], plain: list[float]) -> str:
    ratio = statistics.median(found) / statistics.median(plain)
    return f"{times(found)}, {ratio:.1f} x"


def _name(size: int) -> str:
    return f"{size / 1e6:g} million"


def _newest(
    city: RunningCity, one: int, size: int, plain: list[float], last: bool
) -> Iterator[Row]:
    found = _asked(city, f"Datastreams({one})/Observations?{NEWEST}")
    yield Row(what=f"{_name(size)}: newest 1,000, plain SQL", figure=times(plain))
    met = (
        percentile(found, 0.5) <= NEWEST_MIDDLE
        and percentile(found, 0.95) <= NEWEST_LATE
        and statistics.median(found) <= TIMES_PLAIN * statistics.median(plain)
    )
    aim = "<= 6, 15 ms, 3 x" if last else ""
    what = f"{_name(size)}: newest 1,000, over HTTP"
    yield Row(what=what, figure=_shown(found, plain), aim=aim, met=met if last else None)


def _dashboard(city: RunningCity, size: int, plain: list[float], last: bool) -> Iterator[Row]:
    found = _asked(city, DASHBOARD)
    yield Row(what=f"{_name(size)}: dashboard of 500, plain SQL", figure=times(plain))
    met = percentile(found, 0.5) <= DASHBOARD_MIDDLE if last else None
    what = f"{_name(size)}: dashboard of 500, over HTTP"
    yield Row(what=what, figure=times(found), aim="<= 30 ms" if last else "", met=met)


def _count(
    city: RunningCity, one: int, size: int, since: object, plain: list[float], last: bool
) -> Iterator[Row]:
    condition = f"result gt 24 and phenomenonTime ge {since:%Y-%m-%dT%H:%M:%SZ}"
    address = f"Datastreams({one})/Observations?$top=100&$count=true&$filter={condition}"
    found = _asked(city, address)
    yield Row(what=f"{_name(size)}: filtered count, plain SQL", figure=times(plain))
    met = percentile(found, 0.5) <= percentile(plain, 0.5) + COUNT_MORE if last else None
    what = f"{_name(size)}: filtered count and 100 of them, over HTTP"
    aim = "<= plain + 10 ms" if last else ""
    yield Row(what=what, figure=times(found), aim=aim, met=met)


def _paging(city: RunningCity, one: int, size: int) -> Iterator[Row]:
    """The first page, and one far behind it, reached over the links between."""
    path = f"{API}/Datastreams({one})/Observations?$top=1000"
    first = timed(over_http(city, path))
    pages = 0
    while pages < 100 and (link := _following(city, path)):
        path, pages = link, pages + 1
    deep = timed(over_http(city, path))
    yield Row(what=f"{_name(size)}: first page of 1,000", figure=times(first))
    yield Row(what=f"{_name(size)}: page {pages + 1}", figure=_shown(deep, first))


def _following(city: RunningCity, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=30)
    connection.request("GET", _quoted(path))
    link = json.loads(connection.getresponse().read()).get("@iot.nextLink", "")
    connection.close()
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}" if link else ""


def _long(city: RunningCity, one: int) -> Iterator[Row]:
    """A million rows in one answer: how fast, and what the web process holds of them."""
    web = psutil.Process(city.pid("web") or 0)
    for name in ("CSV", "dataArray", "GeoJSON"):
        progress(f"A million rows as {name} ...")
        address = f"Datastreams({one})/Observations?$top=1000000&$resultFormat={name}"
        before, began = web.memory_info().rss, time.perf_counter()
        size, most = _drained(city, f"{API}/{_quoted(address)}", lambda: web.memory_info().rss)
        seconds, grown = time.perf_counter() - began, (most - before) / 1e6
        figure = f"{1e6 / seconds:,.0f} rows/s, {size / 1e6:,.0f} MB"
        yield Row(what=f"a million rows as {name}", figure=figure)
        what = f"a million rows as {name}: the web process grew by"
        yield Row(what=what, figure=f"{grown:.1f} MB", aim="< 20 MB", met=grown < 20)


def _drained(city: RunningCity, path: str, memory: Callable[[], int]) -> tuple[int, int]:
    connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=60)
    connection.request("GET", path)
    answer, size, most = connection.getresponse(), 0, 0
    assert answer.status == 200, answer.read()
    while piece := answer.read(1_000_000):
        size, most = size + len(piece), max(most, memory())
    connection.close()
    return size, most
