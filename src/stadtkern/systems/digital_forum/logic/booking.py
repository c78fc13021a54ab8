"""Helped sessions and devices: what is free, book, move, cancel, and what people are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock, registry
from stadtkern.kernel.bookings import changes, ical, links, slots
from stadtkern.kernel.bookings.errors import NotOpen, TooMany
from stadtkern.kernel.bookings.events import BookingChanged
from stadtkern.kernel.bookings.models import Booking, Resource
from stadtkern.kernel.bookings.slots import Slot
from stadtkern.kernel.bookings.wanted import Person, Wanted
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.post import letters
from stadtkern.kernel.post.address import link
from stadtkern.systems.digital_forum.logic import DEVICE, HELPERS, SESSION, STATIONS
from stadtkern.systems.digital_forum.models import REASONS

AHEAD: Final = timedelta(days=21)
# Bookings ahead of one mailbox, and of one internet address: the forum's own has many people.
MOST_OF_ONE: Final = 3
MOST_OF_A_BROWSER: Final = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One of the two things that can be booked, for so many minutes."""

    slug: str
    kind: str
    resource_kind: str
    minutes: int


OFFERS: Final = (
    Offer(slug="help", kind=SESSION, resource_kind=HELPERS, minutes=30),
    Offer(slug="device", kind=DEVICE, resource_kind=STATIONS, minutes=60),
)
JOINED: Final = ("resource__place", "resource__calendar")


def offer(slug: str) -> Offer | None:
    """By its name in addresses."""
    return next((one for one in OFFERS if one.slug == slug), None)


def offer_of(booking: Booking) -> Offer:
    """What a booking is of."""
    return next(one for one in OFFERS if one.kind == booking.kind)


def resource_of(one: Offer) -> Resource | None:
    """What of it there is in this city; the first forum, where there are several."""
    rows = Resource.objects.of_kind(one.resource_kind).open().select_related("place", "calendar")
    return rows.order_by("id").first()


def forum() -> Place | None:
    """Where the forum is."""
    rows = Resource.objects.of_kind(HELPERS, STATIONS).open().exclude(place=None)
    found = rows.select_related("place").order_by("id").first()
    return found.place if found else None


def free(one: Offer) -> list[Slot]:
    """All free times of the next weeks, in order."""
    resource = resource_of(one)
    if resource is None:
        return []
    today = timezone.localdate(clock.now())
    return slots.search([resource], today, today + AHEAD, one.minutes)


def days(found: Sequence[Slot]) -> list[tuple[date, int]]:
    """The days with free times, and how many."""
    counted: dict[date, int] = {}
    for slot in found:
        counted[slot.begins.date()] = counted.get(slot.begins.date(), 0) + 1
    return sorted(counted.items())


def book(
    one: Offer, begins: datetime, person: Person, reason: str, *, key: str, sender: str = ""
) -> Booking:
    """Book it at once; the same key again answers with the same booking. Raises Refused.

    `sender` stands for the internet address that it came from; one person or browser cannot take
    all the times.
    """
    resource = resource_of(one)
    if resource is None:
        raise NotOpen
    known = Booking.objects.filter(source="web", key=key).exists() if key else False
    if not known and _has_many(person.email, sender):
        raise TooMany
    wanted = Wanted(resource=resource, begins=begins, ends=begins + timedelta(minutes=one.minutes))
    with override("de"):
        subject = str(REASONS[reason])
    return changes.book(
        wanted,
        kind=one.kind,
        person=person,
        subject=subject,
        key=key,
        properties={"reason": reason, "sender": sender},
    )


def _has_many(email: str, sender: str) -> bool:
    ahead = Booking.objects.of_kind(SESSION, DEVICE).live().filter(begins__gt=clock.now())
    if email and ahead.of_mailbox(email).count() >= MOST_OF_ONE:
        return True
    return bool(sender) and ahead.filter(properties__sender=sender).count() >= MOST_OF_A_BROWSER


def move(booking: Booking, begins: datetime) -> Booking:
    """Another time; what somebody has stays until the new one is sure. Raises Refused."""
    minutes = offer_of(booking).minutes
    wanted = Wanted(resource=booking.resource, begins=begins,
                    ends=begins + timedelta(minutes=minutes))  # fmt: skip
    return changes.move(booking, wanted)


def find(code: str, name: str) -> Booking | None:
    """By what stands on the confirmation."""
    spelt = "".join(one for one in code.upper() if one.isalnum())[:8]
    rows = Booking.objects.of_kind(SESSION, DEVICE).filter(code=spelt, erased=None)
    found = rows.select_related(*JOINED).first()
    return found if found and found.name.strip().lower() == name.strip().lower() else None


def title_of(booking: Booking) -> str:
    """What was booked, in the reader's language."""
    return _("Help in the Digitalforum") if booking.kind == SESSION else _(
        "Device in the Digitalforum"
    )  # fmt: skip


def reason_of(booking: Booking) -> str | Promise:
    """What it is about, in the reader's language."""
    return REASONS.get(booking.properties.get("reason", ""), booking.subject)


def calendar_words(booking: Booking) -> dict[str, str]:
    """What the calendar entry says."""
    page = link("digital_forum:mine", links.token(booking, "manage"), language=booking.language)
    word = _("Code")
    return {"summary": title_of(booking), "location": where(booking), "url": page,
            "description": f"{word}: {booking.code}"}  # fmt: skip


def where(booking: Booking) -> str:
    """Name and address of the place in one line."""
    place = booking.resource.place
    parts = (place.title, place.street, place.town) if place else ()
    return ", ".join(part for part in parts if part)


def on_booking(event: BookingChanged) -> None:
    """Confirm, tell of a move, tell of a cancellation. Bears repetition: letters have keys."""
    what = event.after if event.after == "booked" or event.before == "booked" else ""
    if what in ("booked", "moved", "cancelled"):
        booking = Booking.objects.select_related(*JOINED).filter(pk=event.booking).first()
        if booking is not None and booking.email:
            _write(what, booking)


def _write(what: str, booking: Booking) -> None:
    with override(booking.language):
        subjects = {
            "booked": _("Your booking in the Digitalforum"),
            "moved": _("Your booking in the Digitalforum has a new time"),
            "cancelled": _("Your booking in the Digitalforum is cancelled"),
        }
        local = timezone.localtime(booking.begins)
        told = {
            "what": what, "booking": booking, "title": title_of(booking), "where": where(booking),
            "moment": f"{formats.date_format(local, 'l, j. F Y')}, {formats.time_format(local)}",
            "page": calendar_words(booking)["url"], "city": registry.city().title,
        }  # fmt: skip
        letters.write(
            key=f"digital_forum.{what}:{booking.pk}:{booking.revision}", to=booking.email,
            subject=subjects[what], text=render_to_string("digital_forum/mail/booking.txt", told),
            language=booking.language, topic=f"booking:{booking.pk}", until=booking.ends,
            files=[ical.attachment(booking, **calendar_words(booking))],
        )  # fmt: skip


def words(booking: Booking) -> list[str]:
    """What the kernel's reminder says besides."""
    return [where(booking), _("Bring your identity card and your telephone if you have them.")]
