"""Booking a helper or a device: quickly, once, with a mail, a calendar file and a way back."""

import re
from datetime import timedelta

import icalendar
import pytest
from django.test import Client

from stadtkern.kernel import formguard
from stadtkern.kernel.bookings.events import BookingChanged
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.post.models import Letter
from stadtkern.systems.digital_forum import erasing
from stadtkern.systems.digital_forum.logic import booking

BASE = "/digitalforum"


@pytest.fixture(autouse=True)
def _people_take_their_time(monkeypatch):
    monkeypatch.setattr(formguard, "took_its_time", lambda stamp: True)


def first_time(client, what="help"):
    page = client.get(f"{BASE}/booking/{what}/").content.decode()
    return re.search(rf'href="({BASE}/booking/{what}/\d+/)"', page)[1]


def book(client, what="help", **told):
    address = first_time(client, what)
    key = re.search(r'name="key" value="([^"]+)"', client.get(address).content.decode())[1]
    said = {"name": "Ada", "reason": "apply", "email": "ada@example.org", "key": key, **told}
    return client.post(address, said), address, said


def test_two_pages_lead_from_home_to_a_booking(client, forum):
    assert "Zeit wählen" in client.get(f"{BASE}/").content.decode()
    answer, _address, _said = book(client)
    made = Booking.objects.get()
    assert answer.status_code == 302
    assert (made.kind, made.state) == ("digital_forum.session", "booked")
    assert made.ends - made.begins == timedelta(minutes=30)
    page = client.get(answer["Location"]).content.decode()
    assert made.code in page


def test_pressing_twice_books_once(client, forum):
    _answer, address, said = book(client)
    client.post(address, said)
    assert Booking.objects.count() == 1


def test_two_helpers_help_two_and_no_third(client, forum):
    _answer, address, said = book(client)
    assert client.post(address, {**said, "key": "second"}).status_code == 302
    third = client.post(address, {**said, "key": "third"})
    assert third.status_code == 422
    assert "vergeben" in third.content.decode()
    assert 'value="Ada"' in third.content.decode()


def test_a_device_is_booked_for_an_hour(client, forum):
    book(client, "device", email="")
    made = Booking.objects.get()
    assert made.ends - made.begins == timedelta(hours=1)
    assert made.kind == "digital_forum.device"


def test_a_missing_name_is_said_with_a_link(client, forum):
    answer, _address, _said = book(client, name="")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Fehler: " in page
    assert 'href="#id_name"' in page


def test_the_booking_is_moved_and_cancelled_by_its_link(client, forum):
    answer, _address, _said = book(client)
    mine = answer["Location"]
    before = Booking.objects.get()
    later = booking.free(booking.OFFERS[0])[4]
    minute = int(later.begins.timestamp()) // 60
    assert client.post(f"{mine}time/", {"minute": minute}).status_code == 302
    after = Booking.objects.get()
    assert (after.code, after.begins) == (before.code, later.begins)
    client.post(f"{mine}cancel/")
    client.post(f"{mine}cancel/")
    assert Booking.objects.get().state == "cancelled"
    assert Client().get(f"{BASE}/my/nonsense/").status_code == 404


def test_the_calendar_file_is_read_by_a_calendar_program(client, forum):
    answer, _address, _said = book(client)
    text = client.get(f"{answer['Location']}booking.ics").content
    event = next(iter(icalendar.Calendar.from_ical(text).walk("VEVENT")))
    assert event["DTSTART"].dt == Booking.objects.get().begins
    assert "Digitalforum" in event["SUMMARY"]


def test_a_mail_is_written_once_for_each_change(client, forum):
    book(client)
    made = Booking.objects.get()
    event = BookingChanged(booking=made.pk, kind=made.kind, before="", after="booked")
    Letter.objects.all().delete()
    booking.on_booking(event)
    booking.on_booking(event)
    letter = Letter.objects.get()
    assert letter.address == "ada@example.org"
    assert made.code in letter.text


def test_who_lost_the_link_finds_it_by_code_and_name(client, forum):
    book(client)
    made = Booking.objects.get()
    right = client.post(f"{BASE}/booking/", {"code": made.code.lower(), "name": " ada "})
    assert right.status_code == 302
    assert client.post(f"{BASE}/booking/", {"code": made.code, "name": "Eve"}).status_code == 422


def test_names_go_after_their_time_and_the_count_stays(client, forum, clock):
    book(client)
    clock.shift(days=40)
    Booking.objects.update(state="finished")
    assert erasing.visits(clock.at - timedelta(days=30)) == 1
    made = Booking.objects.get()
    assert (made.name, made.email) == ("", "")
    assert made.properties == {"reason": "apply"}


def test_home_says_where_and_when_and_asks_little(client, forum, django_assert_max_num_queries):
    with django_assert_max_num_queries(32):
        page = client.get(f"{BASE}/").content.decode()
    assert "Platz 2" in page
    assert "09:00–16:00" in page


def test_a_city_without_a_forum_says_that_nothing_can_be_booked(client, db):
    assert client.get(f"{BASE}/").status_code == 200
    page = client.get(f"{BASE}/booking/help/").content.decode()
    assert "nichts frei" in page
    assert client.get(f"{BASE}/booking/nothing/").status_code == 404


def test_one_person_cannot_take_all_the_times(client, forum):
    free = booking.free(booking.OFFERS[0])
    for number in range(4):
        minute = int(free[number * 3].begins.timestamp()) // 60
        said = {"name": "Ada", "reason": "apply", "email": "ada@example.org", "key": f"k{number}"}
        answer = client.post(f"{BASE}/booking/help/{minute}/", said)
    assert answer.status_code == 422
    assert Booking.objects.count() == 3
