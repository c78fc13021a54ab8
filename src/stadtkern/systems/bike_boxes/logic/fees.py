"""What a late return costs: reckoned by the city's days, charged once, asked for in steps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings.errors import Refused, WrongState
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.charges import Line
from stadtkern.kernel.payments.models import Charge
from stadtkern.kernel.payments.problems import NotOpen
from stadtkern.kernel.people.models import Account
from stadtkern.systems.bike_boxes.logic import mail, periods, settings
from stadtkern.systems.bike_boxes.logic.renting import address
from stadtkern.systems.bike_boxes.models import Fee, Rescue

KIND = "bike_boxes.late"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """For how many days, and how much: for the days, and for taking the bicycle out."""

    days: int
    for_days: int
    removal: int = 0

    @property
    def cents(self) -> int:
        """All of it."""
        return self.for_days + self.removal


def owed(rescue: Rescue, until: datetime) -> Owed:
    """What a bicycle costs that stays until then, by today's prices.

    Counted from the reminder: nobody pays for days before they were told. Without a by-law or
    terms that say so nothing is owed.
    """
    fee, begins = settings().late_fee, max(rescue.since, rescue.reminded or rescue.since)
    if not fee.source:
        return Owed(days=0, for_days=0)
    begun = (periods.day_of(until) - periods.day_of(begins)).days + 1 if until > begins else 0
    days = max(begun - fee.free_days, 0)
    cents = days * fee.day_cents
    return Owed(
        days=days, for_days=min(cents, fee.most_cents) if fee.most_cents else cents,
        removal=fee.removal_cents if rescue.stored else 0,
    )  # fmt: skip


def announced() -> str:
    """A sentence for the reminder; empty where nothing is asked for."""
    fee = settings().late_fee
    if not fee.day_cents or not fee.source:
        return ""
    first = periods.day_of(clock.now()) + timedelta(days=fee.free_days)
    told = {"day": mail.day(first), "each": mail.euros(fee.day_cents),
            "most": mail.euros(fee.most_cents), "source": fee.source}  # fmt: skip
    said = _("From %(day)s on each day that has begun costs %(each)s (%(source)s).")
    if fee.most_cents:
        said = _("From %(day)s on each day that has begun costs %(each)s, at most %(most)s"
                 " (%(source)s).")  # fmt: skip
    return f" {said % told}"


def also_removal() -> str:
    """A sentence for the warning: what it costs that the bicycle is taken out."""
    fee = settings().late_fee
    if not fee.removal_cents or not fee.source:
        return ""
    return " " + _("That costs %(money)s (%(source)s), beside the days until then.") % {
        "money": mail.euros(fee.removal_cents), "source": fee.source,
    }  # fmt: skip


def charge(rescue: Rescue, until: datetime) -> Fee | None:
    """Charge what is owed, once, in the caller's transaction, and write to the renter.

    None where nothing is owed, it was waived, or nobody is known who could be asked.
    """
    due, booking = owed(rescue, until), rescue.booking
    if not due.cents or rescue.waived or not booking.email:
        return None
    if known := Fee.objects.filter(rescue=rescue).first():
        return known
    fee, pay_until = settings().late_fee, clock.now() + timedelta(days=settings().late_fee.pay_days)
    with override(booking.language):
        made = charges.charge(
            kind=KIND, subject=str(rescue.pk), key=f"rescue:{rescue.pk}", policy="deferred",
            lines=_lines(due), purpose=f"RADBOX {booking.code}", payer=booking.name,
            email=booking.email, language=booking.language, back=address(booking), due=pay_until,
            description=_("Bike box: late return"), invented=fee.invented,
        )  # fmt: skip
    row = Fee.objects.create(rescue=rescue, charge=made, days=due.days, next_step=pay_until)
    _ask(row, "late_fee")
    return row


def _lines(due: Owed) -> list[Line]:
    fee = settings().late_fee
    both = ((_("Bike box: days beyond the rental"), due.for_days, due.days),
            (_("Bike box: bicycle taken out and stored"), due.removal, 1))  # fmt: skip
    return [
        Line(text=text, cents=cents, quantity=number, tax_rate=fee.tax_rate, budget=fee.budget)
        for text, cents, number in both if cents
    ]  # fmt: skip


def _ask(row: Fee, what: str) -> None:
    with override(row.rescue.booking.language):
        mail.about(
            row.rescue.booking, what, again=str(row.reminders), cents=row.charge.cents,
            days=row.days, until=row.next_step, pay=charges.address(row.charge),
            source=settings().late_fee.source,
        )  # fmt: skip


def dun(now: datetime) -> int:
    """Remind of what is not paid in time; after the last reminder it goes to the treasury."""
    due = Fee.objects.filter(collected=None, next_step__lte=now, charge__state="open")
    done = 0
    for number in list(due.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            rows = Fee.objects.select_for_update(of=["self"]).select_related(
                "charge", "rescue__booking__resource__place")  # fmt: skip
            row = rows.filter(pk=number, collected=None, next_step__lte=now).first()
            if row is None or row.charge.state != "open":
                continue
            _next(row, now)
            done += 1
    return done


def _next(row: Fee, now: datetime) -> None:
    fee = settings().late_fee
    if row.reminders >= fee.reminders:
        row.collected, row.next_step = now, None
        row.save(update_fields=["collected", "next_step"])
        record("system:bike_boxes", "bike_boxes.fee_collected", row)
        return
    row.reminders, row.next_step = row.reminders + 1, now + timedelta(days=fee.pay_days)
    row.save(update_fields=["reminders", "next_step"])
    _ask(row, "late_fee_reminder")


def waive(rescue: Rescue, who: Account, why: str) -> int:
    """Nothing is asked for, before or after it was charged; the cents that are not taken.

    What was paid goes back. Raises Refused: no reason was given. WrongState: waived already.
    """
    if not why.strip():
        raise Refused(_("Please say why nothing is asked for."))
    with transaction.atomic():
        rows = Rescue.objects.filter(pk=rescue.pk, waived=None)
        if not rows.update(waived=clock.now(), waived_by=f"account:{who.pk}",
                           waived_why=why.strip()[:300]):  # fmt: skip
            raise WrongState()
        row = Fee.objects.select_related("charge", "rescue__booking").filter(rescue=rescue).first()
        cents = _undone(row.charge) if row is not None else 0
        if row is not None:
            Fee.objects.filter(pk=row.pk).update(next_step=None)
            mail.about(row.rescue.booking, "late_fee_waived", cents=cents)
        record(who, "bike_boxes.waive", rescue, cents=cents)
    return cents


def _undone(charge: Charge) -> int:
    """Cancelled, or paid back as far as it was not yet."""
    try:
        charges.cancel(charge, "waived")
    except NotOpen:
        charge.refresh_from_db()
        left = charge.cents - charge.refunded_cents
        if left:
            charges.refund(charge, left, "waived", key="waived")
        return left
    return charge.cents


def listed() -> QuerySet[Fee]:
    """All fees with what their list shows."""
    return Fee.objects.select_related("charge", "rescue__box__facility__place", "rescue__booking")
