"""Fees of services that are paid online before the appointment counts."""

from datetime import timedelta
from typing import Final

from django.urls import reverse

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import changes, links
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.charges import Line
from stadtkern.kernel.payments.events import ChargeChanged
from stadtkern.kernel.payments.models import Charge
from stadtkern.systems.appointments.logic.concern import Concern

KIND: Final = "appointments.fee"
# As long as a payment may take; the slot is kept meanwhile.
MINUTES: Final = 30


def charge_for(booking: Booking, concern: Concern) -> Charge:
    """What is to be paid for a booking; the same charge however often it is asked for."""
    lines = [
        Line(text=one.name, cents=(one.fee_cents or 0) * concern.persons, quantity=concern.persons)
        for one in concern.services if one.prepaid
    ]  # fmt: skip
    return charges.charge(
        kind=KIND, subject=str(booking.pk), lines=lines, purpose="Termin {reference}",
        payer=booking.name, email=booking.email, language=booking.language,
        back=links_back(booking), due=clock.now() + timedelta(minutes=MINUTES),
        key=str(booking.public_id),
    )  # fmt: skip


def links_back(booking: Booking) -> str:
    """Where the payer comes back to: the page of the appointment."""
    return reverse("appointments:mine", args=[links.token(booking, "manage")])


def charge_of(booking: Booking) -> Charge | None:
    """The charge of a booking, if it has one."""
    return Charge.objects.filter(kind=KIND, subject=str(booking.pk)).first()


def is_paid(booking: Booking) -> bool:
    """Whether the fee of a booking was paid."""
    return Charge.objects.filter(kind=KIND, subject=str(booking.pk), state="paid").exists()


def on_charge(event: ChargeChanged) -> None:
    """Paid: the appointment counts. Not paid in time: it is given up. Bears repetition."""
    booking = Booking.objects.filter(pk=int(event.subject)).first()
    if booking is None:
        return
    if event.after == "paid" and not event.refunded:
        try:
            changes.confirm(booking)
        except Refused as refused:
            # The slot is gone: what was paid goes back.
            charge = Charge.objects.get(pk=event.charge)
            charges.refund(charge, charge.cents, str(refused), key=f"late:{booking.pk}")
    elif event.after == "cancelled" and booking.state == "held":
        changes.cancel(booking, by="system:appointments", reason="not paid")


def give_back(booking: Booking) -> None:
    """A cancelled appointment is not paid for: cancel the charge, or pay it back."""
    charge = charge_of(booking)
    if charge is None or charge.state in ("cancelled", "refunded"):
        return
    if charge.state == "paid":
        left = charge.cents - charge.refunded_cents
        charges.refund(charge, left, "Termin abgesagt", key=f"cancelled:{booking.pk}")
    else:
        charges.cancel(charge, "Termin abgesagt")
