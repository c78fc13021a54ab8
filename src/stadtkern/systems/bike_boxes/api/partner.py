"""For outside portals: what is free, book, hold, confirm, release, block, and what changed."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import changes as bookings
from stadtkern.kernel.bookings.errors import Taken
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.bookings.wanted import Person, Wanted
from stadtkern.kernel.sensorthings.access.limits import Buckets
from stadtkern.systems.bike_boxes.api.door import Wrong, answer, body, door, key_of, limit
from stadtkern.systems.bike_boxes.logic import (
    RENTAL,
    ending,
    granting,
    periods,
    renting,
    settings,
    telling,
)
from stadtkern.systems.bike_boxes.logic import availability as free
from stadtkern.systems.bike_boxes.logic import changes as noted
from stadtkern.systems.bike_boxes.logic.renting import Order
from stadtkern.systems.bike_boxes.models import (
    Access,
    Box,
    Change,
    Facility,
    Partner,
    Product,
    Size,
)

SCOPE = "bike_boxes:partner"
PAGE = 500
_asked = Buckets(name="requests")
Slug = Annotated[str, msgspec.Meta(max_length=40)]
Text = Annotated[str, msgspec.Meta(max_length=200)]


class NewBooking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rental that the partner sells. With `hold` it waits for `confirm` until it runs out."""

    facility: Slug
    product: Slug
    first: date
    size: Slug = ""
    box: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    socket: bool = False
    hold: bool = True
    minutes: Annotated[int, msgspec.Meta(ge=1, le=60)] = 15
    name: Text = ""
    email: Annotated[str, msgspec.Meta(max_length=254, pattern=r"^$|^[^@\s]+@[^@\s]+$")] = ""
    language: Annotated[str, msgspec.Meta(pattern="^(de|en)$")] = "de"


class NewBlock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A box that the partner sets aside for a span, without a renter."""

    facility: Slug
    begins: datetime
    ends: datetime
    size: Slug = ""
    box: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0


def partner_of(request: HttpRequest) -> Partner:
    """Who asks. Raises Wrong, or Problem (429) where it asks too often."""
    key = key_of(request, SCOPE)
    found = Partner.objects.filter(key=key, active=True).first()
    if found is None:
        raise Wrong("Authorization", "this key belongs to no active partner", 403)
    limit(_asked, key.pk, settings().partner_requests_per_minute)
    return found


@door("GET")
def availability(request: HttpRequest) -> HttpResponse:
    """Free boxes by place and size for a product from a first day on."""
    partner_of(request)
    product = product_of(request.GET.get("product", "day"))
    first = _day(request.GET.get("first", ""))
    found = free.on_day(product.kind, first)
    if wanted := request.GET.get("facility", ""):
        facility = facility_of(wanted)
        found = [one for one in found if one.facility.pk == facility.pk]
    ends = periods.end_of(product.kind, first)
    return answer({
        "product": product.slug, "cents": product.cents, "first": first.isoformat(),
        "begins": periods.begin_of(first, clock.now()), "ends": ends,
        "facilities": [
            {"facility": one.facility.slug, "unit": one.facility.unit, "free": one.free,
             "boxes": [{"box": b.number, "size": b.size.slug, "socket": b.socket}
                       for b in one.boxes]}
            for one in found
        ],
    })  # fmt: skip


def _day(text: str) -> date:
    if not text:
        return periods.day_of(clock.now())
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong("first", "a day as 2026-12-31") from None


def facility_of(slug: str) -> Facility:
    """By its own or its outside name. Raises Wrong."""
    found = [f for f in free.facilities() if slug in (f.slug, f.unit)]
    if not found:
        raise Wrong("facility", "there is no such place", 404)
    return found[0]


def product_of(slug: str) -> Product:
    """An active price. Raises Wrong."""
    found = Product.objects.filter(slug=slug, active=True).first()
    if found is None:
        raise Wrong("product", "there is no such product", 404)
    return found


@door("POST")
def book(request: HttpRequest) -> HttpResponse:
    """Hold or book a box; sent again with its Idempotency-Key it is the same booking."""
    partner = partner_of(request)
    key, wanted = _key(request), body(request, NewBooking)
    facility = facility_of(wanted.facility)
    order = Order(
        facility=facility, product=product_of(wanted.product), first=wanted.first,
        size=_size(wanted.size), box=_box(facility, wanted.box), socket=wanted.socket,
        person=Person(name=wanted.name, email=wanted.email, language=wanted.language),
        source=partner.source, key=key, audience="partner",
    )  # fmt: skip
    known = Booking.objects.filter(source=partner.source, key=key).first()
    if known is not None:
        return answer(_told(known), 200)
    held = renting.hold(order, wanted.minutes)
    if not wanted.hold:
        with transaction.atomic():
            granting.granted(held)
        held.refresh_from_db()
    return answer(_told(held), 201)


def _key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 8 <= len(key) <= 120:
        raise Wrong("Idempotency-Key", "send 8 to 120 characters, new ones for each booking")
    return key


def _size(slug: str) -> Size | None:
    if not slug:
        return None
    found = Size.objects.filter(slug=slug).first()
    if found is None:
        raise Wrong("size", "there is no such size", 404)
    return found


def _box(facility: Facility, number: int) -> Box | None:
    if not number:
        return None
    found = Box.objects.filter(facility=facility, number=number).select_related(
        "unit__resource").first()  # fmt: skip
    if found is None:
        raise Wrong("box", "there is no such box at this place", 404)
    return found


@door("GET")
def booking(request: HttpRequest, public_id: str) -> HttpResponse:
    """One of the partner's own bookings."""
    return answer(_told(_own(request, public_id)))


def _own(request: HttpRequest, public_id: str) -> Booking:
    source = partner_of(request).source
    found = Booking.objects.filter(public_id=public_id, source=source, kind=RENTAL).first()
    if found is None:
        raise Wrong("booking", "you have no such booking", 404)
    return found


@door("POST")
def confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    """The partner was paid: the rental is booked, and the answer has its PIN."""
    found = _own(request, public_id)
    with transaction.atomic():
        granting.granted(found)
    found.refresh_from_db()
    return answer(_told(found))


@door("POST")
def release(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a booking or a block back; a second time changes nothing."""
    found = _own(request, public_id)
    access = Access.objects.filter(booking=found, live=True).first()
    if access is not None:
        ending.end(access, by=found.source, reason="released by the partner")
    elif found.state in ("held", "booked"):
        bookings.cancel(found, by=found.source, reason="released by the partner")
    found.refresh_from_db()
    return answer(_told(found))


@door("POST")
def block(request: HttpRequest) -> HttpResponse:
    """Set a box aside for a span: nobody else can rent it then."""
    partner = partner_of(request)
    key, wanted = _key(request), body(request, NewBlock)
    facility = facility_of(wanted.facility)
    known = Booking.objects.filter(source=partner.source, key=key).first()
    if known is not None:
        return answer(_told(known), 200)
    box = _box(facility, wanted.box)
    if wanted.begins.tzinfo is None or wanted.ends.tzinfo is None or wanted.ends <= wanted.begins:
        raise Wrong("ends", "an instant with its zone, after begins")
    refused = Taken()
    resources = [box.unit.resource] if box else free.resources(facility, _size(wanted.size))
    for resource in resources:
        try:
            made = bookings.book(
                Wanted(resource=resource, begins=wanted.begins, ends=wanted.ends,
                       units=(box.unit.number,) if box else (), audience="partner"),
                kind=RENTAL, source=partner.source, key=key,
                properties={"block": True, "facility": facility.slug},
            )  # fmt: skip
        except Taken as taken:
            refused = taken
            continue
        noted.note(facility, source=partner.source, booking=made.public_id, state="blocked")
        return answer(_told(made), 201)
    raise refused


def _told(booking: Booking) -> dict[str, Any]:
    """What a partner may know of its booking: no contact data, but the PIN to hand on."""
    box = renting.box_of(booking)
    access = Access.objects.filter(booking=booking, live=True).select_related("facility").first()
    return {
        "id": booking.public_id, "code": booking.code, "state": booking.state,
        "facility": booking.properties.get("facility", ""), "box": box.number if box else None,
        "product": booking.properties.get("product", ""),
        "cents": booking.properties.get("cents", 0),
        "begins": booking.begins, "ends": booking.ends, "hold_until": booking.hold_until,
        "pin": granting.pin_of(access) if access else None,
        "offline_code": granting.offline_code_of(access) if access else None,
    }  # fmt: skip


@door("GET")
def changes(request: HttpRequest) -> HttpResponse:
    """What changed after a number, oldest first; ids of bookings only where they are one's own."""
    partner = partner_of(request)
    try:
        after = int(request.GET.get("after", "0"))
    except ValueError:
        raise Wrong("after", "the number of the last change you know") from None
    rows = Change.objects.filter(pk__gt=after).select_related("facility").order_by("pk")[:PAGE]
    found = [telling.document(row, partner) for row in rows]
    last = found[-1]["number"] if found else after
    return answer({"changes": found, "last": last, "more": len(found) == PAGE})
