"""Reminders, no-shows, letters, links and erasure."""

import json
import smtplib
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.core import mail
from django.db import transaction

from bookings.conftest import local, want
from stadtkern.kernel import registry
from stadtkern.kernel.bookings import changes, erasure, ical, links, reminders, waiting
from stadtkern.kernel.bookings.links import BadLink
from stadtkern.kernel.bookings.models import Booking, Wish
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.kernel.city import Sms
from stadtkern.kernel.contract import BookingKind
from stadtkern.kernel.post import letters, sending, sms, transport
from stadtkern.kernel.post.models import Letter

ADA = Person(name="Ada", email="ada@example.org", phone="+492323160")


@pytest.fixture
def kinds(monkeypatch):
    kind = BookingKind(
        slug="visit", title="Termin", page="bookings:offer", words=f"{__name__}.what_to_bring",
        remind_before=timedelta(days=1), missed_after=timedelta(minutes=20),
        finished_after=timedelta(hours=1),
    )  # fmt: skip
    monkeypatch.setattr(registry, "booking_kinds", lambda: {"test.visit": kind})


def what_to_bring(booking):
    return ["Bitte bringen Sie ein Foto mit."]


def visit(house, text="2026-06-03 09:00", person=ADA):
    return changes.book(want(house, text), kind="test.visit", person=person)


def test_a_reminder_comes_a_day_before_and_once_for_each_time(office, time, kinds, monkeypatch):
    house = office(2)
    made = visit(house)
    reminders.run()
    time.at = local("2026-06-02 09:00")
    for _again in range(3):
        reminders.run()
        sending.run()
    assert len(mail.outbox) == 1
    body = mail.outbox[0].body
    assert "Mittwoch, 3. Juni 2026, 09:00" in body
    assert made.code in body
    assert "Bitte bringen Sie ein Foto mit." in body
    assert links.token(made, "manage") in body
    changes.move(made, want(house, "2026-06-05 10:00"))
    time.at = local("2026-06-04 11:00")
    reminders.run()
    sending.run()
    assert len(mail.outbox) == 2


def test_who_booked_a_moment_ago_needs_no_reminder(office, time, kinds):
    visit(office(1), "2026-06-01 11:00")
    reminders.run()
    assert not Letter.objects.exists()
    assert Booking.objects.get().reminded


def test_who_does_not_come_is_missed_and_who_stays_is_finished(office, time, kinds):
    house = office(3)
    absent, here = visit(house), visit(house)
    time.at = local("2026-06-03 09:05")
    changes.arrive(here)
    time.at = local("2026-06-03 09:21")
    reminders.run()
    time.at = local("2026-06-03 10:31")
    reminders.run()
    absent.refresh_from_db()
    here.refresh_from_db()
    assert (absent.state, here.state) == ("missed", "finished")
    assert here.ended == here.ends


def test_a_letter_is_written_once_and_only_with_its_deed(db):
    assert letters.write(key="a", to="x@example.org", text="x")
    assert not letters.write(key="a", to="x@example.org", text="y")
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        letters.write(key="b", to="x@example.org", text="x")
        1 / 0  # noqa: B018
    assert Letter.objects.get().text == "x"


def test_a_letter_that_is_not_taken_is_tried_again_and_given_up_in_the_end(db, time, monkeypatch):
    letters.write(key="a", to="x@example.org", text="x")

    def refuse(_message):
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", refuse)
        for _again in range(5):
            sending.run()
        letter = Letter.objects.get()
        assert (letter.state, letter.tries) == ("waiting", 1)
        assert "gone" in letter.problem
        while letter.state == "waiting":
            time.at = letter.due
            sending.run()
            letter.refresh_from_db()
    assert (letter.state, letter.tries) == ("failed", sending.MOST_TRIES)
    assert mail.outbox == []


def test_a_letter_carries_its_calendar_entry(office, time):
    made = visit(office(1))
    letters.write(key="a", to="x@example.org", subject="Ihr\nTermin", text="Grüße",
                  files=[ical.attachment(made, summary="Paß")])  # fmt: skip
    sending.run()
    message = mail.outbox[0].message()
    part = message.get_payload()[1]
    assert message["Subject"] == "Ihr Termin"
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "PUBLISH"
    assert part.get_filename() == f"{made.code}.ics"
    assert "Paß" in part.get_payload(decode=True).decode()


def test_text_messages_are_off_unless_the_city_names_a_gateway(office, time, kinds, monkeypatch):
    assert not sms.is_set_up()
    with pytest.raises(transport.NotSent):
        sms.send("+49", "x")
    import msgspec

    setting = Sms(gateway="mail", address="{number}@sms.example.org")
    monkeypatch.setattr(registry, "_city", msgspec.structs.replace(registry.city(), sms=setting))
    visit(office(1), person=Person(phone="+492323160"))
    time.at = local("2026-06-02 10:00")
    reminders.run()
    sending.run()
    assert mail.outbox[0].to == ["492323160@sms.example.org"]
    assert "3. Juni 2026, 09:00" in mail.outbox[0].body
    assert "\n" not in mail.outbox[0].body


def test_a_gateway_for_text_messages_gets_number_text_and_token(db, monkeypatch):
    asked = []

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.headers["Authorization"], body))
            self.send_response(202 if len(asked) > 1 else 503)
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("GATEWAY", "t0ken")
    setting = Sms(gateway="http", address=f"http://127.0.0.1:{server.server_port}/send",
                  token_env="GATEWAY", private_networks=("127.0.0.0/8",))  # fmt: skip
    with pytest.raises(transport.NotSent, match="503"):
        sms.gateway(setting).send("+492323160", "Grüße")
    sms.gateway(setting).send("+492323160", "Grüße")
    assert asked[1] == ("Bearer t0ken", {"to": "+492323160", "text": "Grüße"})
    server.shutdown()
    server.server_close()
    closed = Sms(gateway="http", address=setting.address)
    with pytest.raises(transport.NotSent, match="private_networks"):
        sms.gateway(closed).send("+492323160", "x")


def test_a_link_is_for_one_purpose_and_ends_with_its_booking(office, time):
    house = office(1)
    made = visit(house)
    text = links.token(made, "manage")
    assert links.read(text, "manage") == made
    for wrong, purpose in ((text, "cancel"), (text[:-1], "manage"), ("x", "manage"), ("", "manage"),
                           (links.token(made, "other"), "manage"), ("ä.ö", "manage")):  # fmt: skip
        with pytest.raises(BadLink) as refused:
            links.read(wrong, purpose)
        assert str(refused.value)
    changes.move(made, want(house, "2026-06-05 10:00"))
    time.at = local("2026-06-06 10:00")
    assert links.read(text, "manage") == made
    time.at = local("2026-06-06 10:31")
    with pytest.raises(BadLink):
        links.read(text, "manage")


def test_persons_are_forgotten_and_figures_stay(office, time, kinds):
    house = office(3)
    old, used = visit(house), visit(house)
    Booking.objects.update(properties={"service": 7, "plate": "HER-A 1"}, note="ruft an")
    late = visit(house, "2026-06-05 09:00")
    waiting.wish(kind="test.visit", resources=[house], person=ADA, minutes=30, skills=["x"],
                 earliest=local("2026-06-01 00:00"), latest=local("2026-06-04 00:00"))  # fmt: skip
    time.at = local("2026-06-02 10:00")
    reminders.run()
    time.at = local("2026-06-03 09:00")
    changes.arrive(used)
    changes.finish(old)
    assert Letter.objects.count() == 2
    assert erasure.erase(("test.visit",), local("2026-06-04 12:00"), keep=("service",)) == 2
    old.refresh_from_db()
    assert (old.name, old.email, old.phone, old.note, old.state) == ("", "", "", "", "finished")
    assert old.properties == {"service": 7}
    assert old.erased
    # Who is still there, and who comes later, is still known.
    used.refresh_from_db()
    late.refresh_from_db()
    assert used.name == late.name == "Ada"
    assert Wish.objects.get().email == ""
    assert Letter.objects.count() == 1
    assert erasure.erase(("test.visit",), local("2026-06-04 12:00")) == 0
