"""Calendars of others: read once, twice, wrongly, and from two sides."""

from datetime import UTC, datetime

import pytest
import time_machine

from stadtkern.kernel.catalogue.harvest import fetch
from stadtkern.systems.events.importing import feed, ical, run, schema_org
from stadtkern.systems.events.importing.item import NotRead
from stadtkern.systems.events.importing.store import store
from stadtkern.systems.events.models import Event, Source

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_november")]

ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:chor-1
DTSTAMP:20261101T000000Z
DTSTART;TZID=Europe/Berlin:20261201T190000
DTEND;TZID=Europe/Berlin:20261201T210000
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE;TZID=Europe/Berlin:20261215T190000
SUMMARY:Offene Chorprobe
LOCATION:Gemeindehaus\\, Hauptstraße 1
GEO:51.54;7.22
CATEGORIES:Musik,Treff
END:VEVENT
BEGIN:VEVENT
UID:chor-1
DTSTAMP:20261101T000000Z
RECURRENCE-ID;TZID=Europe/Berlin:20261208T190000
DTSTART;TZID=Europe/Berlin:20261209T190000
DTEND;TZID=Europe/Berlin:20261209T210000
SUMMARY:Offene Chorprobe
END:VEVENT
BEGIN:VEVENT
UID:fest-1
DTSTAMP:20261101T000000Z
DTSTART;VALUE=DATE:20261205
DTEND;VALUE=DATE:20261207
SUMMARY:Winterfest
END:VEVENT
BEGIN:VEVENT
UID:kaputt
DTSTAMP:20261101T000000Z
SUMMARY:Ohne Datum
END:VEVENT
END:VCALENDAR
"""
RSS = """<rss version="2.0" xmlns:ev="http://purl.org/rss/1.0/modules/event/"><channel><title>V</title>
<item><guid>https://v.example/7</guid><title>Chorprobe, offen</title><link>https://v.example/7</link>
<description>&lt;p&gt;Alle &amp;amp; jede.&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;</description>
<ev:startdate>2026-12-01T19:00:00+01:00</ev:startdate>
<ev:location>Gemeindehaus Hauptstraße</ev:location></item>
<item><guid>n</guid><title>Nur eine Nachricht</title></item></channel></rss>"""


@pytest.fixture
def _november():
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def source(db):
    return Source.objects.create(name="Chor", url="https://chor.example/a.ics", credit="Chor e. V.",
                                 trusted=True)  # fmt: skip


def body(text=ICS):
    return text.replace("\n", "\r\n").encode()


def state():
    return sorted(
        (e.title, e.sequence, e.cancelled is not None, e.changed,
         tuple(e.occasions.values_list("original", "begins", "state")))
        for e in Event.objects.all()
    )  # fmt: skip


def test_a_calendar_file_brings_series_changes_gaps_and_places(source):
    reading = ical.read(body())
    done = store(source, reading)
    assert (done.new, sum(reading.left_out.values())) == (2, 1)
    choir = Event.objects.get(title="Offene Chorprobe")
    dates = [(f"{o.begins:%d %H}", o.state) for o in choir.occasions.all()]
    assert dates == [("01 18", "scheduled"), ("09 18", "moved"), ("22 18", "scheduled")]
    assert choir.category == "music"
    assert (choir.place.lon, choir.place.lat) == (7.22, 51.54)
    feast = Event.objects.get(title="Winterfest")
    assert feast.all_day
    assert f"{feast.occasions.get().ends:%Y-%m-%dT%H}" == "2026-12-06T23"


def test_reading_it_again_changes_nothing(source):
    store(source, ical.read(body()))
    before = state()
    done = store(source, ical.read(body()))
    assert (done.new, done.changed, done.same) == (0, 0, 2)
    assert state() == before


def test_what_is_cancelled_there_is_cancelled_here_and_revived_with_it(source):
    store(source, ical.read(body()))
    off = ICS.replace("SUMMARY:Winterfest", "SUMMARY:Winterfest\nSTATUS:CANCELLED")
    store(source, ical.read(body(off)))
    feast = Event.objects.get(title="Winterfest")
    assert feast.cancelled
    assert feast.state == "public"
    store(source, ical.read(body()))
    feast.refresh_from_db()
    assert feast.cancelled is None


def test_what_staff_changed_stays_but_a_cancellation_comes_through(source):
    store(source, ical.read(body()))
    Event.objects.filter(title="Winterfest").update(title="Unser Fest", edited=datetime.now(UTC))
    told = ICS.replace("SUMMARY:Winterfest", "SUMMARY:Winterfest neu\nSTATUS:CANCELLED")
    store(source, ical.read(body(told)))
    kept = Event.objects.get(title="Unser Fest")
    assert kept.cancelled


def test_two_sources_of_one_event_make_one_event(source):
    store(source, ical.read(body()))
    other = Source.objects.create(name="Stadtblatt", url="https://v.example/rss", kind="rss",
                                  credit="Stadtblatt", trusted=True)  # fmt: skip
    reading = feed.read(RSS.encode())
    done = store(other, reading)
    assert (done.new, done.known) == (0, 1)
    assert Event.objects.count() == 2
    choir = Event.objects.get(title="Offene Chorprobe")
    assert {o.source.name: o.main for o in choir.origins.all()} == {
        "Chor": True, "Stadtblatt": False,
    }  # fmt: skip
    assert reading.left_out == {"no date of the event": 1}
    assert reading.items[0].text == "Alle & jede.\nx"


@pytest.mark.parametrize(
    ("title", "when", "where", "same"),
    [
        ("Chorprobe (offen)", "2026-12-01T19:30", "Gemeindehaus", True),
        ("Offene Chorprobe", "2026-12-01T21:00", "Gemeindehaus", False),
        ("Offene Chorprobe", "2026-12-01T19:00", "Stadthalle Nord", False),
        ("Yoga für alle", "2026-12-01T19:00", "Gemeindehaus", False),
        ("Offene Chorprobe", "2026-12-01T19:00", "", True),
    ],
)
def test_alike_is_decided_by_time_title_and_place(source, title, when, where, same):
    store(source, ical.read(body()))
    other = Source.objects.create(name="B", url="https://b.example/", kind="json", credit="B")
    told = (f'[{{"@type":"Event","@id":"b1","name":"{title}","startDate":"{when}:00+01:00",'
            f'"location":{{"name":"{where}"}}}}]')  # fmt: skip
    store(other, schema_org.read(told.encode()))
    assert Event.objects.count() == (2 if same else 3)


def test_our_own_json_can_be_read_back(source, client):
    store(source, ical.read(body()))
    reading = schema_org.read(client.get("/veranstaltungen/feed.json").content)
    assert {one.title for one in reading.items} == {"Offene Chorprobe", "Winterfest"}


def test_an_untrusted_source_waits_for_staff(source, client):
    Source.objects.update(trusted=False)
    source.refresh_from_db()
    store(source, ical.read(body()))
    assert set(Event.objects.values_list("state", flat=True)) == {"submitted"}
    assert "Winterfest" not in client.get("/veranstaltungen/").content.decode()


def test_a_source_asks_only_for_what_changed_and_failing_keeps_what_was(source, monkeypatch):
    answers = [
        fetch.Document(url=source.url, body=body(), etag='"1"', last_modified="Mon"),
        fetch.Document(url=source.url, unchanged=True),
        fetch.NotRead("503"),
        fetch.Document(url=source.url, body=b"<html>Wartung</html>"),
        fetch.Document(url=source.url, body=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
    ]
    asked = []

    def get(url, *, etag="", last_modified=""):
        asked.append((etag, last_modified))
        answer = answers[len(asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(fetch, "get", get)
    for _ in answers:
        run.read(source.pk)
        assert Event.objects.public().count() == 2
    assert asked[:2] == [("", ""), ('"1"', "Mon")]
    source.refresh_from_db()
    assert source.problem
    assert source.etag == '"1"'


def test_what_is_no_longer_listed_is_marked_for_staff_not_deleted(source):
    store(source, ical.read(body()))
    less = ICS.split("BEGIN:VEVENT\nUID:fest-1")[0] + "END:VCALENDAR\n"
    done = store(source, ical.read(body(less)))
    assert done.gone == 1
    feast = Event.objects.get(title="Winterfest")
    assert feast.state == "public"
    assert feast.origins.get().gone


@pytest.mark.parametrize(
    ("read", "text"),
    [(ical.read, b"nothing"), (feed.read, b"<rss"), (schema_org.read, b"{}"),
     (feed.read, b'<!DOCTYPE a [<!ENTITY b "c">]><rss>&b;</rss>')],
)  # fmt: skip
def test_what_is_no_calendar_is_refused(read, text):
    with pytest.raises(NotRead):
        read(text)
