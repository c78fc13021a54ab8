"""Renting a box: hold and charge, settle what was paid, extend, end early, move to another box."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import changes as bookings
from stadtkern.kernel.bookings.errors import NotOpen, Refused, Taken, TooFar, TooMany
from stadtkern.kernel.bookings.models import Booking, Resource
from stadtkern.kernel.bookings.wanted import Person, Wanted
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.charges import Line
from stadtkern.kernel.payments.models import Charge
from stadtkern.systems.bike_boxes.logic import (
    RENTAL,
    availability,
    codes,
    links,
    periods,
    settings,
)
from stadtkern.systems.bike_boxes.models import Access, Box, Card, Facility, Product, Size

# Boxes that one mailbox may reserve without having paid.
MOST_UNPAID = 3


class NoCard(Refused):
    """A season-ticket card that is not known, blocked, or not valid any more."""

    code = "card"


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What somebody wants to rent; `box` is this very one, `size` any of a size, neither: any."""

    facility: Facility
    product: Product
    first: date
    person: Person
    size: Size | None = None
    box: Box | None = None
    socket: bool = False
    card: str = ""
    source: str = "web"
    key: str = ""
    audience: str = "public"


def hold(order: Order, minutes: int | None = None) -> Booking:
    """A box for so many minutes, until it is paid.

    Raises Refused: nothing is free, too far ahead, the card is not valid.
    """
    now = clock.now()
    begins = periods.begin_of(order.first, now)
    ends = periods.end_of(order.product.kind, order.first)
    _check(order, now, ends)
    _check_unpaid(order, now)
    said = {**frozen(order.product), "facility": order.facility.slug,
            "first": order.first.isoformat(), **_card(order)}  # fmt: skip
    refused: Refused = Taken()
    for resource in _resources(order):
        wanted = Wanted(
            resource=resource, begins=begins, ends=ends, audience=order.audience,
            skills=() if order.box else availability.fits(order.product.kind, socket=order.socket),
            units=(order.box.unit.number,) if order.box else (),
        )  # fmt: skip
        try:
            return bookings.hold(
                wanted, kind=RENTAL, minutes=minutes or settings().pay_minutes,
                person=order.person, source=order.source, key=order.key, properties=said,
            )  # fmt: skip
        except (Taken, NotOpen) as taken:
            refused = taken
    raise refused


def _check(order: Order, now: datetime, ends: datetime) -> None:
    if order.first < periods.day_of(now) or ends <= now:
        raise Refused(_("This day is over. Please choose a later one."))
    if order.first > periods.day_of(now) + timedelta(days=settings().ahead_days):
        raise TooFar()
    box = order.box
    if box is None:
        return
    fit = availability.fits(order.product.kind)[0] in availability.skills_of(box)
    if box.facility_id != order.facility.pk or box.state != "ok" or not fit:
        raise NotOpen(_("This box cannot be rented like this. Please choose another one."))


def _check_unpaid(order: Order, now: datetime) -> None:
    """Nobody keeps boxes from others without paying for them; partners answer for theirs."""
    if order.audience != "public" or not order.person.email:
        return
    rows = Booking.objects.of_kind(RENTAL).of_mailbox(order.person.email)
    if rows.filter(state="held", hold_until__gt=now).count() >= MOST_UNPAID:
        raise TooMany(
            _("You have reserved three boxes already that are not paid yet. Pay for them first,"
              " or wait until the time is over.")
        )  # fmt: skip


def _resources(order: Order) -> list[Resource]:
    if order.box is not None:
        return [order.box.unit.resource]
    return availability.resources(order.facility, order.size)


def frozen(product: Product) -> dict[str, Any]:
    """A copy of the price as it is today: later changes do not touch what was sold."""
    return {"product": product.slug, "title": product.name, "title_en": product.name_en,
            "kind": product.kind, "cents": product.cents, "tax_rate": product.tax_rate,
            "refund": product.refund, "budget": product.budget}  # fmt: skip


def _card(order: Order) -> dict[str, Any]:
    """What lets the card open the box; the number itself goes no further."""
    if not order.card:
        return {}
    number = codes.card_number(order.card)
    card = Card.objects.filter(pseudonym=codes.pseudonym(number)).first() if number else None
    if card is None or card.blocked or card.valid_until < order.first:
        raise NoCard(
            _("This card is not valid, or we do not know it. Please check the number, or go on"
              " without a card: you then get a PIN.")
        )  # fmt: skip
    return {"card": card.pk, "card_digest": codes.digest(order.facility, "card", number)}


def charge_for(booking: Booking) -> Charge:
    """What the booking costs; asked again it is the same charge."""
    told = booking.properties
    with override(booking.language):
        box = _("Bike box")
        line = Line(text=f"{box}, {title_of(booking)}", cents=told["cents"],
                    tax_rate=told["tax_rate"], budget=told.get("budget", ""),
                    reference=booking.code)  # fmt: skip
        about = f"{box}: {booking.resource.place.title if booking.resource.place else ''}"
    return charges.charge(
        kind=RENTAL, subject=str(booking.public_id), lines=[line],
        purpose=f"RADBOX {booking.code}", description=about[:250], payer=booking.name,
        email=booking.email, language=booking.language, back=address(booking),
        due=booking.hold_until or clock.now() + timedelta(minutes=settings().pay_minutes),
        key=str(booking.public_id),
    )  # fmt: skip


def title_of(booking: Booking) -> str:
    """What was rented, in the language that is active now."""
    told = booking.properties
    return str((told.get("title_en") if get_language() == "en" else "") or told.get("title", ""))


def address(booking: Booking) -> str:
    """The rental's own page, for whoever has the link; without the host."""
    root = root_of(booking)
    with override(booking.language):
        return reverse("bike_boxes:rental", args=[links.token(root)])


def root_of(booking: Booking) -> Booking:
    """The rental's first booking."""
    return booking.follows if booking.follows is not None else booking


def charge_of(booking: Booking) -> Charge | None:
    """The charge of a booking, if it was ever asked for."""
    return Charge.objects.filter(kind=RENTAL, key=str(booking.public_id)).first()


def box_of(booking: Booking) -> Box | None:
    """The box that it has, or last had."""
    units = booking.occupancies.order_by("-live", "-pk").values("unit")[:1]
    return Box.objects.filter(unit__in=units).select_related("facility__place", "size",
                                                             "unit__resource").first()  # fmt: skip


def chain(access: Access) -> list[Booking]:
    """The bookings of a rental: the first one and its extensions, in their order."""
    more = Booking.objects.filter(follows=access.booking_id, kind=RENTAL)
    return [access.booking, *more.exclude(state__in=["cancelled", "expired"]).order_by("begins")]


def last_day(instant: datetime) -> date:
    """The last day of a span that ends then: 24:00 belongs to the day before."""
    return periods.day_of(instant - timedelta(microseconds=1))
