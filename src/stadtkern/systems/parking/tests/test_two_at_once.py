import threading
import time

import pytest
from django.db import connection, connections, transaction

from stadtkern.kernel.places.models import Place
from stadtkern.systems.parking import logic

pytestmark = pytest.mark.django_db(transaction=True)


def waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_locks where not granted")
        return bool(cursor.fetchone()[0])


def counting(site: int) -> None:
    logic.recount_site(site)
    connections.close_all()


def test_a_count_that_had_to_wait_sees_what_was_stored_meanwhile(car_park):
    site = car_park(10)
    site.hear_all(taken=2)
    second = threading.Thread(target=counting, args=[site.place.pk])
    with transaction.atomic():
        Place.objects.select_for_update(no_key=True).get(pk=site.place.pk)
        second.start()
        limit = time.monotonic() + 20
        while not waiting_for_a_lock():
            assert time.monotonic() < limit, "the second count did not wait for the first"
            time.sleep(0.01)
        site.hear(9, taken=True, at=logic.clock.now())
    second.join()
    assert [value for _at, value, _extra in site.counts()] == [7.0]


def test_places_can_be_added_to_a_site_while_it_is_counted(car_park):
    site = car_park(2)

    def add():
        with connections["default"].cursor() as cursor:
            cursor.execute("set lock_timeout = '5s'")
        Place.objects.create(kind="parking.bay", name="new", parent=site.place)
        connections.close_all()

    with transaction.atomic():
        Place.objects.select_for_update(no_key=True).get(pk=site.place.pk)
        other = threading.Thread(target=add)
        other.start()
        other.join()
    assert site.place.children.count() == 3
