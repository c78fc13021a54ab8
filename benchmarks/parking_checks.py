"""An officer's check of a plate: with an empty table and with 100,000 live tickets."""

import http.client
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.running import RunningCity
from benchmarks.table import Row, percentile, progress, times

COUNT: Final = 100_000
ZONES, WARM_UP, TIMES = 20, 20, 300
AIM: Final = 0.030  # seconds
PATH: Final = "/api/parking_tickets/enforcement/v1/check_parking/"
CITY: Final = '[city]\nname = "Musterstadt"\nbounds = [7, 51, 8, 52]\n[mqtt]\nport = {port}\n'
SYSTEMS: Final = "[systems.parking_tickets]\noperator_requests_per_minute = 1000000\n"
Check = Callable[[int], Any]


@contextmanager
def city() -> Iterator[RunningCity]:
    """A city that sells parking, on a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="stadtkern-bench-"))
    running = RunningCity(folder, "amqtt", "serve")
    (folder / "city.toml").write_text(
        CITY.format(port=running.mqtt_port) + SYSTEMS, encoding="utf-8"
    )
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(running: RunningCity, count: int) -> Iterator[Row]:
    """In the server and over HTTP, before and after; half of the plates have a ticket."""
    key = _prepared()
    before = _both(running, key)
    began = time.monotonic()
    _fill(count)
    progress(f"{count:,} live tickets in {time.monotonic() - began:.0f} s.")
    after = _both(running, key)
    for name, found in before.items():
        yield Row(what=f"check of a plate, no ticket in the table, {name}", figure=times(found))
    for name, found in after.items():
        late, ratio = percentile(found, 0.95), _middle(found) / _middle(before[name])
        yield Row(
            what=f"check of a plate, {count:,} live tickets, {name}",
            figure=f"{times(found)}, {ratio:.2f} times", aim=f"p95 < {AIM * 1000:.0f} ms",
            met=late < AIM,
        )  # fmt: skip


def _middle(found: list[float]) -> float:
    return percentile(found, 0.5)


def _both(running: RunningCity, key: str) -> dict[str, list[float]]:
    return {"in the server": _timed(_in_process(key)), "over HTTP": _timed(_over(running, key))}


def _timed(check: Check) -> list[float]:
    for number in range(WARM_UP):
        check(number)
    found = []
    for number in range(TIMES):
        began = time.perf_counter()
        check(number)
        found.append(time.perf_counter() - began)
    return found


def _asked(number: int) -> str:
    # Every second plate is one that is sold; positions walk through the zones.
    lon = 7.005 + (number % ZONES) * 0.01
    return json.dumps({"registration_number": f"BE NC {number * 7}{'' if number % 2 else 'X'}",
                       "location": {"latitude": 51.505, "longitude": lon}})  # fmt: skip


def _in_process(key: str) -> Check:
    from django.test import Client

    client = Client(HTTP_HOST="localhost")

    def check(number: int) -> None:
        answer = client.post(PATH, _asked(number), content_type="application/json",
                             HTTP_AUTHORIZATION=f"ApiKey {key}")  # fmt: skip
        assert answer.status_code == 200, answer.content

    return check


def _over(running: RunningCity, key: str) -> Check:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    headers = {"Authorization": f"ApiKey {key}", "Content-Type": "application/json"}

    def check(number: int) -> None:
        connection.request("POST", PATH, _asked(number), headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        answer.read()

    return check


def _prepared() -> str:
    """Zones side by side with prices, a provider, and a key of officers."""
    from stadtkern.kernel import clock
    from stadtkern.kernel.people.models import issue_key
    from stadtkern.kernel.places.models import Place
    from stadtkern.systems.parking_tickets.models import Operator, Tariff, Zone

    Operator.objects.create(slug="bench", name="Bench")
    for number in range(ZONES):
        west = 7.0 + number * 0.01
        ring = [[west, 51.5], [west + 0.009, 51.5], [west + 0.009, 51.51], [west, 51.51],
                [west, 51.5]]  # fmt: skip
        shape = {"type": "Polygon", "coordinates": [ring]}
        place = Place.objects.create(kind="parking_tickets.zone", name=str(number), geometry=shape)
        zone = Zone.objects.create(place=place, number=str(number))
        Tariff.objects.create(zone=zone, number=1, rules={"windows": []},
                              during=(clock.now() - timedelta(days=1), None),
                              published=clock.now())  # fmt: skip
    return issue_key(label="bench", scopes=("parking_tickets:enforcement",))[1]


def _fill(count: int) -> None:
    from django.db import connection
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange as Range

    from stadtkern.kernel import clock
    from stadtkern.systems.parking_tickets import plates
    from stadtkern.systems.parking_tickets.models import Operator, Session, Tariff, Zone

    zones, operator, now = list(Zone.objects.order_by("pk")), Operator.objects.get(), clock.now()
    prices = {one.zone_id: one for one in Tariff.objects.all()}
    for first in range(0, count, 5000):
        Session.objects.bulk_create(
            Session(
                source="app", operator=operator, zone=zones[number % ZONES],
                tariff=prices[zones[number % ZONES].pk], plate_sealed=b"x" * 100,
                plate_key=plates.key_of(f"BENC{number}"), cents=100,
                during=Range(now - timedelta(minutes=number % 60), now + timedelta(hours=2)),
            )
            for number in range(first, first + 5000)
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
