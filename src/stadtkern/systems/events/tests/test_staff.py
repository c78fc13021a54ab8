"""Organisers tell of events, and staff write, decide, cancel and move."""

import re
from datetime import timedelta

import pytest
import time_machine

from stadtkern.kernel import clock, formguard
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.post.models import Letter
from stadtkern.kernel.push.models import Announcement
from stadtkern.systems.events import changes, jobs
from stadtkern.systems.events.models import Event

pytestmark = pytest.mark.django_db
GIVEN = {"title": "Hoffest", "text": "Mit Musik.", "category": "music", "where": "Hof 3",
         "begins": "2027-05-01T14:00", "ends": "2027-05-01T18:00", "organiser": "Verein",
         "email": "a@example.org", "name": "A"}  # fmt: skip


@pytest.fixture
def filled_in(client):
    """A function that sends the form as a person does: some seconds after it was opened."""

    def send(**told):
        with time_machine.travel(clock.now() - timedelta(seconds=20)):
            stamp = formguard.stamp()
        return client.post("/veranstaltungen/submit/", {**GIVEN, "stamp": stamp, **told})

    return send


def test_an_event_is_told_confirmed_checked_and_published(client, filled_in, signed_in):
    assert filled_in().url.endswith("/submit/sent/")
    event = Event.objects.get()
    letter = Letter.objects.get()
    link = re.search(r"/veranstaltungen/submit/confirm/\S+", letter.text).group()
    assert client.get(link).status_code == 200
    event.refresh_from_db()
    assert event.state == "unconfirmed"
    client.post(link)
    client.post(link)
    event.refresh_from_db()
    assert event.state == "submitted"
    assert client.get("/veranstaltungen/hoffest-2027-05-01/").status_code == 404
    signed_in("editor")
    assert "ist zu prüfen" in client.get("/staff/events/").content.decode()
    client.post(f"/staff/events/{event.pk}/do/", {"do": "public", "note": "Schön."})
    assert client.get("/veranstaltungen/hoffest-2027-05-01/").status_code == 200
    told = Letter.objects.order_by("-pk").first().text
    assert "Schön." in told
    assert "/veranstaltungen/hoffest-2027-05-01/" in told
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"events.submitted", "events.public"} <= verbs
    assert Announcement.objects.get().topic == "events.new"


@pytest.mark.parametrize(
    "told", [{"website": "x"}, {"stamp": "fake"}, {"email": "no"}, {"ends": "2027-04-01T10:00"}]
)
def test_programs_and_mistakes_are_refused_and_nothing_typed_is_lost(filled_in, told):
    answer = filled_in(**told)
    assert answer.status_code == 422
    assert "Mit Musik." in answer.content.decode()
    assert not Event.objects.exists()


def test_one_connection_cannot_flood(filled_in):
    for _ in range(changes.PER_HOUR):
        assert filled_in().status_code == 302
    assert filled_in().status_code == 422


def test_a_wrong_or_old_link_says_so(client):
    assert client.get("/veranstaltungen/submit/confirm/wrong/").status_code == 404


def test_staff_write_a_series_and_change_single_dates(client, signed_in):
    signed_in("editor")
    begins = (clock.now() + timedelta(days=10)).replace(hour=12, minute=0)
    form = {"title": "Markt", "category": "market", "begins": f"{begins:%Y-%m-%dT%H:%M}",
            "ends": f"{begins + timedelta(hours=2):%Y-%m-%dT%H:%M}", "repeats": "FREQ=WEEKLY",
            "repeats_until": f"{begins + timedelta(days=30):%Y-%m-%d}"}  # fmt: skip
    answer = client.post("/staff/events/new/", form)
    event = Event.objects.get()
    assert answer.url == f"/staff/events/{event.pk}/"
    assert event.occasions.count() == 5
    client.post(f"/staff/events/{event.pk}/do/", {"do": "public"})
    first, second = event.occasions.all()[:2]
    client.post(f"/staff/events/{event.pk}/dates/{first.pk}/", {"do": "cancel", "note": "Frost"})
    moved = {"do": "move", "begins": f"{second.begins + timedelta(days=1):%Y-%m-%dT%H:%M}",
             "ends": f"{second.ends + timedelta(days=1):%Y-%m-%dT%H:%M}"}  # fmt: skip
    client.post(f"/staff/events/{event.pk}/dates/{second.pk}/", moved)
    assert [one.state for one in event.occasions.all()[:2]] == ["cancelled", "moved"]
    topics = list(Announcement.objects.order_by("pk").values_list("topic", flat=True))
    assert topics == ["events.new", "events.changes", "events.changes"]
    # What is written again later keeps what was changed by hand.
    jobs.lay_out_series()
    again = {**form, "title": "Wochenmarkt", "repeats": "own", "rule": event.rule}
    client.post(f"/staff/events/{event.pk}/edit/", again)
    assert [one.state for one in event.occasions.all()[:2]] == ["cancelled", "moved"]
    client.post(f"/staff/events/{event.pk}/dates/{first.pk}/", {"do": "restore"})
    first.refresh_from_db()
    assert first.state == "scheduled"


def test_an_author_writes_drafts_and_publishes_nothing(client, signed_in, on):
    signed_in("author")
    event = on("Fest", state="draft")
    assert client.get(f"/staff/events/{event.pk}/edit/").status_code == 200
    assert client.post(f"/staff/events/{event.pk}/do/", {"do": "public"}).status_code == 403
    public = on("Öffentlich")
    client.post(f"/staff/events/{public.pk}/edit/", {"title": "Anders"})
    public.refresh_from_db()
    assert public.title == "Öffentlich"


def test_contacts_are_erased_half_a_year_after_the_last_date(filled_in):
    filled_in(begins="2027-05-01T14:00", ends="2027-05-01T18:00")
    with time_machine.travel("2027-09-01T00:00Z"):
        jobs.erase_contacts(clock.now() - timedelta(days=180))
        assert Event.objects.get().contact_email
    with time_machine.travel("2027-12-01T00:00Z"):
        jobs.erase_contacts(clock.now() - timedelta(days=180))
        assert not Event.objects.get().contact_email
