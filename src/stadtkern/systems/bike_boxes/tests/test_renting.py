"""A rental from hold to end: paid, not paid, extended, ended early, moved."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from stadtkern.kernel.bookings import reminders
from stadtkern.kernel.bookings.errors import Refused, Taken, TooMany
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.models import Charge
from stadtkern.kernel.post.models import Letter
from stadtkern.systems.bike_boxes.logic import (
    availability,
    codes,
    ending,
    granting,
    moving,
    renting,
    reporting,
    waiting,
)
from stadtkern.systems.bike_boxes.models import Access, Card, Product, Trouble
from stadtkern.systems.bike_boxes.tests.conftest import NOW, Station


def pay(booking):
    charges.pay_at_counter(renting.charge_for(booking), "test", "cash")
    return granting.settle(booking)


def test_a_paid_box_is_booked_until_midnight_and_has_a_pin(station):
    access = station.rented()
    assert access.booking.state == "booked"
    assert (access.begins, access.ends) == (NOW, NOW.replace(hour=23, minute=0))
    pin = granting.pin_of(access)
    assert len(pin) == 6
    assert pin.isdigit()
    letter = Letter.objects.get(address="rad@example.org")
    assert pin in letter.text
    assert "/rental/" in letter.text


def test_settling_twice_makes_one_pin_and_one_mail(station):
    access = station.rented()
    again = granting.settle(access.booking)
    assert again == access
    assert Access.objects.count() == 1
    assert Letter.objects.count() == 1


def test_what_is_not_paid_is_free_again_and_a_late_payment_goes_back(station, later):
    first, second = station.held(), station.held()
    with pytest.raises(Taken):
        station.held()
    late = renting.charge_for(first)
    later(minutes=46)
    assert availability.now_free()[0].free == 2
    others = [station.rented(), station.rented()]
    charges.pay_at_counter(late, "test", "cash")
    assert granting.settle(first) is None
    late.refresh_from_db()
    assert late.refunded_cents == 100
    assert Access.objects.count() == len(others)
    second.refresh_from_db()
    assert second.state == "expired"


def test_nobody_keeps_more_than_three_boxes_without_paying(db, clock, later):
    station = Station(boxes=6)
    held = [station.held() for _n in range(3)]
    with pytest.raises(TooMany):
        station.held()
    pay(held[0])
    station.held()
    later(minutes=46)
    assert station.held().state == "held"


def test_a_pin_is_one_of_a_kind_at_its_place(station):
    one, two = station.rented(), station.rented()
    with pytest.raises(IntegrityError), transaction.atomic():
        Access.objects.filter(pk=two.pk).update(pin_digest=one.pin_digest)
    granting.close(one)
    Access.objects.filter(pk=two.pk).update(pin_digest=one.pin_digest)


def test_an_extension_has_the_same_box_and_pin(station, later):
    access = station.rented()
    pin = granting.pin_of(access)
    pay(ending.extend(access, Product.objects.get(slug="week")))
    access.refresh_from_db()
    assert access.ends - NOW.replace(hour=23, minute=0) == timedelta(days=7)
    assert granting.pin_of(access) == pin
    assert access.extensions == 1


def test_nobody_extends_into_the_next_rental(station):
    access = station.rented(box=station.boxes[0])
    station.rented(first=date(2026, 11, 25), box=station.boxes[0])
    with pytest.raises(Taken):
        ending.extend(access, Product.objects.get(slug="week"))
    pay(ending.extend(access, Product.objects.get(slug="day")))


def test_an_extension_that_is_not_paid_changes_nothing(station, later):
    access = station.rented(box=station.boxes[0])
    held = ending.extend(access, Product.objects.get(slug="day"))
    later(minutes=46)
    station.rented(first=date(2026, 11, 24), box=station.boxes[0])
    charges.pay_at_counter(renting.charge_for(held), "test", "cash")
    granting.settle(held)
    access.refresh_from_db()
    assert access.ends == NOW.replace(hour=23, minute=0)
    assert renting.charge_of(held).refunded_cents == 100


def test_before_the_beginning_all_goes_back_afterwards_nothing_of_a_day(station, later):
    soon = station.rented(first=date(2026, 11, 25))
    assert ending.end(soon, by="renter") == 100
    today = station.rented()
    later(hours=1)
    assert ending.end(today, by="renter") == 0
    assert availability.now_free()[0].free == 2


def test_of_a_year_the_months_that_have_not_begun_go_back(station, clock):
    access = station.rented("year")
    clock.move_to(NOW + timedelta(days=45))
    assert ending.end(access, by="renter") == 9000 * 10 // 12
    assert renting.charge_of(access.booking).refunded_cents == 7500


def test_nobody_gives_a_box_back_with_a_bicycle_inside(station):
    access = station.rented(box=station.boxes[0])
    station.boxes[0].__class__.objects.filter(pk=station.boxes[0].pk).update(bike=True)
    with pytest.raises(Refused, match="Fahrrad"):
        ending.end(access, by="renter")


def test_a_season_ticket_card_opens_only_while_it_is_valid(station, clock):
    Card.objects.create(pseudonym=codes.pseudonym("04A1B2C3D4E580"), valid_until=date(2026, 11, 30))
    access = station.rented("month", card="04:a1:b2:c3:d4:e5:80")
    assert access.card_digest == codes.digest(station.facility, "card", "04A1B2C3D4E580")
    from stadtkern.systems.bike_boxes.logic import lists

    (entry,) = lists.current(station.facility)["entries"]
    assert entry["card"] == access.card_digest
    clock.move_to(NOW + timedelta(days=8))
    (entry,) = lists.current(station.facility)["entries"]
    assert entry["card"] == ""
    with pytest.raises(renting.NoCard):
        station.held(card="04FFFFFFFFFF")
    assert not Card.objects.filter(pseudonym__contains="04A1").exists()


def test_a_strangers_bicycle_brings_another_box_or_the_money_back(station):
    access = station.rented(box=station.boxes[0])
    assert reporting.taken(access) == station.boxes[1]
    access.refresh_from_db()
    assert access.box == station.boxes[1]
    assert reporting.taken(access) is None
    assert renting.charge_of(access.booking).refunded_cents == 100
    assert set(Trouble.objects.values_list("kind", flat=True)) == {"reported"}
    assert availability.now_free()[0].free == 0


def test_a_moved_rental_takes_its_extension_along(station):
    access = station.rented(box=station.boxes[0])
    pay(ending.extend(access, Product.objects.get(slug="day")))
    assert moving.rehouse(access) == station.boxes[1]
    station.rented(first=date(2026, 11, 24), box=station.boxes[0])
    with pytest.raises(Taken):
        station.held(first=date(2026, 11, 24))


def test_who_waits_is_offered_the_box_and_pays_for_it(station):
    one, _two = station.rented("week"), station.rented("week")
    wish = waiting.ask(
        station.facility, Product.objects.get(slug="day"), station.order().person,
        first=date(2026, 11, 24),
    )  # fmt: skip
    ending.end(one, by="renter")
    reminders.run()
    wish.refresh_from_db()
    assert wish.state == "offered"
    access = pay(wish.offer)
    wish.refresh_from_db()
    assert (wish.state, access.box) == ("taken", one.box)


def test_a_rental_is_charged_with_its_tax_and_budget(station):
    charge = renting.charge_for(station.held("month"))
    assert (charge.cents, charge.purpose[:6]) == (1500, "RADBOX")
    assert Charge.objects.get().items.get().tax_cents == 239
