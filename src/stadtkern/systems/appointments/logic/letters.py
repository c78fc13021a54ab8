"""What people are written about their appointments, each once for each change."""

from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.bookings import ical, links
from stadtkern.kernel.bookings.events import BookingChanged
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.post import letters
from stadtkern.kernel.post.address import link
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.appointments.logic import fees
from stadtkern.systems.appointments.logic.visits import Visit, visit_of


def on_booking(event: BookingChanged) -> None:
    """Confirm, tell of a move, tell of a cancellation. Bears repetition: letters have keys."""
    joined = ("resource__place", "resource__calendar")
    booking = Booking.objects.select_related(*joined).filter(pk=event.booking).first()
    if booking is None:
        return
    if event.after == "cancelled":
        fees.give_back(booking)
    if what := _what(event):
        write(what, booking)


def _what(event: BookingChanged) -> str:
    """Which letter an event asks for: a reservation that ends is no news to anybody."""
    if event.after == "booked":
        return "booked"
    if event.after in ("moved", "cancelled") and event.before == "booked":
        return event.after
    return ""


def write(what: str, booking: Booking) -> bool:
    """A letter with the calendar file; False where there is no address, or it was written."""
    if not booking.email:
        return False
    visit = visit_of(booking)
    with override(booking.language):
        subjects = {
            "booked": _("Your appointment"),
            "moved": _("Your appointment has a new time"),
            "cancelled": _("Your appointment is cancelled"),
        }
        text = render_to_string(f"appointments/mail/{what}.txt", told(visit))
        return letters.write(
            key=f"appointments.{what}:{booking.pk}:{booking.revision}", to=booking.email,
            subject=f"{registry.city().title}: {subjects[what]}", text=text,
            language=booking.language, topic=f"booking:{booking.pk}",
            files=[calendar_file(visit)], until=booking.ends,
        )  # fmt: skip


def told(visit: Visit) -> dict[str, object]:
    """What the templates of letters say."""
    booking = visit.booking
    local = timezone.localtime(booking.begins)
    page = link("appointments:mine", links.token(booking, "manage"), language=booking.language)
    return {
        "visit": visit, "booking": booking, "office": visit.office, "place": place_line(visit),
        "moment": f"{formats.date_format(local, 'l, j. F Y')}, {formats.time_format(local, 'H:i')}",
        "page": page, "city": registry.city().title, "why": booking.properties.get("why", ""),
        "bring": visit.concern.bring if visit.concern else [],
    }  # fmt: skip


def place_line(visit: Visit) -> str:
    """Office and address in one line."""
    place = visit.office.resource.place
    where = ", ".join(part for part in (place.street, place.town) if part) if place else ""
    return ", ".join(part for part in (visit.office.title, where) if part)


def calendar_file(visit: Visit) -> letters.File:
    """The calendar entry of an appointment."""
    return ical.attachment(visit.booking, **calendar_words(visit))


def calendar_words(visit: Visit) -> dict[str, str]:
    """What the calendar entry says."""
    booking = visit.booking
    page = link("appointments:mine", links.token(booking, "manage"), language=booking.language)
    bring = "\n".join(f"- {line}" for line in visit.concern.bring) if visit.concern else ""
    word = _("Code")
    code = f"{word}: {booking.code}"
    concern = (
        _("Appointment") if visit.office.discreet or not visit.concern else visit.concern.title
    )
    return {"summary": f"{concern}, {visit.office.title}", "location": place_line(visit),
            "description": f"{code}\n\n{bring}".strip(), "url": page}  # fmt: skip


def reminder_words(booking: Booking) -> list[str]:
    """What the kernel's reminder says of an appointment besides."""
    concern = visit_of(booking).concern
    if concern is None or not concern.bring:
        return []
    return [_("Please bring:"), *(f"- {line}" for line in concern.bring)]


def euros(cents: int) -> str:
    """`46,00 Euro`."""
    return f"{figure(cents / 100, 2)} Euro"
