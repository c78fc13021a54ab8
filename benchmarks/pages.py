"""Pages and API answers with 500 datastreams and five million observations behind them."""

import http.client
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

from benchmarks.running import RunningCity
from benchmarks.table import Row, percentile, times

WARM_UP, TIMES = 5, 60
PLACE_AIM = 0.05
API = "/api/sensorthings/v1.1"
LATEST = "Observations($top=1;$orderby=phenomenonTime desc)"


def measure(city: RunningCity) -> Iterator[Row]:
    """Pages in the server without and with HTTP, then the API over HTTP."""
    for name, path, aim in _pages():
        found = timed(in_process(path))
        met = percentile(found, 0.95) < aim if aim else None
        wanted = f"p95 < {aim * 1000:.0f} ms" if aim else ""
        yield Row(what=f"{name}, in the server", figure=times(found), aim=wanted, met=met)
        yield Row(what=f"{name}, over HTTP", figure=times(timed(over_http(city, path))))
    for name, path in _answers():
        yield Row(what=f"SensorThings: {name}, over HTTP",
                  figure=times(timed(over_http(city, path))))  # fmt: skip


def _pages() -> Iterator[tuple[str, str, float]]:
    from stadtkern.kernel.places.models import Place

    places = Place.objects.order_by("pk")
    station = places.of_kind("environment.weather")[0].public_id
    site = places.of_kind("parking.site")[0].public_id
    bay = places.of_kind("parking.bay")[0].public_id
    yield "dashboard", "/dashboard/", 0
    yield "home page", "/", 0
    yield "place page, weather station", f"/places/{station}/", PLACE_AIM
    yield "place page, its year", f"/places/{station}/?range=year", PLACE_AIM
    yield "place page, car park of 165 bays", f"/places/{site}/", PLACE_AIM
    yield "place page, parking bay", f"/places/{bay}/", PLACE_AIM
    yield "list of all places", "/dashboard/list/", 0


def _answers() -> Iterator[tuple[str, str]]:
    from stadtkern.kernel.things.models import Datastream

    stream = Datastream.objects.order_by("pk").values_list("pk", flat=True)[0]
    newest = quote("$top=1000&$orderby=phenomenonTime desc", safe="$=&")
    yield "newest 1,000", f"{API}/Datastreams({stream})/Observations?{newest}"
    page = quote(f"$top=500&$expand={LATEST}", safe="$=&")
    yield "500 datastreams, newest of each", f"{API}/Datastreams?{page}"


def timed(once: Callable[[], None]) -> list[float]:
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
    connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=30)

    def once() -> None:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, f"{path}: {answer.status} {body[:300]!r}"

    return once
