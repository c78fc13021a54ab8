"""Book, look at and cancel appointments, for programs of partners with a key."""

from datetime import datetime
from typing import Annotated

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.systems.appointments.api.door import MOST_BYTES, Wrong, answer, door, key_of
from stadtkern.systems.appointments.api.reading import concern_from
from stadtkern.systems.appointments.logic import limits, visits

SCOPE = "appointments:book"
MAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
LONGEST_KEY = 80


class NewBooking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An appointment for somebody who has agreed to it. How long it takes is the city's to say."""

    services: Annotated[list[str], msgspec.Meta(min_length=1, max_length=4)]
    office: str
    begins: Annotated[datetime, msgspec.Meta(tz=True)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    email: Annotated[str, msgspec.Meta(max_length=254, pattern=MAIL)]
    persons: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1
    language: Annotated[str, msgspec.Meta(pattern="^(de|en)$")] = "de"


@door("POST")
def book(request: HttpRequest) -> HttpResponse:
    """Book at once; with the header `Idempotency-Key` a repeated request is the same booking."""
    key = key_of(request, SCOPE)
    said = _body(request)
    concern = concern_from(said.services, str(said.persons))
    if concern.prepaid_cents:
        raise Wrong(
            "services", "this is paid in advance: people book it on the city's own page", 409
        )
    offers = {one.office.slug: one for one in concern.offers(online=True)}
    if said.office not in offers:
        raise Wrong("office", "this office does not serve it", 404)
    offer = offers[said.office]
    limits.check_mail(said.email)
    repeat = request.headers.get("Idempotency-Key", "")[:LONGEST_KEY]
    source = f"api:{key.pk}"
    known = Booking.objects.filter(source=source, key=repeat).first() if repeat else None
    who = Person(name=said.name, email=said.email, language=said.language)
    with transaction.atomic():
        if known is None:
            limits.check_mailbox(said.email, offer.office)
        made = visits.book(
            concern, offer, said.begins, who, audience="partner", source=source, key=repeat
        )
    return answer(_told(made), 201)


@door("GET", "DELETE")
def booking(request: HttpRequest, public_id: str) -> HttpResponse:
    """One that this key booked; DELETE cancels it, and may be repeated."""
    key = key_of(request, SCOPE)
    rows = Booking.objects.of_kind(visits.KIND).filter(source=f"api:{key.pk}")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Wrong("id", "this key has booked nothing like that", 404)
    if request.method == "DELETE":
        found = visits.cancel(found, by=f"key:{key.pk}")
    return answer(_told(found))


def _told(one: Booking) -> dict[str, object]:
    begins, ends = timezone.localtime(one.begins), timezone.localtime(one.ends)
    return {"id": one.public_id, "code": one.code, "state": one.state, "begins": begins,
            "ends": ends, "services": one.properties.get("services", [])}  # fmt: skip


def _body(request: HttpRequest) -> NewBooking:
    if len(request.body) > MOST_BYTES:
        raise Wrong("body", f"send at most {MOST_BYTES} bytes", 413)
    try:
        return msgspec.json.decode(request.body or b"{}", type=NewBooking)
    except msgspec.ValidationError as error:
        text, _at, where = str(error).partition(" - at `$")
        raise Wrong(where.rstrip("`").lstrip(".") or "body", text) from None
    except msgspec.DecodeError as error:
        raise Wrong("body", f"this is not JSON: {error}") from None
