"""Giving a box back: before it begins, early, or extending it while the next span is free."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import changes as bookings
from stadtkern.kernel.bookings.errors import Refused, WrongState
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.bookings.wanted import Person, Wanted
from stadtkern.kernel.payments import charges
from stadtkern.systems.bike_boxes.logic import RENTAL, changes, granting, mail, periods, settings
from stadtkern.systems.bike_boxes.logic.left import left
from stadtkern.systems.bike_boxes.logic.renting import chain, charge_of, frozen, last_day
from stadtkern.systems.bike_boxes.models import Access, Product


def refund_cents(booking: Booking, now: datetime) -> int:
    """What of its price goes back where it ends now.

    All of it before it begins. Afterwards, where the price says so, the share of each whole month
    that has not begun; else nothing.
    """
    told = booking.properties
    cents = int(told.get("cents", 0))
    if now < booking.begins:
        return cents
    if told.get("refund") != "months":
        return 0
    months = periods.MONTHS.get(str(told.get("kind")), 1)
    first, today = periods.day_of(booking.begins), periods.day_of(now)
    return cents * periods.whole_months_left(first, last_day(booking.ends), today) // months


def refundable(access: Access, now: datetime | None = None) -> int:
    """What goes back where the whole rental ends now."""
    now = now or clock.now()
    return sum(refund_cents(one, now) for one in chain(access) if charge_of(one) is not None)


def end(access: Access, *, by: str, reason: str = "") -> int:
    """End a rental now, or cancel it before it begins; returns the cents that go back.

    Raises WrongState: it is over. Raises Refused: the sensor says that a bicycle is inside.
    """
    with transaction.atomic():
        access = Access.objects.select_for_update(of=["self"]).select_related(
            "booking", "box", "facility").get(pk=access.pk)  # fmt: skip
        now = clock.now()
        if not access.live:
            raise WrongState()
        if access.box.bike and access.begins <= now:
            raise Refused(_("There is still a bicycle in the box. Take it out, close the door, and"
                            " try again."))  # fmt: skip
        back = sum(_ended(one, now, by, reason) for one in chain(access))
        granting.close(access)
        left(access, now)
        mail.later(access, "ended", cents=back)
        changes.note(access.facility, source=access.booking.source,
                     booking=access.booking.public_id, state="ended")  # fmt: skip
    return back


def _ended(booking: Booking, now: datetime, by: str, reason: str) -> int:
    cents = refund_cents(booking, now)
    if booking.begins > now:
        bookings.cancel(booking, by=by, reason=reason)
    elif booking.state in ("booked", "arrived"):
        bookings.finish(booking, now)
    charge = charge_of(booking)
    if charge is None:
        return 0
    if charge.state == "open":
        charges.cancel(charge, reason or "rental ended")
        return 0
    if cents and charge.state == "paid":
        charges.refund(charge, cents, reason or "rental ended early", key="ended")
        return cents
    return 0


def drop(booking: Booking, *, by: str) -> None:
    """Give up what is not paid yet: the box is free for others at once."""
    charge = charge_of(booking)
    if charge is not None and charge.state == "open":
        charges.cancel(charge, "given up")
    bookings.cancel(booking, by=by, reason="given up")


def extend(access: Access, product: Product) -> Booking:
    """Hold the same box from the rental's end on, until the extension is paid.

    Raises Refused: the rental is over, or somebody else has the box then.
    """
    if not access.live or access.ends <= clock.now():
        raise WrongState()
    unit = access.box.unit
    old = access.booking
    first = periods.day_of(access.ends)
    wanted = Wanted(resource=unit.resource, begins=access.ends,
                    ends=periods.end_of(product.kind, first), units=(unit.number,))  # fmt: skip
    told = {**frozen(product), "facility": access.facility.slug, "first": first.isoformat()}
    with transaction.atomic():
        held = bookings.hold(
            wanted, kind=RENTAL, minutes=settings().pay_minutes, source=old.source,
            properties=told, person=Person(name=old.name, email=old.email, phone=old.phone,
                                           language=old.language, account=old.account),
        )  # fmt: skip
        Booking.objects.filter(pk=held.pk).update(follows=old)
        held.follows = old
    return held
