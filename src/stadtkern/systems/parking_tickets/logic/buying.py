"""Buying a right here: it is held until it is paid, and holds nobody out before that."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.models import Charge
from stadtkern.kernel.payments.problems import NotOpen
from stadtkern.kernel.sealing import unseal
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import (
    RIGHT,
    entries,
    folding,
    links,
    mail,
    quoting,
    refunds,
    rights,
    settings,
    tariffs,
    turns,
)
from stadtkern.systems.parking_tickets.logic.making import Wanted, check_times, made
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import Purchase, Session

WEB = "web"


def buy(wanted: Wanted, once: UUID | None = None) -> tuple[Session, Charge | None]:
    """A right with the charge to be paid for it; no charge where it costs nothing. Raises Refused.

    An open end is paid to the last possible minute, and what is not used is given back. Asked again
    with the same `once`, which becomes the right's public id, it is the same right.
    """
    plate_key = plates.key_of(wanted.plate)
    with transaction.atomic():
        turns.take([plate_key])
        if once and (known := bought(once)):
            return known, open_charge(known)
        check_times(wanted)
        told = quoting.quote(wanted.zone, wanted.begins, wanted.until, vehicle=wanted.vehicle,
                             plate_key=plate_key)  # fmt: skip
        told = replace(told, open_ended=False)
        rights.check_alone(wanted.zone.pk, plate_key, told.begins, told.until)
        row = made(wanted, told, plate_key, state="held" if told.cents else "active", once=once)
        if told.cents:
            return row, owed(row, "start", told.until, told.cents)
        folding.note(row, "start", effective=told.begins, key=str(row.public_id), actor=WEB,
                     before=0)  # fmt: skip
        mail.later(row, "bought", str(row.pk))
    return row, None


def bought(once: UUID) -> Session | None:
    """The right that was bought here with this `once`."""
    return Session.objects.filter(public_id=once, source=WEB).select_related("zone").first()


def open_charge(row: Session) -> Charge | None:
    """What is still to be paid for a right."""
    rows = Purchase.objects.filter(session=row, state="open").select_related("charge")
    return next((one.charge for one in rows if one.charge.state == "open"), None)


def drop(row: Session) -> None:
    """Give up what was wanted of a locked right and is not paid; money that comes goes back."""
    for one in Purchase.objects.filter(session=row, state="open").select_related("charge"):
        with suppress(NotOpen):
            charges.cancel(one.charge, "another wish")
            Purchase.objects.filter(pk=one.pk).update(state="void")


def owed(row: Session, kind: str, until: datetime, cents: int) -> Charge:
    with override(row.language):
        said = _("Parking in zone %s") if kind == "start" else _("More time in zone %s")
        text = said % row.zone.number
    due = clock.now() + timedelta(minutes=settings().pay_minutes)
    charge = charges.charge(
        kind=RIGHT, subject=str(row.public_id), purpose=f"Parken {row.zone.number}"[:27],
        invented=row.invented,
        description=text, language=row.language, back=links.path(row), due=due,
        lines=[charges.Line(text=text, cents=cents, tax_rate=row.zone.tax_rate,
                            budget=entries.revenue(row.zone, WEB))],
    )  # fmt: skip
    Purchase.objects.create(session=row, charge=charge, kind=kind, until=until, cents=cents)
    return charge


def give_up(row: Session) -> None:
    """Nothing is bought after all; a payment that comes all the same goes back."""
    for one in Purchase.objects.filter(session=row, state="open").select_related("charge"):
        if one.charge.state == "open":
            # Paid at this very moment, it is not given up but settled.
            with suppress(NotOpen):
                charges.cancel(one.charge, "given up")
        settle(one.charge)


def settle(charge: Charge) -> None:
    """What a payment, or its end, makes of the purchase; a second time changes nothing."""
    first = Purchase.objects.filter(charge=charge, state="open").first()
    if first is None:
        return
    with transaction.atomic():
        row = locked(first.session_id)
        purchase = Purchase.objects.select_for_update().select_related("charge").get(pk=first.pk)
        if purchase.state != "open":
            return
        if purchase.charge.state == "paid":
            _paid(row, purchase)
        elif purchase.charge.state != "open":
            _void(row, purchase)


def _paid(row: Session, purchase: Purchase) -> None:
    purchase.state = "done"
    purchase.save(update_fields=["state"])
    try:
        with transaction.atomic():
            if purchase.kind == "start":
                _begin(row)
            else:
                _longer(row, purchase)
    except (Refused, IntegrityError):
        refunds.whole(purchase)
        _void(row, purchase)
        mail.later(row, "not_possible", str(purchase.pk))


def _begin(row: Session) -> None:
    if row.state != "held" or row.during.upper <= quoting.now():
        raise Refused("time_end", "ended", _("This time is over."))
    assert row.plate_key is not None
    rights.check_alone(row.zone_id, row.plate_key, row.during.lower, row.during.upper, row.pk)
    _check_as_held(row)
    row.state = "active"
    row.save(update_fields=["state"])
    folding.note(row, "start", effective=row.during.lower, key=str(row.public_id), actor=WEB,
                 before=0)  # fmt: skip
    mail.later(row, "bought", str(row.pk))


def _check_as_held(row: Session) -> None:
    """What else was bought for the plate meanwhile counts: free minutes, steps, longest stay."""
    rules, begins, until = tariffs.read(row.tariff.rules), row.during.lower, row.during.upper
    before = quoting.used(row.zone, row.plate_key, begins, until, rules, besides=row.pk)
    told = quoting.priced(row.tariff, rules, begins, until, vehicle=row.vehicle, before=before)
    if told.cents != row.cents:
        raise Refused("time_end", "changed", _("The price has changed since."))
    row.before_seconds = before
    row.save(update_fields=["before_seconds"])
    folding.reprice(row, told)


def _longer(row: Session, purchase: Purchase) -> None:
    """Raises Refused also where something else changed the price since it was asked for."""
    before = row.cents
    after = rights.extend(row.pk, purchase.until, key=f"charge:{purchase.charge_id}", actor=WEB)
    if after.cents - before != purchase.cents:
        raise Refused("time_end", "changed", _("The price has changed since."))


def _void(row: Session, purchase: Purchase) -> None:
    purchase.state = "void"
    purchase.save(update_fields=["state"])
    if row.state == "held":
        row.state, row.cents, row.used_seconds, row.changed = "cancelled", 0, 0, clock.now()
        folding.write_lines(row, ())
        row.save(update_fields=["state", "cents", "used_seconds", "changed"])


def locked(pk: int) -> Session:
    key = Session.objects.filter(pk=pk).values_list("plate_key", flat=True).first()
    turns.take([key])
    rows = Session.objects.select_for_update(of=("self",)).select_related(
        "zone", "tariff", "operator"
    )
    return rows.get(pk=pk)


def address_of(row: Session) -> str:
    """Where its mails go; empty without one."""
    return unseal(row.email) if row.email is not None else ""
