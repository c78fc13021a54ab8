"""Two hundred reports of the same plate at once: one right, and the others are told why."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from stadtkern.kernel.people.models import issue_key
from stadtkern.systems.parking_tickets.models import Operator, Parking, Session
from stadtkern.systems.parking_tickets.tests.conftest import Town, booked
from stadtkern.systems.parking_tickets.tests.test_operators import API, at

MANY, AT_ONCE = 200, 10


@pytest.mark.django_db(transaction=True)
def test_two_hundred_reports_of_a_plate_make_one_right(clock):
    town = Town()
    names = ("app-a", "app-b", "app-c", "app-d", "app-e", "app-f", "app-g")
    secrets = []
    for slug in names:
        operator, _new = Operator.objects.get_or_create(slug=slug, defaults={"name": slug})
        key, secret = issue_key(label=slug, scopes=("parking_tickets:operator",))
        operator.keys.add(key)
        secrets.append(secret)
    said = {"registration_number": "HER-R 1", "time_start": at(), "time_end": at(minutes=60),
            "zone": town.zone.number}  # fmt: skip
    gate = threading.Barrier(AT_ONCE)

    def report(number: int) -> tuple[int, str]:
        if number < AT_ONCE:
            gate.wait(60)
        try:
            answer = Client().post(
                f"{API}/parking/", json.dumps(said), content_type="application/json",
                HTTP_AUTHORIZATION=f"ApiKey {secrets[number % len(secrets)]}",
                HTTP_IDEMPOTENCY_KEY=f"report-{number}",
            )  # fmt: skip
        finally:
            connection.close()
        return answer.status_code, ",".join(answer.json())

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(report, range(MANY)))
    assert [one[0] for one in told].count(201) == 1
    assert {one for one in told if one[0] != 201} == {(409, "registration_number")}
    assert Session.objects.count() == Parking.objects.count() == 1
    assert sum(cents for (account, _d), cents in booked().items() if account == "receivable") == 150


@pytest.mark.django_db(transaction=True)
def test_a_report_that_is_sent_again_meanwhile_is_the_same_parking(clock):
    town = Town()
    key, secret = issue_key(label="a", scopes=("parking_tickets:operator",))
    town.operator.keys.add(key)
    said = {"registration_number": "HER-R 2", "time_start": at(), "time_end": at(minutes=60),
            "zone": town.zone.number}  # fmt: skip
    gate = threading.Barrier(AT_ONCE)

    def report(_number: int) -> tuple[int, str]:
        gate.wait(60)
        try:
            answer = Client().post(
                f"{API}/parking/", json.dumps(said), content_type="application/json",
                HTTP_AUTHORIZATION=f"ApiKey {secret}",
            )  # fmt: skip
        finally:
            connection.close()
        return answer.status_code, answer.json().get("id", "")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = set(pool.map(report, range(AT_ONCE)))
    assert len(told) == 1
    assert next(iter(told))[0] == 201
    assert Session.objects.count() == 1
