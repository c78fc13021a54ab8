"""Pages and API answers with 500 datastreams and five million observations behind them."""

import http.client
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import quote, urlencode

from benchmarks.running import RunningCity
from benchmarks.table import Row, percentile, times

WARM_UP, TIMES = 8, 60
PLACE = 0.05  # seconds
API = "/api/sensorthings/v1.1"
LATEST = "Observations($top=1;$orderby=phenomenonTime desc)"


def measure(city: RunningCity) -> Iterator[Row]:
    """Pages in the server without and with HTTP, then the API over HTTP."""
    for name, path, aim in pages():
        found = timed(in_process(path))
        met = percentile(found, 0.95) < aim if aim else None
        wanted = f"p95 < {aim * 1000:.0f} ms" if aim else ""
        yield Row(what=f"{name}, in the server", figure=times(found), aim=wanted, met=met)
        yield Row(what=f"{name}, over HTTP", figure=times(timed(over_http(city, path))))
    for name, path in _answers():
        found = timed(over_http(city, f"{API}/{path}"))
        yield Row(what=f"SensorThings, {name}, over HTTP", figure=times(found))


def pages() -> Iterator[tuple[str, str, float]]:
    """Name, path, and what its 95th percentile should stay below; 0 for no aim."""
    from stadtkern.kernel.places.models import Place

    kinds = ("environment.weather", "parking.site", "parking.bay")
    places = [Place.objects.of_kind(kind).order_by("pk")[0] for kind in kinds]
    station, site, bay = (f"/places/{place.public_id}/" for place in places)
    yield "dashboard", "/dashboard/", 0
    yield "home page", "/", 0
    yield "list of all places", "/dashboard/list/", 0
    yield "place page, weather station", station, PLACE
    yield "place page, weather station, year", f"{station}?range=year", PLACE
    yield "place page, car park of 165 bays", site, PLACE
    yield "place page, parking bay", bay, PLACE


def _answers() -> Iterator[tuple[str, str]]:
    from stadtkern.kernel.things.models import Datastream

    stream = Datastream.objects.order_by("pk").values_list("pk", flat=True)[0]
    newest = quote("$top=1000&$orderby=phenomenonTime desc", safe="$=&")
    yield "newest 1,000 of one", f"Datastreams({stream})/Observations?{newest}"
    yield "500 with newest", f"Datastreams?{quote(f'$top=500&$expand={LATEST}', safe='$=&')}"


def history(city: RunningCity) -> Iterator[Row]:
    """One year of one datastream, 52,560 observations: the question, and what a chart loads."""
    from stadtkern.kernel import clock
    from stadtkern.kernel.things import series
    from stadtkern.kernel.things.models import Datastream

    stream = Datastream.objects.order_by("pk").values_list("pk", flat=True)[0]
    end = clock.now()
    start, week = end - timedelta(days=365), end - timedelta(days=7)
    found = timed(lambda: series.series([stream], start, end))
    yield Row(what="one year of one datastream, series()", figure=times(found))
    raw = timed(lambda: series.series([stream], week, end))
    yield Row(what="one week of one datastream as stored, series()", figure=times(raw))
    when = {"from": start.isoformat(), "to": end.isoformat()}
    path = f"/api/series/?{urlencode({'datastreams': stream, **when})}"
    found = timed(in_process(path))
    yield Row(what="one year of one datastream, JSON in the server", figure=times(found))
    found = timed(over_http(city, path))
    yield Row(what="one year of one datastream, JSON over HTTP", figure=times(found))


def timed(once: Callable[[], object]) -> list[float]:
    """Seconds of each call, after some to warm up."""
    found = []
    for i in range(WARM_UP + TIMES):
        began = time.perf_counter()
        once()
        if i >= WARM_UP:
            found.append(time.perf_counter() - began)
    return found


def in_process(path: str) -> Callable[[], None]:
    """Django with all its middleware, without a server around it."""
    from django.core.handlers.base import BaseHandler
    from django.db import close_old_connections
    from django.test import RequestFactory

    handler, factory = BaseHandler(), RequestFactory(SERVER_NAME="localhost")
    handler.load_middleware()

    def once() -> None:
        response = handler.get_response(factory.get(path))
        close_old_connections()
        assert response.status_code == 200, f"{path}: {response.status_code}"

    return once


def over_http(city: RunningCity, path: str) -> Callable[[], None]:
    """One connection that is kept, as a browser does."""
    connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=30)

    def once() -> None:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, f"{path}: {answer.status} {body[:300]!r}"

    return once
