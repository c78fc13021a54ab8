"""The last box is sold once, whoever sells it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Occupancy
from stadtkern.systems.bike_boxes.tests.conftest import Station


@pytest.mark.django_db(transaction=True)
def test_portal_and_public_race_for_two_boxes_and_two_win(partner):
    station = Station(boxes=2)
    gate = threading.Barrier(8)
    key = partner["HTTP_AUTHORIZATION"]

    def public(number: int) -> bool:
        try:
            gate.wait(30)
            station.held()
        except Refused:
            return False
        finally:
            connection.close()
        return True

    def portal(number: int) -> bool:
        gate.wait(30)
        try:
            answer = Client().post(
                "/api/bike_boxes/bookings", {"facility": "zob", "product": "day",
                "first": station.order().first.isoformat()}, content_type="application/json",
                HTTP_AUTHORIZATION=key, HTTP_IDEMPOTENCY_KEY=f"request-{number}",
            )  # fmt: skip
        finally:
            connection.close()
        assert answer.status_code in (201, 409), answer.content
        return answer.status_code == 201

    with ThreadPoolExecutor(8) as pool:
        waits = [pool.submit(public if n % 2 else portal, n) for n in range(8)]
        won = [one.result(60) for one in waits]
    assert sum(won) == 2
    assert Occupancy.objects.filter(live=True).values("unit").distinct().count() == 2
