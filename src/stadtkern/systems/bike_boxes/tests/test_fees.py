"""What a late return costs: told before, charged once, asked for in steps, waived with a reason."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from stadtkern.kernel import clock as kernel_clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.payments import charges, ledger
from stadtkern.kernel.payments.models import Charge
from stadtkern.kernel.post.models import Letter
from stadtkern.systems.bike_boxes import erasing
from stadtkern.systems.bike_boxes.checking import problems
from stadtkern.systems.bike_boxes.logic import ending, fees, overdue
from stadtkern.systems.bike_boxes.models import Box, Fee, Rescue
from stadtkern.systems.bike_boxes.settings import BikeBoxSettings, LateFee

TARIFF = LateFee(day_cents=200, free_days=1, most_cents=1000, removal_cents=1500, pay_days=14,
                 reminders=2, source="Beispielsatz", invented=True)  # fmt: skip


@pytest.fixture
def priced(monkeypatch):
    given = BikeBoxSettings(late_fee=TARIFF)
    for module in ("logic.fees", "logic.overdue", "staff.rescues", "staff.fees"):
        monkeypatch.setattr(f"stadtkern.systems.bike_boxes.{module}.settings", lambda: given)


@pytest.fixture
def stays(priced, station, later):
    """A bicycle that stays; the rental was over at midnight, half an hour ago."""
    access = station.rented(box=station.boxes[0])
    Box.objects.filter(pk=access.box_id).update(bike=True)
    later(hours=14)
    overdue.look_after()
    return access


def gone(access):
    Box.objects.filter(pk=access.box_id).update(bike=False)
    overdue.look_after()


def letters(word):
    return Letter.objects.filter(text__contains=word).order_by("pk")


# The rental ends with Monday the 23rd; Tuesday is free, each further day that has begun costs 2 €.
@pytest.mark.parametrize(
    ("hours", "days", "cents"),
    [(0, 0, 0), (23, 0, 0), (24, 1, 200), (47, 1, 200), (48, 2, 400), (24 * 5, 5, 1000),
     (24 * 8, 8, 1000)],
)  # fmt: skip
def test_each_day_that_has_begun_costs_up_to_the_most(stays, later, hours, days, cents):
    later(hours=hours)
    gone(stays)
    fee = Fee.objects.first()
    assert (fee.days, fee.charge.cents) == (days, cents) if days else fee is None
    assert ledger.on("receivable") == cents


def test_the_reminder_says_what_it_will_cost_and_nobody_pays_before_it(priced, station, later):
    access = station.rented(box=station.boxes[0])
    # The sensor was silent for three days after the end.
    later(days=3, hours=14)
    Box.objects.filter(pk=access.box_id).update(bike=True)
    overdue.look_after()
    told = letters("2,00\N{NO-BREAK SPACE}€").get()
    assert "28. November 2026" in told.text
    assert "Beispielsatz" in told.text
    later(hours=20)
    gone(access)
    assert not Fee.objects.exists()


def test_days_are_those_of_the_citys_clock_over_its_change(priced, station, clock):
    """In the night to 25 October 2026 an hour comes twice: it is no day more."""
    since = kernel_clock.now().replace(month=10, day=23, hour=22, minute=0)
    rescue = Rescue(since=since, reminded=since)
    for hours, days in ((48, 1), (49, 1), (50, 2)):
        assert fees.owed(rescue, since + timedelta(hours=hours, minutes=-1)).days == days, hours


def test_whoever_ends_it_late_by_the_page_pays_as_well_and_hears_no_more(stays, later):
    later(days=2)
    Box.objects.filter(pk=stays.box_id).update(bike=False)
    ending.end(stays, by="renter")
    assert Rescue.objects.get().state == "left"
    assert Fee.objects.get().charge.cents == 400
    later(days=2)
    overdue.look_after()
    assert not letters("entfernen wir").exists()


def test_a_removal_is_charged_with_the_days(stays, later, boss):
    later(days=2)
    overdue.look_after()
    assert letters("15,00").exists()
    later(days=7, minutes=1)
    overdue.store(Rescue.objects.get(), boss, "Hof", "rot")
    fee = Fee.objects.get()
    assert sorted(fee.charge.items.values_list("cents", flat=True)) == [1000, 1500]
    assert fee.charge.invented


def test_it_is_asked_for_in_steps_and_then_the_treasury_has_it(stays, later):
    later(days=2)
    gone(stays)
    fee = Fee.objects.get()
    assert letters(charges.address(fee.charge)).count() == 1
    for reminders in (1, 2):
        later(days=14, minutes=1)
        for _twice in range(2):
            overdue.look_after()
        fee.refresh_from_db()
        assert (fee.reminders, letters("noch nicht erhalten").count()) == (reminders, reminders)
    later(days=14, minutes=1)
    for _twice in range(2):
        overdue.look_after()
    fee.refresh_from_db()
    assert (fee.collected, fee.next_step) == (kernel_clock.now(), None)
    assert Entry.objects.filter(verb="bike_boxes.fee_collected").count() == 1
    later(days=30)
    overdue.look_after()
    assert letters("noch nicht erhalten").count() == 2


def test_who_has_paid_is_not_reminded(stays, later):
    later(days=2)
    gone(stays)
    charges.pay_at_counter(Charge.objects.get(kind=fees.KIND), "clerk", "cash")
    later(days=15)
    overdue.look_after()
    assert Fee.objects.get().reminders == 0


def test_it_is_waived_with_a_reason_before_and_after_it_was_charged(stays, later, boss, client):
    later(days=2)
    client.force_login(boss)
    page = reverse("bike_boxes-staff:rescue", args=[Rescue.objects.get().pk])
    assert "4,00" in client.get(page).content.decode()
    assert client.post(page, {"do": "waive", "why": " "}).status_code == 422
    gone(stays)
    charge = Fee.objects.get().charge
    charges.pay_at_counter(charge, "clerk", "cash")
    client.post(page, {"do": "waive", "why": "Terminal gestört"})
    charge.refresh_from_db()
    assert (charge.state, charge.refunded_cents, ledger.on("owed")) == ("refunded", 400, -400)
    rescue = Rescue.objects.get()
    assert (rescue.waived_why, rescue.waived_by) == ("Terminal gestört", f"account:{boss.pk}")
    client.post(page, {"do": "waive", "why": "noch einmal"})
    assert Entry.objects.filter(verb="bike_boxes.waive").count() == 1
    assert sum(one.cents for one in ledger.balances()) == 0


def test_without_a_by_law_that_says_so_nothing_is_asked_for(priced, stays, later, monkeypatch):
    nameless = BikeBoxSettings(late_fee=LateFee(day_cents=200))
    for module in ("logic.fees", "checking"):
        monkeypatch.setattr(f"stadtkern.systems.bike_boxes.{module}.settings", lambda: nameless)
    later(days=3)
    gone(stays)
    assert not Fee.objects.exists()
    assert [one for one in problems() if "Grundlage" in str(one.text)]
    with translation.override("en"):
        assert {one.fix for one in problems()} >= {"/en/staff/bike_boxes/fees/"}


def test_what_was_waived_before_is_never_charged(stays, later, boss):
    fees.waive(Rescue.objects.get(), boss, "Krankheit")
    later(days=5)
    gone(stays)
    assert not Fee.objects.exists()


def test_the_list_finds_what_goes_to_the_treasury(stays, later, boss, client):
    later(days=2)
    gone(stays)
    client.force_login(boss)
    page = reverse("bike_boxes-staff:fees")
    reference = Charge.objects.get(kind=fees.KIND).reference
    assert reference in client.get(page).content.decode()
    assert reference not in client.get(page, {"state": "collect"}).content.decode()
    Fee.objects.update(collected=kernel_clock.now(), next_step=None)
    assert reference in client.get(page, {"state": "collect"}).content.decode()
    file = client.get(page, {"format": "csv"}).content.decode("utf-8-sig")
    assert re.search(rf"{reference};400;2;", file)


def test_the_renter_pays_from_the_page_of_the_rental(stays, later, client):
    from stadtkern.systems.bike_boxes.logic import links

    later(days=2)
    gone(stays)
    charge = Charge.objects.get(kind=fees.KIND)
    page = client.get(reverse("bike_boxes:rental", args=[links.token(stays.booking)]))
    assert charges.page(charge) in page.content.decode()
    assert client.get(charges.page(charge)).status_code == 200


def test_nobody_is_forgotten_whose_bicycle_is_with_us_or_who_is_asked_to_pay(stays, later, boss):
    later(days=2)
    overdue.look_after()
    later(days=7, minutes=1)
    overdue.store(Rescue.objects.get(), boss, "Hof", "rot")
    booking = Booking.objects.get(pk=stays.booking_id)
    later(days=100)
    erasing.rentals(kernel_clock.now() - timedelta(days=90))
    booking.refresh_from_db()
    assert booking.email
    overdue.hand_over(Rescue.objects.get(), boss, "returned")
    erasing.rentals(kernel_clock.now() - timedelta(days=90))
    booking.refresh_from_db()
    assert booking.email
    fees.waive(Rescue.objects.get(), boss, "Ada war im Krankenhaus")
    later(days=100)
    erasing.rentals(kernel_clock.now() - timedelta(days=90))
    booking.refresh_from_db()
    assert (booking.email, Rescue.objects.get().waived_why) == ("", "")
