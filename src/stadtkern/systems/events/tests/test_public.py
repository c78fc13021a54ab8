"""What everybody sees of the events."""

import json
import random
import re
from datetime import UTC, datetime

import feedparser
import icalendar
import pytest
import recurring_ical_events
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel.places.models import Area, Place, point
from stadtkern.systems.events import demo, layers, schedule
from stadtkern.systems.events.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_november")]


@pytest.fixture
def _november():
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        yield


def titles(answer) -> list[str]:
    assert answer.status_code == 200
    return re.findall(r"<h3><a href=\"[^\"]+\"[^>]*>([^<]+)</a>", answer.content.decode())


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_list_begins_now_and_goes_on_by_time(client, on):
    on("Gestern", "2026-11-22T10:00", "2026-11-22T11:00")
    on("Später", "2026-12-24T10:00", "2026-12-24T11:00")
    on("Läuft gerade", "2026-11-23T08:00", "2026-11-23T20:00")
    assert titles(client.get("/veranstaltungen/")) == ["Läuft gerade", "Später"]
    assert titles(client.get("/en/events/")) == ["Läuft gerade", "Später"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=buecher", ["Bücherfest"]),
        ("category=music", ["Konzert"]),
        ("free=on", ["Bücherfest"]),
        ("accessible=on", ["Konzert"]),
        ("from=2026-12-05", ["Bücherfest"]),
        ("to=2026-12-03", ["Konzert"]),
        ("area={area}", ["Konzert"]),
        ("q=konzert&free=on", []),
        ("category=nonsense&from=nonsense&area=x", ["Konzert", "Bücherfest"]),
    ],
)
def test_the_address_narrows_list_month_and_feeds(client, on, query, found):
    area = Area.objects.create(kind="district", key="1", name="Mitte", source="x", licence="y")
    on("Konzert", category="music", area=area, accessible=True)
    on("Bücherfest", "2026-12-05T10:00", "2026-12-05T12:00", free=True)
    query = query.format(area=area.pk)
    assert titles(client.get(f"/veranstaltungen/?{query}")) == found
    month = client.get(f"/veranstaltungen/?view=month&month=2026-12&{query}")
    if not query.startswith(("from", "to")):
        shown = month.content.decode()
        assert [t for t in ("Konzert", "Bücherfest") if f">{t}</a>" in shown] == found
    feed = client.get(f"/veranstaltungen/feed.ics?{query}").content
    calendar = icalendar.Calendar.from_ical(feed)
    assert sorted(str(one["SUMMARY"]) for one in calendar.walk("VEVENT")) == sorted(found)


def test_lists_of_any_length_take_the_same_number_of_queries(client, on):
    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    addresses = ["/veranstaltungen/", "/veranstaltungen/?view=month&month=2026-12",
                 "/veranstaltungen/feed.ics", "/veranstaltungen/feed.json"]  # fmt: skip
    on(rule="FREQ=WEEKLY")
    few = [asked(one) for one in addresses]
    for number in range(6):
        on(f"Noch {number}", rule="FREQ=WEEKLY")
    assert [asked(one) for one in addresses] == few


def test_what_is_cancelled_or_moved_says_so_everywhere(client, on):
    off = on("Nachtlauf", slug="lauf")
    off.cancelled, off.note = datetime.now(UTC), "Sturm"
    off.save()
    series = on("Markt", "2026-11-27T16:00", "2026-11-27T18:00", slug="markt", rule="FREQ=WEEKLY")
    first, second = series.occasions.all()[:2]
    schedule.cancel(first, "Frost")
    begins = datetime(2026, 12, 5, 15, tzinfo=UTC)
    schedule.move(second, begins, datetime(2026, 12, 5, 17, tzinfo=UTC), "Baustelle")
    page = words(client.get("/veranstaltungen/"))
    assert "abgesagt" in page
    assert "Sturm" in page
    assert "verlegt" in page
    assert "EventCancelled" in client.get("/veranstaltungen/lauf/").content.decode()
    calendar = client.get("/veranstaltungen/markt.ics").content
    parts = {str(p["RECURRENCE-ID"].dt.date()) if "RECURRENCE-ID" in p else "series": p
             for p in icalendar.Calendar.from_ical(calendar).walk("VEVENT")}  # fmt: skip
    assert parts["series"]["RRULE"].to_ical() == b"FREQ=WEEKLY"
    assert parts["2026-11-27"]["STATUS"] == "CANCELLED"
    assert parts["2026-12-04"]["DTSTART"].dt == begins
    assert "STATUS:CANCELLED" in client.get("/veranstaltungen/lauf.ics").content.decode()


def test_the_calendar_means_the_same_to_another_program_across_daylight_saving(client, on):
    event = on("Probe", "2027-03-01T19:00", "2027-03-01T21:00", slug="probe",
               rule="FREQ=WEEKLY;BYDAY=MO,TH")  # fmt: skip
    own = {(o.begins, o.ends) for o in event.occasions.filter(begins__lt="2027-12-01T00:00Z")}
    calendar = icalendar.Calendar.from_ical(client.get("/veranstaltungen/probe.ics").content)
    theirs = recurring_ical_events.of(calendar).between((2027, 1, 1), (2027, 12, 1))
    assert {(e["DTSTART"].dt.astimezone(UTC), e["DTEND"].dt.astimezone(UTC)) for e in theirs} == own
    assert len(own) > 70


def test_lines_of_a_calendar_are_short_and_no_letter_is_broken(client, on):
    on("Ä" * 70, text="Zeile eins;\nÖ, " + "ü" * 300, slug="lang")
    body = client.get("/veranstaltungen/lang.ics").content
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    (event,) = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert event["DESCRIPTION"].startswith("Zeile eins;\nÖ, üü")


def test_atom_and_json_are_read_by_others(client, on):
    on("Konzert & <mehr>", text="Töne", place=None, where="Saal")
    feed = feedparser.parse(client.get("/veranstaltungen/feed.atom").content)
    assert not feed.bozo
    assert feed.entries[0].title.startswith("Konzert & <mehr>")
    (event,) = json.loads(client.get("/veranstaltungen/feed.json").content)["@graph"]
    assert event["@type"] == "Event"
    assert datetime.fromisoformat(event["startDate"]) == datetime(2026, 12, 1, 18, tzinfo=UTC)
    assert event["location"]["name"] == "Saal"


def test_an_event_page_tells_all_and_cannot_be_broken_out_of(client, on):
    place = Place.objects.create(kind="events.venue", name="Saal", geometry=point(7.2, 51.5))
    told = {"price": "3 Euro", "accessible": False, "access": "Vier Stufen", "text": "Los."}
    on("</script><b>Fest", slug="fest", place=place, registration="https://x.example/", **told)
    answer = client.get("/veranstaltungen/fest/")
    page = words(answer)
    for said in ("3 Euro", "Vier Stufen", "Saal", "Los.", "19:00–21:00"):
        assert said in page
    ld = re.search(r"ld\+json\">(.*?)</script>", answer.content.decode(), re.DOTALL).group(1)
    assert json.loads(ld)["name"] == "</script><b>Fest"


def test_nobody_sees_a_draft_but_who_has_its_link(client, on):
    event = on("Geheim", state="draft", slug="geheim")
    assert client.get("/veranstaltungen/geheim/").status_code == 404
    assert client.get("/veranstaltungen/geheim.ics").status_code == 404
    preview = client.get(f"/veranstaltungen/preview/{event.token}/")
    assert "Geheim" in words(preview)
    assert preview["X-Robots-Tag"] == "noindex"


def test_the_demo_has_something_ahead_cancelled_and_moved_also_much_later(client):
    demo.fill(random.Random(1))
    later = datetime(2027, 6, 1, tzinfo=UTC)
    page = words(client.get("/veranstaltungen/"))
    assert "abgesagt" in page
    assert "verlegt" in page
    assert layers.today_tile() is not None
    assert list(layers.pins())
    assert Event.objects.public().exclude(invented=True).count() == 0
    with time_machine.travel(later, tick=False):
        assert titles(client.get("/veranstaltungen/"))
