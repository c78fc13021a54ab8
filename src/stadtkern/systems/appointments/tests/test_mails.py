"""What people are written: once for each change, with the calendar file."""

import pytest

from stadtkern.kernel import formguard
from stadtkern.kernel.bookings import changes
from stadtkern.kernel.bookings.events import BookingChanged
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.post.models import Letter
from stadtkern.systems.appointments.logic import letters
from stadtkern.systems.appointments.tests import journey

pytestmark = pytest.mark.django_db
EIGHT = "mitte@2026-11-09T08:00+01:00"


@pytest.fixture
def booking(client, office, monkeypatch):
    """An appointment that was booked online."""
    monkeypatch.setattr(formguard, "took_its_time", lambda stamp: bool(stamp))
    journey.book(client, EIGHT)
    return Booking.objects.get()


def heard(booking, before, after):
    letters.on_booking(
        BookingChanged(booking=booking.pk, kind=booking.kind, before=before, after=after)
    )


def test_a_confirmation_is_written_once_with_code_list_and_calendar_file(booking):
    for _twice in range(2):
        heard(booking, "held", "booked")
    letter = Letter.objects.get()
    assert letter.address == "erika@example.org"
    for said in (booking.code, "Montag, 9. November 2026, 08:00", "- Alter Ausweis",
                 "/termine/mein/"):  # fmt: skip
        assert said in letter.text
    (file,) = letter.files
    assert "BEGIN:VEVENT" in file["text"]
    assert "Personalausweis beantragen" in file["text"]


def test_a_cancellation_takes_the_entry_out_of_the_calendar(client, booking):
    changes.cancel(booking, by="person")
    heard(booking, "booked", "cancelled")
    (file,) = Letter.objects.get().files
    assert "METHOD:CANCEL" in file["text"]
    assert "STATUS:CANCELLED" in file["text"]


def test_a_reservation_that_ends_is_no_news(booking):
    heard(booking, "held", "expired")
    heard(booking, "held", "cancelled")
    assert not Letter.objects.exists()


def test_a_discreet_office_names_no_concern_in_calendars(booking, office):
    office.discreet = True
    office.save()
    heard(booking, "held", "booked")
    (file,) = Letter.objects.get().files
    assert "Personalausweis" not in file["text"].split("DESCRIPTION")[0]


def test_letters_speak_the_readers_language(booking):
    Booking.objects.filter(pk=booking.pk).update(language="en")
    heard(booking, "held", "booked")
    assert "Your appointment is booked" in Letter.objects.get().text
    assert "/en/appointments/mein/" in Letter.objects.get().text
