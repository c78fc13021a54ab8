"""Bicycles that stay: reminded, warned, stored; the next renter gets another box."""

from datetime import timedelta

import pytest

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.bookings.errors import Taken, WrongState
from stadtkern.kernel.post.models import Letter
from stadtkern.systems.bike_boxes.logic import availability, opening, overdue, renting
from stadtkern.systems.bike_boxes.models import Access, Box, Rescue


def inside(box, yes=True):
    Box.objects.filter(pk=box.pk).update(bike=yes)


def test_an_empty_box_is_free_when_its_rental_is_over(station, later):
    access = station.rented(box=station.boxes[0])
    inside(access.box, False)
    later(hours=14)
    overdue.look_after()
    access.booking.refresh_from_db()
    assert access.booking.state == "finished"
    assert not Access.objects.filter(live=True).exists()


def test_without_a_sensor_the_grace_is_waited_for(station, later):
    station.rented()
    later(hours=14)
    overdue.look_after()
    assert Access.objects.filter(live=True).exists()
    later(hours=1)
    overdue.look_after()
    assert not Access.objects.filter(live=True).exists()


def test_a_bicycle_that_stays_is_reminded_once_and_keeps_its_box(station, later):
    access = station.rented(box=station.boxes[0])
    inside(access.box)
    later(hours=16)
    for _round in range(2):
        overdue.look_after()
    assert Rescue.objects.get().state == "overdue"
    assert Letter.objects.filter(subject__contains="abgelaufen").count() == 1
    assert availability.now_free()[0].free == 1
    with pytest.raises(Taken):
        station.held(box=station.boxes[0])
    access.refresh_from_db()
    assert opening.may_open(access)


def test_the_next_renter_gets_another_box_in_time(station, later):
    access = station.rented(box=station.boxes[0])
    tomorrow = station.rented(first=station.order().first + timedelta(days=1),
                              box=station.boxes[0])  # fmt: skip
    inside(access.box)
    later(hours=13, minutes=31)
    overdue.look_after()
    tomorrow.refresh_from_db()
    assert tomorrow.box == station.boxes[1]


def test_the_next_renter_gets_the_money_back_where_no_box_is_free(station, later):
    access = station.rented(box=station.boxes[0])
    day = station.order().first + timedelta(days=1)
    tomorrow = station.rented(first=day, box=station.boxes[0])
    station.rented(first=day, box=station.boxes[1])
    inside(access.box)
    later(hours=13, minutes=31)
    overdue.look_after()
    assert renting.charge_of(tomorrow.booking).refunded_cents == 100
    tomorrow.refresh_from_db()
    assert not tomorrow.live


def test_a_rescue_keeps_its_deadlines(station, later, boss):
    access = station.rented(box=station.boxes[0])
    inside(access.box)
    later(hours=14)
    overdue.look_after()
    with pytest.raises(WrongState):
        overdue.store(Rescue.objects.get(), boss, "Hof", "rot")
    later(days=2, minutes=30)
    overdue.look_after()
    warned = Rescue.objects.get()
    assert warned.state == "warned"
    assert warned.remove_after - warned.warned == timedelta(days=7)
    with pytest.raises(WrongState):
        overdue.store(warned, boss, "Hof", "rot")
    later(days=7, minutes=1)
    overdue.store(Rescue.objects.get(), boss, "Hof", "rot")
    stored = Rescue.objects.get()
    assert stored.store_until - stored.stored == timedelta(days=180)
    assert availability.now_free()[0].free == 2
    assert Letter.objects.filter(text__contains="Hof").count() == 1
    with pytest.raises(WrongState):
        overdue.hand_over(stored, boss, "disposed")
    overdue.hand_over(stored, boss, "returned")
    assert set(Entry.objects.filter(verb__startswith="bike_boxes").values_list("verb", flat=True)) \
        == {"bike_boxes.store", "bike_boxes.returned"}  # fmt: skip


def test_a_bicycle_that_is_fetched_late_ends_the_matter(station, later):
    access = station.rented(box=station.boxes[0])
    inside(access.box)
    later(hours=20)
    overdue.look_after()
    inside(access.box, False)
    overdue.look_after()
    assert Rescue.objects.get().state == "left"
    assert availability.now_free()[0].free == 2


def test_who_rented_for_long_is_reminded_of_the_end(station, later):
    station.rented("week")
    later(days=6)
    for _round in range(2):
        overdue.look_after()
    assert Letter.objects.filter(subject__contains="endet bald").count() == 1
