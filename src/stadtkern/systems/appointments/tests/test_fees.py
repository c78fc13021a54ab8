"""A concern that is paid in advance: it counts when it is paid, and the money comes back."""

import pytest

from stadtkern.kernel import formguard
from stadtkern.kernel.bookings.events import BookingChanged
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.events import ChargeChanged
from stadtkern.kernel.payments.models import Charge
from stadtkern.systems.appointments.logic import fees, letters
from stadtkern.systems.appointments.tests import journey

pytestmark = pytest.mark.django_db
EIGHT = "mitte@2026-11-10T08:00+01:00"


@pytest.fixture
def held(client, make_office, make_service, monkeypatch):
    """Somebody on the way to the payment."""
    monkeypatch.setattr(formguard, "took_its_time", lambda stamp: bool(stamp))
    make_service("ausweis", make_office(), fee_cents=1300, fee_source="JVKostG", prepaid=True)
    answer = journey.book(client, EIGHT, "s=ausweis&p=2")
    charge = Charge.objects.get()
    assert answer.url == charges.page(charge)
    assert charge.cents == 2600
    return Booking.objects.get()


def paid(charge):
    charges.pay_at_counter(charge, "test", "cash")
    told = {"charge": charge.pk, "kind": charge.kind, "subject": charge.subject}
    for _twice in range(2):
        fees.on_charge(ChargeChanged(before="open", after="paid", **told))


def test_it_counts_when_it_is_paid_and_not_before(client, held):
    assert held.state == "held"
    page = client.get(Charge.objects.get().back).content.decode()
    assert "sobald die Gebühr bezahlt ist" in page
    paid(Charge.objects.get())
    held.refresh_from_db()
    assert held.state == "booked"


def test_what_is_not_paid_is_given_up(held):
    charge = charges.cancel(Charge.objects.get(), "not paid in time")
    fees.on_charge(ChargeChanged(charge=charge.pk, kind=charge.kind, subject=charge.subject,
                                 before="open", after="cancelled"))  # fmt: skip
    held.refresh_from_db()
    assert held.state == "cancelled"


def test_a_cancelled_one_gets_its_money_back_once(client, held):
    paid(Charge.objects.get())
    client.post(f"{Charge.objects.get().back}absagen/")
    for _twice in range(2):
        letters.on_booking(BookingChanged(booking=held.pk, kind=held.kind, before="booked",
                                          after="cancelled"))  # fmt: skip
    assert Charge.objects.get().refunded_cents == 2600


def test_money_for_a_slot_that_is_gone_goes_back(client, held, now):
    now.later(minutes=31)
    for number in range(2):
        client.post("/termine/zeiten/?s=ausweis&p=2", {"slot": EIGHT, "form": f"f{number}"})
    paid(Charge.objects.get())
    assert Charge.objects.get().state == "refunded"
