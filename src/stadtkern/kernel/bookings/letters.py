"""What the kernel itself writes to people about bookings: offers and reminders."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import NoReverseMatch
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.bookings import links
from stadtkern.kernel.bookings.kinds import kind_of, words
from stadtkern.kernel.bookings.models import Booking, Wish
from stadtkern.kernel.post import letters, sms
from stadtkern.kernel.post.address import link


def offer(wish: Wish) -> bool:
    """Tell one who waits what is free now and until when; False where nobody can be told."""
    booking = wish.offer
    if booking is None or booking.hold_until is None:
        return False
    with override(wish.language):
        page = link("bookings:offer", links.wish_token(wish, "offer"), language=wish.language)
        until = timezone.localtime(booking.hold_until)
        return _write(
            "offer", booking, subject=_("Something has become free for you"), page=page,
            key=f"offer:{wish.pk}:{wish.offers}", until=booking.hold_until,
            answer_by=formats.date_format(until, "DATETIME_FORMAT"), wish=wish,
            replaces=wish.replaces and _moment(wish.replaces),
        )  # fmt: skip


def reminder(booking: Booking) -> bool:
    """Remind somebody of what they booked, once for each time it is moved to."""
    with override(booking.language):
        return _write(
            "reminder", booking, subject=_("Reminder of your booking"), page=manage(booking),
            key=f"reminder:{booking.pk}:{booking.begins:%Y%m%d%H%M}", until=booking.begins,
        )  # fmt: skip


def manage(booking: Booking) -> str:
    """The full address of the page on which a person changes it; empty where there is none."""
    name = kind_of(booking.kind).page
    try:
        return link(name, links.token(booking, "manage"), language=booking.language) if name else ""
    except NoReverseMatch:
        return ""


def _write(
    name: str, booking: Booking, *, subject: str, page: str, key: str, until: Any, **more: Any
) -> bool:
    """By mail, else by text message; the language is active."""
    given = {"booking": booking, "city": registry.city().title, "moment": _moment(booking),
             "words": words(booking), "page": page, **more}  # fmt: skip
    told = {"key": key, "language": booking.language, "until": until,
            "topic": f"booking:{booking.pk}"}  # fmt: skip
    if booking.email:
        text = render_to_string(f"bookings/mail/{name}.txt", given)
        title = f"{registry.city().title}: {subject}"
        return letters.write(to=booking.email, subject=title, text=text, **told)
    if booking.phone and sms.is_set_up():
        short = render_to_string(f"bookings/mail/{name}_short.txt", given).strip()
        return letters.write(to=booking.phone, text=short, channel="sms", **told)
    return False


def _moment(booking: Booking) -> str:
    """When it begins, by the wall clock of the calendar, in the active language."""
    calendar = booking.resource.calendar
    with timezone.override(calendar.zone if calendar else registry.city().city.time_zone):
        local = timezone.localtime(booking.begins)
        day = formats.date_format(local, "DATE_FORMAT")
        return (
            f"{formats.date_format(local, 'l')}, {day}, {formats.time_format(local, 'TIME_FORMAT')}"
        )
