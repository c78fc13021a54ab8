"""Bookings in people's calendars, and clerks' calendars as absences."""

from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import icalendar
import pytest
import recurring_ical_events

from bookings.conftest import BERLIN, local, want
from stadtkern.kernel import registry, sealing
from stadtkern.kernel.bookings import changes, ical, slots
from stadtkern.kernel.bookings.models import Absence, Feed, Source
from stadtkern.kernel.bookings.outside import reading
from stadtkern.kernel.bookings.wanted import Person

DAY = "2026-06-02"


def event_of(text):
    calendar = icalendar.Calendar.from_ical(text)
    return calendar, calendar.walk("VEVENT")[0]


def test_a_booking_is_one_entry_for_ever(office):
    made = changes.book(want(office(1), f"{DAY} 09:00"), kind="test.visit")
    calendar, first = event_of(ical.entry(made, summary="Personalausweis", url="https://x/y"))
    assert (str(calendar["METHOD"]), str(first["STATUS"])) == ("PUBLISH", "CONFIRMED")
    assert first["DTSTART"].dt == local(f"{DAY} 09:00")
    assert first["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert {str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")} == {"Europe/Berlin"}
    moved = changes.move(made, want(made.resource, f"{DAY} 10:00"))
    _calendar, second = event_of(ical.entry(moved))
    assert second["UID"] == first["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    gone = changes.cancel(moved, by="person")
    calendar, third = event_of(ical.entry(gone))
    assert (str(calendar["METHOD"]), str(third["STATUS"])) == ("CANCEL", "CANCELLED")
    assert third["SEQUENCE"] > second["SEQUENCE"]
    assert "ORGANIZER" in third


def test_an_entry_shows_the_right_instant_in_every_calendar(office, time):
    time.at = datetime(2026, 10, 1, tzinfo=UTC)
    house = office(1)
    for day in ("2026-10-23", "2026-10-26"):
        made = changes.book(want(house, f"{day} 09:00"), kind="test.visit")
        calendar, _event = event_of(ical.entry(made))
        found = recurring_ical_events.of(calendar).at(date.fromisoformat(day))
        assert found[0]["DTSTART"].dt.astimezone(UTC) == made.begins.astimezone(UTC)


def test_a_secret_link_shows_times_and_no_person(office, client):
    house = office(2)
    made = changes.book(want(house, f"{DAY} 09:00"), kind="test.visit",
                        person=Person(name="Ada Lovelace", email="ada@example.org"))  # fmt: skip
    gone = changes.book(want(house, f"{DAY} 10:00"), kind="test.visit")
    changes.cancel(gone, by="person")
    feed = Feed.objects.create(resource=house)
    answer = client.get(f"/bookings/calendar/{feed.secret}.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    text = answer.content.decode()
    assert made.code in text
    assert gone.code not in text
    assert "Ada" not in text
    assert "ada@" not in text
    idle = Feed.objects.create(resource=house, unit=house.units.get(number=2))
    assert made.code not in client.get(f"/bookings/calendar/{idle.secret}.ics").content.decode()
    feed.delete()
    assert client.get(f"/bookings/calendar/{feed.secret}.ics").status_code == 404


def calendar_file(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//DE"]
    for event in events:
        lines += ["BEGIN:VEVENT", "DTSTAMP:20260501T000000Z", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


WEEKLY = ("UID:team@x", "SUMMARY:Geheime Besprechung", "DTSTART;TZID=Europe/Berlin:20260602T090000",
          "DTEND;TZID=Europe/Berlin:20260602T093000", "RRULE:FREQ=WEEKLY;COUNT=4",
          "EXDATE;TZID=Europe/Berlin:20260609T090000")  # fmt: skip
MOVED = (
    "UID:team@x",
    "RECURRENCE-ID;TZID=Europe/Berlin:20260616T090000",
    "DTSTART;TZID=Europe/Berlin:20260616T100000",
    "DTEND;TZID=Europe/Berlin:20260616T110000",
)
LEAVE = ("UID:leave@x", "DTSTART;VALUE=DATE:20260608", "DTEND;VALUE=DATE:20260610")
FREE = ("UID:free@x", "DTSTART:20260603T080000Z", "DTEND:20260603T090000Z", "TRANSP:TRANSPARENT")
GONE = ("UID:gone@x", "DTSTART:20260603T080000Z", "DTEND:20260603T090000Z", "STATUS:CANCELLED")


class Server:
    """A calendar server: a file for GET, a report for CalDAV, with a password."""

    def __init__(self):
        self.body, self.asked, self.status = calendar_file(), [], 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._note()
                known = self.headers.get("If-None-Match")
                etag = f'"{abs(hash(outer.body))}"'
                code = outer.status or (304 if known == etag else 200)
                self._answer(code, b"" if code == 304 else outer.body.encode(), etag)

            def do_REPORT(self):
                self._note()
                if self.headers.get("Authorization") is None:
                    self._answer(401, b"")
                    return
                texts = "".join(
                    f"<d:response><d:href>/{n}.ics</d:href><d:propstat><d:prop><c:calendar-data>"
                    f"{one}</c:calendar-data></d:prop></d:propstat></d:response>"
                    for n, one in enumerate(outer.body)
                )
                self._answer(207, (
                    '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:"'
                    f' xmlns:c="urn:ietf:params:xml:ns:caldav">{texts}</d:multistatus>').encode())  # fmt: skip

            def _note(self):
                length = int(self.headers.get("Content-Length", 0))
                outer.asked.append(
                    (self.command, self.path, dict(self.headers), self.rfile.read(length).decode())
                )

            def _answer(self, code, body, etag=""):
                self.send_response(code)
                self.send_header("Content-Length", str(len(body)))
                if etag:
                    self.send_header("ETag", etag)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/clerk.ics"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def server(monkeypatch):
    import msgspec

    city = registry.city()
    inside = msgspec.structs.replace(
        city, bookings=msgspec.structs.replace(city.bookings, private_networks=("127.0.0.0/8",))
    )
    monkeypatch.setattr(registry, "_city", inside)
    made = Server()
    yield made
    made.server.shutdown()
    made.server.server_close()


def spans():
    rows = Absence.objects.order_by("during").values_list("during", flat=True)
    return [
        tuple(at.astimezone(BERLIN).strftime("%d. %H:%M") for at in (d.lower, d.upper))
        for d in rows
    ]


def test_repeated_moved_whole_and_cancelled_events(office, time, server):
    house = office(1)
    source = Source.objects.create(unit=house.units.get(), url=server.url)
    server.body = calendar_file(WEEKLY, MOVED, LEAVE, FREE, GONE)
    for _twice in range(2):
        assert reading.read(source.pk) == ""
        assert spans() == [
            ("02. 09:00", "02. 09:30"), ("08. 00:00", "10. 00:00"), ("16. 10:00", "16. 11:00"),
            ("23. 09:00", "23. 09:30"),
        ]  # fmt: skip
    assert not Absence.objects.filter(reason__gt="")
    found = slots.search([house], date(2026, 6, 2), date(2026, 6, 9), 30)
    assert local("2026-06-02 09:00") not in {one.begins for one in found}
    assert {one.begins.date() for one in found} == {date(2026, 6, n) for n in (2, 3, 5)}


def test_what_is_taken_out_there_is_taken_out_here(office, time, server):
    unit = office(1).units.get()
    Absence.objects.create(unit=unit, during=(local("2026-07-01 00:00"), None), reason="Urlaub")
    source = Source.objects.create(unit=unit, url=server.url)
    server.body = calendar_file(LEAVE, WEEKLY)
    reading.run()
    before = set(Absence.objects.filter(source__gt="").values_list("pk", flat=True))
    server.body = calendar_file(WEEKLY)
    reading.run()
    after = set(Absence.objects.filter(source__gt="").values_list("pk", flat=True))
    assert after < before
    assert len(before - after) == 1
    assert Absence.objects.filter(reason="Urlaub").exists()
    time.on(minutes=15)
    assert reading.read(source.pk) == ""
    assert server.asked[-1][2]["If-None-Match"]
    assert set(Absence.objects.filter(source__gt="").values_list("pk", flat=True)) == after


@pytest.mark.parametrize(
    ("body", "status"),
    [("no calendar", 0), (calendar_file(LEAVE), 500), (calendar_file(
        ("UID:bomb@x", "DTSTART:20260602T080000Z", "DTEND:20260602T080001Z",
         "RRULE:FREQ=SECONDLY")), 0)],
)  # fmt: skip
def test_a_calendar_that_cannot_be_read_changes_nothing(office, time, server, body, status):
    source = Source.objects.create(unit=office(1).units.get(), url=server.url)
    server.body = calendar_file(LEAVE)
    reading.read(source.pk)
    server.body, server.status = body, status
    assert reading.read(source.pk)
    source.refresh_from_db()
    assert source.problem
    assert Absence.objects.count() == 1


def test_a_calendar_server_is_asked_by_its_own_query(office, time, server):
    source = Source.objects.create(
        unit=office(1).units.get(), url=server.url, kind="caldav", user="clerk",
        secret=sealing.seal("pass word"),
    )  # fmt: skip
    server.body = [calendar_file(WEEKLY, MOVED), calendar_file(LEAVE)]
    assert reading.read(source.pk) == ""
    assert len(spans()) == 4
    verb, _path, headers, body = server.asked[-1]
    assert (verb, headers["Depth"]) == ("REPORT", "1")
    assert headers["Authorization"] == "Basic Y2xlcms6cGFzcyB3b3Jk"
    assert "20260601T060000Z" in body


def test_private_networks_are_asked_only_if_the_city_file_says_so(office, time):
    source = Source.objects.create(unit=office(1).units.get(), url="http://127.0.0.1:9/x.ics")
    assert "private_networks" in reading.read(source.pk)


def test_events_far_ahead_come_closer(office, time, server):
    unit = office(1).units.get()
    Source.objects.create(unit=unit, url=server.url)
    server.body = calendar_file(
        ("UID:y@x", "DTSTART;VALUE=DATE:20270701", "DTEND;VALUE=DATE:20270702")
    )
    reading.run()
    assert spans() == []
    time.on(days=40)
    reading.run()
    assert spans() == [("01. 00:00", "02. 00:00")]
    time.on(days=400)
    reading.run()
    assert spans() == []
